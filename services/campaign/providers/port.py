"""What the campaign service needs of a payment provider; every driver does this and nothing else.

Our system gives instructions; the money itself is always with a provider. How the operations fit a real one:

==================  ===================================================================================================
operation           WeChat Pay v3
==================  ===================================================================================================
send charge         ``POST /v3/pay/transactions/native`` (``pay_url`` is its ``code_url``) or ``/jsapi``, with
                    ``settle_info.profit_sharing: true``: without this flag the money is not frozen and cannot be split
send authorise,     no counterpart: a payment takes the money at once. A campaign that would authorise charges instead
capture, void       and refunds when it fails; an unpaid order is closed (``/transactions/out-trade-no/{number}/close``)
send refund         ``POST /v3/refund/domestic/refunds`` with ``out_refund_no``; of money that was split off a return
                    has to come first
send split          ``POST /v3/profitsharing/orders`` with ``out_order_no``, one receiver, ``unfreeze_unsplit: false``
send split_return   ``POST /v3/profitsharing/return-orders`` with ``out_return_no``; from merchants only, never from
                    people
send unfreeze       ``POST /v3/profitsharing/orders/unfreeze``: all that is left goes to the payee, not a part of it
query               ``GET`` of each of these by our own number
read_callback       the notice that is posted to ``notify_url``; splits are better queried
statement           ``GET /v3/bill/tradebill``, ``/v3/bill/fundflowbill`` and ``/v3/profitsharing/bills``, a day each
limits              ``GET /v3/profitsharing/merchant-configs/{sub_mchid}`` (``max_ratio``); 50 splits of a payment, 50
                    receivers of a split, 180 days until what is left unfreezes to the payee
==================  ===================================================================================================

The payee is therefore the supplier's own merchant account; organiser, community and platform are receivers of splits.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from services.kernel.errors import InvalidError
from services.kernel.money import Money

NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")


class Kind(StrEnum):
    """What a provider is asked to do."""

    CHARGE = "charge"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    SPLIT = "split"
    SPLIT_RETURN = "split_return"
    UNFREEZE = "unfreeze"

    @property
    def is_payment(self) -> bool:
        """Whether it begins a payment; all others build on one."""
        return self in (Kind.CHARGE, Kind.AUTHORISE)

    @property
    def has_receiver(self) -> bool:
        """Whether it is about the account of somebody else than the payee."""
        return self in (Kind.SPLIT, Kind.SPLIT_RETURN)

    @property
    def takes_all(self) -> bool:
        """Whether it concerns all that is left: an order says how much we expect that to be, a result what it was."""
        return self in (Kind.VOID, Kind.UNFREEZE)


class Status(StrEnum):
    """How far an order is at the provider; ``unknown``: it knows no such order."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Order:
    """One instruction. ``number`` is ours and unique; to send the same number again is the same request.

    ``about`` is the number of the order it builds on: the charge (or authorisation) of a refund, a split, an unfreeze,
    a capture or a void; the split of a split_return. ``receiver`` is the account that a split goes to or comes back
    from, ``merchant:ACCOUNT`` or ``personal:ACCOUNT``. A payment cannot be made after ``expires_at``.
    """

    number: str
    kind: Kind
    amount: Money
    about: str | None = None
    receiver: str | None = None
    expires_at: datetime | None = None
    notify_url: str | None = None
    description: str = ""

    def __post_init__(self) -> None:
        _check_number("number", self.number)
        if self.amount.minor < 0 or (not self.amount and not self.kind.takes_all):
            raise InvalidError("amount", f"{self.amount} is nothing to move", "a positive amount")
        if (self.about is None) != self.kind.is_payment:
            raise InvalidError("about", f"{self.about!r} does not fit {self.kind}", "the order it builds on, if any")
        if self.about is not None:
            _check_number("about", self.about)
        if bool(self.receiver) != self.kind.has_receiver:
            raise InvalidError("receiver", f"{self.receiver!r} does not fit {self.kind}", "an account, for splits only")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an order.

    ``at`` is when it succeeded or was declined, by the provider's clock. ``sequence`` grows with each change of the
    order, so that a callback that comes late or out of order is recognised: what has a lower one is older.
    ``reason`` is a code, such as ACCOUNT_ABNORMAL, RECEIVER_RECEIPT_LIMIT or NO_AUTH. ``kind`` and ``about`` tell what
    it is of an order that we never gave, such as money that unfroze by itself.
    """

    number: str
    status: Status
    kind: Kind | None = None
    about: str | None = None
    at: datetime | None = None
    reason: str | None = None
    reference: str | None = None
    amount: Money | None = None
    sequence: int = 0
    pay_url: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider allows; None where it sets no limit.

    ``share_bp``: how much of a payment may go to others than the payee, in basis points. ``unfreeze_days``: after so
    many days what is left goes to the payee by itself. ``authorisation_days``: after so many days an authorisation that
    was not captured lapses. ``receiver_month``: what a personal receiver may get in a month, in minor units.
    """

    share_bp: int | None = None
    receivers_per_split: int | None = None
    splits_per_payment: int | None = None
    unfreeze_days: int | None = None
    receiver_month: int | None = None
    authorisation_days: int | None = None


@dataclass(frozen=True, slots=True)
class Traits:
    """What a provider is like: whether results come later, whether it authorises, whether it writes statements."""

    asynchronous: bool
    can_authorise: bool
    has_statement: bool


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a provider's statement: ``at`` is when it ended, or began if it has not."""

    number: str
    kind: Kind
    amount: Money
    receiver: str | None
    at: datetime
    reference: str | None
    status: Status


class ProviderUnavailable(Exception):
    """The outcome is unknown: it may have had its effect. Query, or send the same number again."""


class ProviderRefused(Exception):
    """The order is refused and had no effect.

    It stays so, except where ``code`` names what has to happen first (SPLIT_RETURN_NEEDED, WRONG_STATE).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class BadCallback(Exception):
    """It is not from the provider, or not from now, or not readable: answer 4xx and change nothing."""


class PaymentProvider(Protocol):
    """A provider. Everything here may wait for the network: never call it inside a database transaction."""

    name: str
    limits: Limits
    traits: Traits

    def send(self, order: Order) -> Result:
        """Give an order; raise ``ProviderUnavailable`` (outcome unknown) or ``ProviderRefused`` (no)."""
        ...

    def query(self, number: str, kind: Kind) -> Result:
        """Return what became of an order; its status is ``unknown`` if it never arrived."""
        ...

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Result:
        """Return what a callback tells, after its signature and its time are checked; raise ``BadCallback``."""
        ...

    def statement(self, start: datetime, end: datetime) -> Iterable[StatementLine]:
        """Return what happened from ``start`` to before ``end``, in the order of time."""
        ...


def _check_number(field: str, number: str) -> None:
    if not NUMBER.fullmatch(number):
        raise InvalidError(field, f"{number!r} is not a number of an order", "1 to 64 of digits, letters and _-|*@")
