"""A visit plan of a confirmed match: whose homes it has, where its search stands, and who sees what of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.kernel.caller import Caller, Role
from services.kernel.ids import CommunityId, MatchId, SupplierId
from services.kernel.timespan import Timespan
from services.supplier.domain.visits.errors import VisitPlanStateError
from services.supplier.domain.visits.model import Crew, Day, Home, Plan, Travel

SECONDS, MOST_SECONDS = 10.0, 60.0  # of search
LEASE = timedelta(seconds=60)  # beyond the search, after which somebody else takes it up
MOST_ATTEMPTS = 3
EVE = timedelta(hours=12)  # so long before the service the supplier sees the homes even of plans not released
KEPT = timedelta(days=14)  # after the service: then the homes are deleted


class PlanState(StrEnum):
    """draft (no homes or no crews yet) -> queued -> solving -> done | failed; forgotten when its homes were deleted."""

    DRAFT = "draft"
    QUEUED = "queued"
    SOLVING = "solving"
    DONE = "done"
    FAILED = "failed"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Job:
    """The search. ``due_at`` is when it may be taken up: at once, or when the lease of whoever has it runs out."""

    due_at: datetime
    attempts: int = 0
    percent: int = 0


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """``version`` counts what was asked for: the result of a search for an older one is thrown away.

    ``released`` names the communities that have told their homes the times and let the supplier see them. ``plan`` is
    the last one that was found, also while another search is on; ``moved`` names the homes to which another crew comes
    than in the one before.
    """

    plan_id: object
    match_id: MatchId
    supplier_id: SupplierId
    community_ids: tuple[CommunityId, ...]
    service: Timespan
    state: PlanState
    version: int
    crews: tuple[Crew, ...]
    travel: Travel
    zone: str
    seconds: float
    released: frozenset[CommunityId]
    plan: Plan | None
    moved: tuple[str, ...]
    failure: str | None
    job: Job | None
    created_at: datetime

    def is_visible_to(self, caller: Caller) -> bool:
        """Tell whether the caller may know of it: who acts for its communities, its supplier, the node operator."""
        if caller.is_node_operator:
            return True
        if caller.role is Role.SUPPLIER:
            return caller.supplier_id == self.supplier_id
        return caller.manages and caller.community_id in self.community_ids

    def shows(self, community_id: CommunityId, caller: Caller, *, confirmed: bool, now: datetime) -> bool:
        """Tell whether the caller may see the homes of a community.

        The supplier may while its match stands: when the community has released them, or on the eve of the service.
        """
        if caller.role is not Role.SUPPLIER:
            return caller.sees(community_id)
        return caller.supplier_id == self.supplier_id and confirmed and self.is_told(community_id, now)

    def is_told(self, community_id: CommunityId, now: datetime) -> bool:
        """Tell whether the homes of a community were told their times: from then on these are kept."""
        return community_id in self.released or now >= self.service.start - EVE

    def asked(self, homes: int, now: datetime) -> "VisitPlan":
        """Return the next version, waiting for its search; a draft as long as there are no homes or no crews."""
        if self.state is PlanState.FORGOTTEN:
            raise VisitPlanStateError("the homes of this plan were deleted", state=str(self.state))
        ready = homes > 0 and bool(self.crews)
        state, job = (PlanState.QUEUED, Job(now)) if ready else (PlanState.DRAFT, None)
        return replace(self, state=state, version=self.version + 1, job=job, failure=None)

    def taken(self, now: datetime) -> "VisitPlan":
        """Return it with a lease, or failed where nobody who took it came back."""
        assert self.job is not None
        if self.job.attempts >= MOST_ATTEMPTS:
            return self.failed(f"the search was given up after {MOST_ATTEMPTS} attempts; ask for it again")
        until = now + timedelta(seconds=self.seconds) + LEASE
        return replace(self, state=PlanState.SOLVING, job=Job(until, self.job.attempts + 1))

    def found(self, plan: Plan, moved: Sequence[str]) -> "VisitPlan":
        """Return it with the plan of its search."""
        return replace(self, state=PlanState.DONE, plan=plan, moved=tuple(moved), job=None, failure=None)

    def failed(self, why: str) -> "VisitPlan":
        """Return it as failed; the plan before it, if there was one, still stands."""
        return replace(self, state=PlanState.FAILED, failure=why, job=None)

    def forgotten(self) -> "VisitPlan":
        """Return it without anything that says when somebody was at which home."""
        return replace(self, state=PlanState.FORGOTTEN, plan=None, moved=(), failure=None, job=None)

    def day(self, homes: Sequence[Home]) -> Day:
        """Return the day that is to be planned."""
        return Day(tuple(homes), self.crews, self.travel)


@dataclass(frozen=True, slots=True)
class VisitHome:
    """A home of a plan and the community that named it."""

    plan_id: object
    community_id: CommunityId
    home: Home

    @property
    def home_id(self) -> str:
        """The id that the service gave it."""
        return self.home.home_id

    def told(self, promises: Mapping[str, Timespan]) -> "VisitHome":
        """Return it with the span in which the crew is to begin, if it comes."""
        return replace(self, home=replace(self.home, promised=promises.get(self.home_id)))
