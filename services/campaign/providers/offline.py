"""Money that people hand over, in cash or by a transfer that we only hear of: everything succeeds when it is said."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from services.campaign.providers.facts import FACTS
from services.campaign.providers.port import (
    BadCallback,
    Kind,
    Order,
    ProviderRefused,
    Result,
    StatementLine,
    Status,
)
from services.kernel.clock import Clock, SystemClock

# Crockford's alphabet: nothing in it is mistaken for another letter when it is read from paper.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SLIP_LETTERS = 12  # sixty bits: two of a million slips are the same once in two million communities


class OfflineProvider:
    """Keeps nothing: the ledger is the only book of such payments, so there is nothing to compare it with."""

    name = "offline"
    limits = FACTS[name].limits
    traits = FACTS[name].traits

    def __init__(self, clock: Clock = SystemClock()) -> None:
        self._clock = clock

    def send(self, order: Order) -> Result:
        """Take it as done, with a slip number to write on the receipt or the envelope; the same for the same order."""
        if order.kind in (Kind.AUTHORISE, Kind.CAPTURE, Kind.VOID):
            raise ProviderRefused("NOT_SUPPORTED", f"cash cannot be reserved; {order.kind} needs another provider")
        return Result(
            order.number,
            Status.SUCCEEDED,
            kind=order.kind,
            about=order.about,
            at=self._clock.now(),
            reference=slip_number(order.number),
            amount=order.amount,
            sequence=1,
        )

    def query(self, number: str, kind: Kind) -> Result:
        """Return ``unknown``: to send the order again is harmless."""
        return Result(number, Status.UNKNOWN, kind=kind)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Result:
        """Refuse it: nobody calls us about cash."""
        raise BadCallback("offline payments have no callbacks")

    def statement(self, start: datetime, end: datetime) -> Iterable[StatementLine]:
        """Return nothing: see the trait ``has_statement``."""
        return ()


def slip_number(number: str) -> str:
    """Return the slip number of an order, such as ``7K3Q-9XWD-2M4T``."""
    value = int.from_bytes(sha256(number.encode()).digest()[:8])
    letters = "".join(ALPHABET[value >> 5 * place & 31] for place in range(SLIP_LETTERS))
    return "-".join(letters[at : at + 4] for at in range(0, SLIP_LETTERS, 4))
