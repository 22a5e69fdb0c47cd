"""Matching rounds of a category: what waits, what is searched for, and what became of each pool. See ROUNDS.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.kernel.caller import Caller
from services.kernel.ids import CommunityId, MatchId, PoolId
from services.supplier.domain.explanation import Sentence

LEASE = timedelta(seconds=90)  # beyond the search, after which somebody else takes it up
MOST_ATTEMPTS = 3
MOST_AGAIN = 3  # rounds in a row that begin at once because seats were gone in the meantime
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RoundState(StrEnum):
    """queued -> solving -> applied; solving -> queued when nobody comes back, -> failed when nobody ever does."""

    QUEUED = "queued"
    SOLVING = "solving"
    APPLIED = "applied"
    FAILED = "failed"


class Outcome(StrEnum):
    """What a round has done for a pool.

    ``next_round``: what it was to get was gone, or it changed, while the round was searched for. ``gone``: it no longer
    looks for a supplier in a round.
    """

    WAITING = "waiting"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    NEXT_ROUND = "next_round"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Figures:
    """``matched`` of so many ``pools`` and their ``people``, as applied; people of the plan, their bound and its gap.

    ``seconds`` were searched for. ``optimal``: no plan serves more people, and none as many for less.
    """

    pools: int
    matched: int
    people: int
    objective: int
    bound: int
    gap: float
    optimal: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Job:
    """The search. ``due_at`` is when it may be taken up: at once, or when the lease of whoever has it runs out."""

    due_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """All pools of a category that wait for a round, in one currency.

    ``community_id`` asked for it; None if its time had come or the node operator asked. ``again`` counts the rounds
    before it that had to begin anew at once.
    """

    round_id: UUID
    category: str
    currency: str
    community_id: CommunityId | None
    state: RoundState
    seconds: float
    job: Job | None
    created_at: datetime
    again: int = 0
    progress: Mapping[str, object] = field(default_factory=dict)
    figures: Figures | None = None
    failure: str | None = None

    def taken(self, now: datetime) -> "Round":
        """Return it with a lease, or failed where nobody who took it came back."""
        assert self.job is not None
        if self.job.attempts >= MOST_ATTEMPTS:
            return self._failed(f"the search was given up after {MOST_ATTEMPTS} attempts")
        return replace(self, state=RoundState.SOLVING, job=Job(self.until(now), self.job.attempts + 1), progress={})

    def until(self, now: datetime) -> datetime:
        """Return how long whoever shows now that it is at work has it to itself."""
        return now + timedelta(seconds=self.seconds) + LEASE

    def is_attempt_of(self, other: "Round") -> bool:
        """Tell whether both are the same attempt, and it is under way."""
        if self.state is not RoundState.SOLVING or self.job is None or other.job is None:
            return False
        return (self.round_id, self.job.attempts) == (other.round_id, other.job.attempts)

    def stumbled(self, why: str, now: datetime) -> "Round":
        """Return it as to be taken up again at once, or failed after the last attempt."""
        assert self.job is not None
        if self.job.attempts >= MOST_ATTEMPTS:
            return self._failed(why)
        return replace(self, state=RoundState.QUEUED, job=Job(now, self.job.attempts), progress={})

    def applied(self, figures: Figures) -> "Round":
        """Return it with what it has brought."""
        return replace(self, state=RoundState.APPLIED, job=None, figures=figures, progress={})

    def _failed(self, why: str) -> "Round":
        return replace(self, state=RoundState.FAILED, job=None, failure=why, progress={})


@dataclass(frozen=True, slots=True)
class Why:
    """A stable code, sentences for people, and numbers for programs."""

    code: str
    sentence: Sentence
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoundPool:
    """A pool of a round and what became of it.

    ``possible`` slots would have suited it, and ``competitors`` is how many other pools got such slots.
    """

    round_id: UUID
    pool_id: PoolId
    community_ids: tuple[CommunityId, ...]
    outcome: Outcome = Outcome.WAITING
    match_id: MatchId | None = None
    why: Why | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    possible: int = 0
    competitors: int = 0

    def is_visible_to(self, caller: Caller) -> bool:
        """Tell whether the caller acts for one of its communities, or runs the node."""
        return caller.is_node_operator or (caller.manages and caller.community_id in self.community_ids)


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round as ``caller`` sees it, with those of its pools that the caller may see."""

    round: Round
    caller: Caller
    pools: tuple[RoundPool, ...]
    count: int


def next_round_at(now: datetime, every: timedelta) -> datetime:
    """Return the next of the times, ``every`` apart since 1970, at which rounds begin."""
    return _EPOCH + ((now - _EPOCH) // every + 1) * every
