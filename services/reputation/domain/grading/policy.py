"""The policy of grades: plain figures, in versions. Scores are on the scale from 1 to 5, spans in days."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from services.kernel.errors import InvalidError
from services.kernel.quantity import require_count, require_number


class Grade(StrEnum):
    """What is thought of a supplier, from the best to the worst; those on probation rank before c."""

    A = "a"
    B = "b"
    PROBATION = "probation"
    C = "c"
    SUSPENDED = "suspended"
    REMOVED = "removed"


WORKING = (Grade.A, Grade.B, Grade.PROBATION, Grade.C)
RISING = (Grade.A, Grade.B)  # what one can be promoted to, the best first
# What one falls to by the score, and by bad deliveries.
BELOW = {Grade.A: Grade.B, Grade.B: Grade.C, Grade.PROBATION: Grade.C, Grade.C: Grade.SUSPENDED}
FALL = {Grade.A: Grade.C, Grade.B: Grade.C, Grade.PROBATION: Grade.C, Grade.C: Grade.SUSPENDED}

UNKNOWN_SCORE = 3.5  # what is assumed of somebody of whom nothing is known; see SCORE.md
GAP = 0.2  # marks between where a grade is reached and where it is lost, at the least


@dataclass(frozen=True, slots=True)
class Bar:
    """A grade is reached when the lower bound of the score is at least ``low``, after ``deliveries`` new ones."""

    low: float
    deliveries: int


@dataclass(frozen=True, slots=True)
class BadLimit:
    """So many bad deliveries, and at least this share of all, bring a supplier down."""

    count: int
    share: float


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """All figures of the rules. ``version`` 0 is the one that the program comes with."""

    version: int = 0
    promote: Mapping[Grade, Bar] = field(default_factory=lambda: {Grade.B: Bar(3.2, 3), Grade.A: Bar(3.8, 6)})
    demote: Mapping[Grade, float] = field(
        default_factory=lambda: {Grade.A: 3.4, Grade.B: 3.0, Grade.PROBATION: 2.6, Grade.C: 2.2}
    )
    demote_after: int = 2  # deliveries since the last change, before the score alone brings anybody down
    bad: Mapping[Grade, BadLimit] = field(
        default_factory=lambda: {
            Grade.A: BadLimit(3, 0.2),
            Grade.B: BadLimit(2, 0.2),
            Grade.PROBATION: BadLimit(2, 0.3),
            Grade.C: BadLimit(1, 0.3),
        }
    )
    bad_mark: float = 2.5  # a delivery whose marks are no better on average is a bad one
    bad_voices: int = 2  # reviews that it takes for that, or all where fewer could be written
    bad_share_promoted: float = 0.1  # of the deliveries since the last change, at most, for a promotion
    window_days: int = 180
    least_days: int = 14  # between a change and a promotion, a fall by the score, or a way back
    suspensions: int = 3  # the one with this number is a removal
    removal_days: int = 365  # of suspension without a renewal
    hold_days: int = 90  # for which a corrected grade is held
    appeal_days: int = 30
    decide_days: int = 14


DEFAULT = GradePolicy()

_COUNTS = {
    "demote_after": (1, 100),
    "bad_voices": (1, 100),
    "window_days": (7, 3650),
    "least_days": (1, 365),
    "suspensions": (1, 100),
    "removal_days": (1, 3650),
    "hold_days": (1, 365),
    "appeal_days": (1, 365),
    "decide_days": (1, 90),
}


def policy_of(data: Mapping[str, Any], version: int) -> GradePolicy:
    """Return the policy in ``data``, what is not named being as it comes with the program.

    Raises ``InvalidError`` naming the field, also where a grade would be lost as soon as it was reached.
    """
    if strange := sorted(data.keys() - asdict(DEFAULT).keys() | data.keys() & {"version"}):
        raise InvalidError(strange[0], "is no figure of the policy", f"one of {', '.join(sorted(_NAMES))}")
    promote = {grade: _bar(_part(data, "promote", grade), DEFAULT.promote[grade], grade) for grade in RISING}
    demote = {grade: _mark(_part(data, "demote", grade), f"demote.{grade}", DEFAULT.demote[grade]) for grade in WORKING}
    bad = {grade: _limit(_part(data, "bad", grade), DEFAULT.bad[grade], grade) for grade in WORKING}
    counts = {
        name: require_count(data.get(name, getattr(DEFAULT, name)), name, least=least, most=most)
        for name, (least, most) in _COUNTS.items()
    }
    policy = GradePolicy(
        version,
        promote,
        demote,
        bad=bad,
        bad_mark=_mark(data.get("bad_mark"), "bad_mark", DEFAULT.bad_mark),
        bad_share_promoted=_share(data.get("bad_share_promoted"), "bad_share_promoted", DEFAULT.bad_share_promoted),
        **counts,
    )
    _require_gaps(policy)
    return policy


def data_of(policy: GradePolicy) -> dict[str, Any]:
    """Return the figures of a policy, without its version, as ``policy_of`` reads them."""
    plain = asdict(policy)
    del plain["version"]
    return {name: _plain(value) if isinstance(value, dict) else value for name, value in plain.items()}


def _plain(by_grade: Mapping[Grade, Any]) -> dict[str, Any]:
    return {str(grade): value for grade, value in by_grade.items()}


_NAMES = asdict(DEFAULT).keys() - {"version"}


def _require_gaps(policy: GradePolicy) -> None:
    for grade in RISING:
        if policy.promote[grade].low < policy.demote[grade] + GAP:
            wanted = f"at least {GAP} more than demote.{grade}, so that nobody goes up and down"
            raise InvalidError(f"promote.{grade}.low", f"is {policy.promote[grade].low}", wanted)
    order = [policy.demote[grade] for grade in WORKING]
    if order != sorted(order, reverse=True):
        raise InvalidError("demote", "does not fall from grade to grade", "a >= b >= probation >= c")
    if policy.demote[Grade.A] >= UNKNOWN_SCORE:
        problem = f"is {policy.demote[Grade.A]}"
        raise InvalidError("demote.a", problem, f"less than {UNKNOWN_SCORE}, so that silence brings nobody down")
    if policy.promote[Grade.A].low < policy.promote[Grade.B].low:
        raise InvalidError("promote.a.low", "is lower than that of b", "at least promote.b.low")


def _part(data: Mapping[str, Any], name: str, grade: Grade) -> Any:
    part = data.get(name) or {}
    known = RISING if name == "promote" else WORKING
    if not isinstance(part, Mapping) or part.keys() - set(known):
        raise InvalidError(name, "is not by grades", f"an object with {', '.join(known)}")
    return part.get(grade)


def _bar(part: Any, default: Bar, grade: Grade) -> Bar:
    if part is None:
        return default
    name = f"promote.{grade}"
    low = _mark(_of(part, name, "low"), f"{name}.low", default.low)
    deliveries = _of(part, name, "deliveries")
    return Bar(low, require_count(default.deliveries if deliveries is None else deliveries, f"{name}.deliveries"))


def _limit(part: Any, default: BadLimit, grade: Grade) -> BadLimit:
    if part is None:
        return default
    name = f"bad.{grade}"
    count = _of(part, name, "count")
    share = _share(_of(part, name, "share"), f"{name}.share", default.share)
    return BadLimit(require_count(default.count if count is None else count, f"{name}.count"), share)


def _of(part: Any, name: str, field_: str) -> Any:
    if not isinstance(part, Mapping):
        raise InvalidError(name, "is no object", f"an object with {field_}")
    return part.get(field_)


def _mark(value: Any, name: str, default: float) -> float:
    return default if value is None else require_number(value, name, least=1, most=5)


def _share(value: Any, name: str, default: float) -> float:
    return default if value is None else require_number(value, name, least=0, most=1)
