"""Who has bad luck: drawn from the seed and the number of the order, so that a run with the same orders is the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from services.sandbox.model import Kind
from services.sandbox.profile import Profile, Span

PAYER_REASONS = ("PAYER_DECLINED", "PAYER_ACCOUNT_ABNORMAL", "NOT_ENOUGH_MONEY")
RECEIVER_REASONS = (
    "ACCOUNT_ABNORMAL",
    "NO_RELATION",
    "RECEIVER_HIGH_RISK",
    "RECEIVER_REAL_NAME_NOT_VERIFIED",
    "NO_AUTH",
)
REASONS = {
    Kind.CHARGE: PAYER_REASONS,
    Kind.AUTHORISE: PAYER_REASONS,
    Kind.CAPTURE: ("PAYER_ACCOUNT_ABNORMAL",),
    Kind.REFUND: ("PAYER_ACCOUNT_ABNORMAL", "ACCOUNT_ABNORMAL"),
    Kind.SPLIT: RECEIVER_REASONS,
    Kind.SPLIT_RETURN: ("ACCOUNT_ABNORMAL", "RECEIVER_NOT_ENOUGH_MONEY"),
}
EXPIRED = "EXPIRED"
LAST_SECONDS = (0.5, 3.0)  # before a charge expires


class Trouble(StrEnum):
    """What becomes of the answer to a request."""

    REFUSED = "refused"
    ERROR = "error"
    BROKEN = "broken"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Fate:
    """When and how an order ends; one without ``reason`` succeeds."""

    due_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One sending of a callback, so much later; ``stale`` is that of the older news."""

    after: timedelta
    stale: bool = False


class Mischief:
    """The draws of one seed."""

    def __init__(self, seed: int, profile: Profile) -> None:
        self.profile = profile
        self._seed = seed

    def fate(self, kind: Kind, number: str, now: datetime, expires_at: datetime | None) -> Fate:
        """Return when and how an order ends. The payer is late, or declines, but never pays after ``expires_at``."""
        if kind.is_payment and expires_at is not None:
            return self._fate_of_payment(kind, number, now, expires_at)
        return Fate(now + self._delay(kind, number), self._reason(kind, number))

    def reason_for(self, number: str, receiver: str) -> str | None:
        """Return why a receiver gets nothing of a split, or None."""
        return self._reason(Kind.SPLIT, f"{number} {receiver}")

    def is_early(self, number: str) -> bool:
        """Tell whether the callback comes before the answer."""
        return self._happens(self.profile.callback.early, "early", number)

    def notices(self, number: str, sequence: int) -> list[Notice]:
        """Return how often and when the callback about a change is sent."""
        rates, what = self.profile.callback, f"{number} {sequence}"
        if self._happens(rates.lost, "lost", what):
            return []
        late = self._happens(rates.late, "late", what)
        first = timedelta(seconds=self._between(rates.late_seconds, "late by", what)) if late else timedelta()
        sent = [Notice(first)]
        if self._happens(rates.duplicate, "duplicate", what):
            sent.append(Notice(first + timedelta(seconds=self._between((0, 5), "again", what))))
        if sequence > 1 and self._happens(rates.reordered, "reordered", what):
            sent.append(Notice(first + timedelta(seconds=0.5), stale=True))
        return sent

    def trouble(self, method: str, number: str, attempt: int) -> Trouble | None:
        """Return what becomes of the answer to the ``attempt``-th request of its kind for an order."""
        rates = self.profile.answer
        draw = self._draw("answer", f"{method} {number} {attempt}")
        for trouble in Trouble:
            draw -= getattr(rates, trouble)
            if draw < 0:
                return trouble
        return None

    def _fate_of_payment(self, kind: Kind, number: str, now: datetime, expires_at: datetime) -> Fate:
        due_at, reason = now + self._delay(kind, number), self._reason(kind, number)
        if self.profile.pay == "manual":
            return Fate(expires_at, EXPIRED)
        if self._happens(self.profile.last_moment, "last moment", number):
            before = timedelta(seconds=self._between(LAST_SECONDS, "before expiry", number))
            due_at = max(now, expires_at - before)
        return Fate(due_at, reason) if due_at < expires_at else Fate(expires_at, EXPIRED)

    def _delay(self, kind: Kind, number: str) -> timedelta:
        return timedelta(seconds=self._between(self.profile.delay[kind], "delay", number))

    def _reason(self, kind: Kind, number: str) -> str | None:
        if not self._happens(self.profile.decline.get(kind, 0), "decline", number):
            return None
        return self._one_of(REASONS[kind], "reason", number)

    def _one_of(self, values: Sequence[str], *what: str) -> str:
        return values[int(self._draw(*what) * len(values))]

    def _between(self, span: Span, *what: str) -> float:
        return span[0] + (span[1] - span[0]) * self._draw(*what)

    def _happens(self, rate: float, *what: str) -> bool:
        return self._draw(*what) < rate

    def _draw(self, *what: str) -> float:
        """Return a number from 0 to below 1 that looks like chance and is always the same."""
        digest = sha256("\n".join((str(self._seed), *what)).encode()).digest()
        return int.from_bytes(digest[:7]) / 2**56
