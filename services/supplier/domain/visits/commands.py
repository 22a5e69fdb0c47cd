"""What others ask about visit plans, already read and checked for shape."""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.caller import Caller
from services.kernel.ids import CommunityId, MatchId
from services.supplier.domain.visits.model import Crew, Home, Travel


@dataclass(frozen=True, slots=True)
class CreateVisitPlan:
    """Plan the visits of a confirmed match; ``homes`` are those of ``community_id``, by default the caller's."""

    caller: Caller
    match_id: MatchId
    community_id: CommunityId | None
    homes: tuple[Home, ...]
    crews: tuple[Crew, ...]
    travel: Travel
    zone: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ChangeVisitPlan:
    """Add homes, let others drop out, and set the crews anew where they are given; then it is planned again."""

    caller: Caller
    plan_id: UUID
    community_id: CommunityId | None
    add: tuple[Home, ...]
    drop: tuple[str, ...]
    crews: tuple[Crew, ...] | None


@dataclass(frozen=True, slots=True)
class SolveVisitPlan:
    """Search again, such as after a failure."""

    caller: Caller
    plan_id: UUID


@dataclass(frozen=True, slots=True)
class ReleaseVisitPlan:
    """Let the supplier see the homes of ``community_id``, by default the caller's."""

    caller: Caller
    plan_id: UUID
    community_id: CommunityId | None
