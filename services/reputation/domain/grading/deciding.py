"""What becomes of a grade: a pure function of policy, state, evidence and time.

A grade never swings. It is reached by the lower bound of the score and lost by the score itself at a lower bar; what
was just left is not come back to within ``least_days``; and deliveries that brought a supplier down do so once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.reputation.domain.grading.policy import BELOW, FALL, RISING, Grade, GradePolicy
from services.reputation.domain.grading.words import Reason, reason


@dataclass(frozen=True, slots=True)
class Told:
    """The score as it is published: from 1 to 5, with its interval of 95 % and the number of reviews."""

    score: float
    low: float
    high: float
    reviews: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a supplier now.

    ``recent``: deliveries of the window; ``bad``: those of them that were bad and had no effect yet; ``fresh`` and
    ``fresh_bad``: deliveries since the last change, and the bad ones of them.
    """

    told: Told | None
    recent: int = 0
    bad: int = 0
    fresh: int = 0
    fresh_bad: int = 0


@dataclass(frozen=True, slots=True)
class GradeState:
    """The grade of a supplier: since when, which one it left, until when a corrected one is held."""

    supplier_id: UUID
    grade: Grade
    since: datetime
    before: Grade | None = None
    held_until: datetime | None = None
    suspensions: int = 0
    seen_standing: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A new grade, and why; ``held_until`` where it was corrected."""

    grade: Grade
    reason: Reason
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be changed now, if anything, and when to look again even if nothing happens."""

    change: Change | None = None
    look_at: datetime | None = None


def decide(policy: GradePolicy, state: GradeState, evidence: Evidence, now: datetime) -> Verdict:
    """Return what the policy makes of the evidence."""
    if state.grade is Grade.REMOVED:
        return Verdict()
    if state.grade is Grade.SUSPENDED:
        return _suspended(policy, state, now)
    rested = state.since + timedelta(days=policy.least_days)
    fall = _by_bad_deliveries(policy, state, evidence)
    if fall is not None:
        # A fall back to the grade that was just left waits, so that nothing swings; any other does not.
        if fall.grade is state.before and now < rested:
            return Verdict(look_at=rested)
        return Verdict(fall)
    change = _by_score(policy, state, evidence) or _promotion(policy, state, evidence)
    if change is None:
        return Verdict()
    free = max(rested, state.held_until or rested)
    return Verdict(change) if now >= free else Verdict(look_at=free)


def applied(state: GradeState, change: Change, now: datetime) -> GradeState:
    """Return the state after a change."""
    return replace(
        state,
        grade=change.grade,
        since=now,
        before=state.grade,
        held_until=change.held_until,
        suspensions=state.suspensions + (change.grade is Grade.SUSPENDED),
    )


def renewal(policy: GradePolicy, state: GradeState) -> Change | None:
    """Return how a supplier comes back that was reviewed again; None if it is on probation already.

    The evidence of before stays in the score and in the number of suspensions. It does not act by itself any more:
    deliveries that were bad have had their effect, and the score brings nobody down before new deliveries.
    """
    if state.grade is Grade.PROBATION:
        return None
    return Change(Grade.PROBATION, reason("renewed"))


def _suspended(policy: GradePolicy, state: GradeState, now: datetime) -> Verdict:
    end = state.since + timedelta(days=policy.removal_days)
    if now < end:
        return Verdict(look_at=end)
    return Verdict(Change(Grade.REMOVED, reason("not_renewed", days=policy.removal_days)))


def _by_bad_deliveries(policy: GradePolicy, state: GradeState, evidence: Evidence) -> Change | None:
    limit = policy.bad[state.grade]
    if evidence.bad < limit.count or evidence.bad < limit.share * evidence.recent:
        return None
    why = reason("bad_deliveries", bad=evidence.bad, of=evidence.recent)
    return _down(policy, state, Change(FALL[state.grade], why))


def _by_score(policy: GradePolicy, state: GradeState, evidence: Evidence) -> Change | None:
    told, limit = evidence.told, policy.demote[state.grade]
    if told is None or told.score >= limit or evidence.fresh < policy.demote_after:
        return None
    why = reason("low_score", score=told.score, limit=limit, deliveries=evidence.fresh)
    return _down(policy, state, Change(BELOW[state.grade], why))


def _down(policy: GradePolicy, state: GradeState, change: Change) -> Change:
    if change.grade is Grade.SUSPENDED and state.suspensions + 1 >= policy.suspensions:
        return Change(Grade.REMOVED, reason("suspended_often", suspensions=state.suspensions + 1))
    return change


def _promotion(policy: GradePolicy, state: GradeState, evidence: Evidence) -> Change | None:
    for grade in targets(state.grade):
        if all(need.met for need in needs(policy, evidence, grade)):
            told, bar = evidence.told, policy.promote[grade]
            low = told.low if told else None
            return Change(grade, reason("promoted", low=low, need=bar.low, deliveries=evidence.fresh))
    return None


def targets(grade: Grade) -> tuple[Grade, ...]:
    """Return what can be reached from a grade, the best first: from probation both, otherwise the next one."""
    return {Grade.PROBATION: RISING, Grade.C: (Grade.B,), Grade.B: (Grade.A,)}.get(grade, ())


@dataclass(frozen=True, slots=True)
class Need:
    """One condition of a promotion: what there is, what is needed, and whether that is enough."""

    code: str
    have: float | None
    need: float
    met: bool


def needs(policy: GradePolicy, evidence: Evidence, grade: Grade) -> list[Need]:
    """Return the conditions of a promotion to ``grade``, but for the time."""
    bar, told = policy.promote[grade], evidence.told
    share = evidence.fresh_bad / evidence.fresh if evidence.fresh else 0.0
    low = Need("need_no_score", None, bar.low, False) if told is None else _low(told.low, bar.low)
    return [
        low,
        Need("need_deliveries", evidence.fresh, bar.deliveries, evidence.fresh >= bar.deliveries),
        Need("need_few_bad", share, policy.bad_share_promoted, share <= policy.bad_share_promoted),
    ]


def _low(have: float, need: float) -> Need:
    return Need("need_low", have, need, have >= need)
