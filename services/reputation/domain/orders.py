"""What is known of an order, as it is told piece by piece and in any order: delivery, settlement."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

WHOLE_BP = 10_000
STEP_BP = 100  # shares of money are told in whole percent, so that nobody works out an amount from them


@dataclass(frozen=True, slots=True)
class EndedDispute:
    """How a dispute ended, and which part of the money that it was about went back to the member."""

    reason: str
    outcome: str
    returned_bp: int


@dataclass(frozen=True, slots=True)
class Order:
    """A commitment. What is None was not told yet. Whose it is never leaves the service."""

    commitment_id: UUID
    campaign_id: UUID
    community_id: UUID
    member_id: UUID
    supplier_id: UUID | None = None
    category: str | None = None
    delivered_at: datetime | None = None
    attended: bool | None = None
    sessions: int | None = None
    sessions_held: int | None = None
    settled_at: datetime | None = None
    released_bp: int | None = None
    refunded_bp: int | None = None
    disputes: tuple[EndedDispute, ...] = ()

    def told(self, news: "Order") -> "Order":
        """Return it with what ``news`` knows; what it does not know stays as it is."""
        known = {name: value for name in _TOLD if (value := getattr(news, name)) is not None}
        return replace(self, **known, disputes=news.disputes or self.disputes)


_TOLD = (
    *("supplier_id", "category", "delivered_at", "attended", "sessions", "sessions_held"),
    *("settled_at", "released_bp", "refunded_bp"),
)


def share_bp(part: int, whole: int) -> int:
    """Return which part of ``whole`` minor units ``part`` is, in basis points, in whole percent.

    What is more than nothing is at least one percent, so that it is never told as nothing.
    """
    if whole <= 0 or part <= 0:
        return 0
    rounded = (part * WHOLE_BP + whole * STEP_BP // 2) // (whole * STEP_BP) * STEP_BP
    return min(max(rounded, STEP_BP), WHOLE_BP)
