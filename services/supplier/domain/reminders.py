"""When a supplier is reminded that a paper runs out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.kernel.ids import QualificationId, SupplierId


@dataclass(frozen=True, slots=True)
class Reminder:
    """That a supplier was told, ``days`` days before or later, that a paper runs out."""

    reminder_id: UUID
    qualification_id: QualificationId
    supplier_id: SupplierId
    kind: str
    expires_at: datetime
    days: int
    told_at: datetime

    @property
    def days_left(self) -> int:
        """How many whole days were left when it was told."""
        return max(0, (self.expires_at - self.told_at) // timedelta(days=1))


def reminder_times(expires_at: datetime, days: Iterable[int], now: datetime) -> list[tuple[int, datetime]]:
    """Return at which times is to be reminded, with the number of days before: those that are ahead, in order of time.

    Of those that have passed the last one is made up for at once: who submits a paper late, or whose timer was late, is
    told once and not three times.
    """
    times = sorted(((one, expires_at - timedelta(days=one)) for one in set(days)), key=lambda pair: pair[1])
    passed = [pair for pair in times if pair[1] <= now]
    return passed[-1:] + times[len(passed) :] if now < expires_at else []
