"""What a community asks of suppliers that it registers, and what each standing allows: policy as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId
from services.kernel.quantity import MAX_SEATS, require_count
from services.supplier.domain.registry import SupplierStanding

MOST_PAPERS, MOST_REMINDERS, MOST_DAYS, MOST_LIVE = 20, 10, 365, 100_000
REMIND_DAYS = (30, 7, 1)


class Admission(StrEnum):
    """``open``: who is registered is admitted to probation at once; ``reviewed``: a quality supervisor decides."""

    OPEN = "open"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a standing allows. ``rank`` orders equal offers, the lowest first."""

    new_work: bool
    running: bool
    rank: int


_NOTHING_NEW = Allowance(new_work=False, running=True, rank=9)
ALLOWANCES: Mapping[SupplierStanding, Allowance] = {
    SupplierStanding.REGISTERED: _NOTHING_NEW,
    SupplierStanding.UNDER_REVIEW: _NOTHING_NEW,
    SupplierStanding.GRADE_A: Allowance(new_work=True, running=True, rank=0),
    SupplierStanding.GRADE_B: Allowance(new_work=True, running=True, rank=1),
    SupplierStanding.PROBATION: Allowance(new_work=True, running=True, rank=2),
    SupplierStanding.GRADE_C: Allowance(new_work=True, running=True, rank=3),
    SupplierStanding.SUSPENDED: _NOTHING_NEW,
    SupplierStanding.REMOVED: Allowance(new_work=False, running=False, rank=9),
}
# The standings of which a policy may limit how much they take on.
LIMITED = tuple(standing for standing, allowance in ALLOWANCES.items() if allowance.new_work)


class Limit(StrEnum):
    """Why a supplier may not take on more; the codes of ``LimitError``."""

    STANDING = "standing"
    LIVE_MATCHES = "live_matches"
    LARGEST_GROUP = "largest_group"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a supplier takes on at most: matches at once, and people of one group. None is no limit."""

    live_matches: int | None = None
    largest_group: int | None = None

    def __post_init__(self) -> None:
        if self.live_matches is not None:
            require_count(self.live_matches, "live_matches", most=MOST_LIVE)
        if self.largest_group is not None:
            require_count(self.largest_group, "largest_group", most=MAX_SEATS)


NO_LIMITS = Limits()
# Who was looked at before it was admitted is still tried with little.
REVIEWED_LIMITS = {
    SupplierStanding.PROBATION: Limits(live_matches=3, largest_group=30),
    SupplierStanding.GRADE_C: Limits(live_matches=10),
}


@dataclass(frozen=True, slots=True)
class AdmissionPolicy:
    """What one community asks of the suppliers that it registers.

    ``required_papers`` have to be approved before a review may admit a supplier, and when one of them runs out, all of
    its offers pause. ``remind_days`` are the days before a paper runs out at which it is told.
    """

    community_id: CommunityId
    mode: Admission
    required_papers: tuple[str, ...] = ()
    remind_days: tuple[int, ...] = REMIND_DAYS
    limits: Mapping[SupplierStanding, Limits] = field(default_factory=dict)
    version: int = 0

    def __post_init__(self) -> None:
        if len(self.required_papers) > MOST_PAPERS:
            problem = f"has {len(self.required_papers)} kinds"
            raise InvalidError("required_papers", problem, f"at most {MOST_PAPERS}")
        if len(self.remind_days) > MOST_REMINDERS:
            raise InvalidError("remind_days", f"has {len(self.remind_days)} items", f"at most {MOST_REMINDERS}")
        for days in self.remind_days:
            require_count(days, "remind_days", most=MOST_DAYS)
        for standing in self.limits:
            if standing not in LIMITED:
                expected = f"one of {', '.join(LIMITED)}"
                raise InvalidError("limits", f"{standing} takes on nothing that could be limited", expected)

    @classmethod
    def default(cls, community_id: CommunityId, mode: str) -> "AdmissionPolicy":
        """Return that of a community that has set none, on a node whose setting is ``mode``."""
        admission = Admission(mode)
        limits = dict(REVIEWED_LIMITS) if admission is Admission.REVIEWED else {}
        return cls(community_id, admission, limits=limits)

    def limits_of(self, standing: SupplierStanding) -> Limits:
        """Return how much a supplier of that standing takes on at most."""
        return self.limits.get(standing, NO_LIMITS)


@dataclass(frozen=True, slots=True)
class Room:
    """What a supplier may still take on: its standing, its limits, and how many matches it has that are not over."""

    standing: SupplierStanding = SupplierStanding.PROBATION
    limits: Limits = NO_LIMITS
    live: int = 0

    @property
    def left(self) -> int | None:
        """How many more matches it may take on; None is no limit."""
        if not ALLOWANCES[self.standing].new_work:
            return 0
        most = self.limits.live_matches
        return None if most is None else max(0, most - self.live)

    def refuses(self, people: int | None = None) -> Limit | None:
        """Return what stands against one more match for so many people, or None."""
        if not ALLOWANCES[self.standing].new_work:
            return Limit.STANDING
        if self.left == 0:
            return Limit.LIVE_MATCHES
        largest = self.limits.largest_group
        return Limit.LARGEST_GROUP if largest is not None and people is not None and people > largest else None

    def largest(self, group: int) -> int:
        """Return how many people of a group that large it may serve."""
        return group if self.limits.largest_group is None else min(group, self.limits.largest_group)


ROOM = Room()
