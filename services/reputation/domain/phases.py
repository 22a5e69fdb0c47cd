"""When a review may be written, by whom, and which marks it gives. REVIEWS.md shows the same table to people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.kernel.errors import InvalidError
from services.kernel.ids import CampaignId, CommunityId, SupplierId
from services.reputation.domain.errors import PhaseClosedError


class Phase(StrEnum):
    """Before the service, while it lasts, and after it."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Author(StrEnum):
    """As what somebody reviews; only what participants say after a settled delivery is evidence of a score."""

    PARTICIPANT = "participant"
    ORGANISER = "organiser"
    SUPERVISOR = "quality_supervisor"


# The marks of each phase; the first has to be given.
MARKS: dict[Phase, tuple[str, ...]] = {
    Phase.BEFORE: ("qualification", "communication"),
    Phase.DURING: ("attendance", "progress", "communication"),
    Phase.AFTER: ("quality", "punctuality", "communication", "value"),
}


def require_marks(phase: Phase, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the marks that are given; raise ``InvalidError`` for one of another phase, or if the first is missing."""
    allowed = MARKS[phase]
    for name, mark in given.items():
        if mark is not None and name not in allowed:
            expected = f"of a review {phase} the service: {', '.join(allowed)}"
            raise InvalidError(f"scores.{name}", f"is no mark of this phase ({phase})", expected)
    first = allowed[0]
    if given.get(first) is None:
        raise InvalidError(f"scores.{first}", "is missing", "a whole number from 1 to 5")
    return {name: given.get(name) for name in allowed}


@dataclass(frozen=True, slots=True)
class Engagement:
    """A campaign whose group is formed: with whom, and how far it has come."""

    campaign_id: CampaignId
    supplier_id: SupplierId | None
    community_ids: tuple[CommunityId, ...]
    confirmed_at: datetime | None = None
    begun_at: datetime | None = None
    delivered_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def phase(self) -> Phase | None:
        """The phase that it is in; None before the group is formed, and when it was called off before it began."""
        if self.delivered_at is not None:
            return Phase.AFTER
        if self.begun_at is not None:
            return Phase.DURING
        return Phase.BEFORE if self.confirmed_at is not None and self.ended_at is None else None

    def require(self, phase: Phase) -> None:
        """Raise ``PhaseClosedError`` unless it is in this phase now."""
        if self.phase is not phase:
            state = str(self.phase) if self.phase else "none"
            raise PhaseClosedError(f"the campaign is not in the phase {phase}", state=state, phase=str(phase))
