"""The life of a supplier in one table. REGISTRY.md shows the same table to people; a test compares the two.

What people see is the standing. The stage is finer: it keeps apart what was done by hand and what the grade has done,
so that lifting the one does not lift the other.
"""

from dataclasses import dataclass
from enum import StrEnum


class SupplierStanding(StrEnum):
    """What others are shown of where a supplier stands."""

    REGISTERED = "registered"
    UNDER_REVIEW = "under_review"
    PROBATION = "probation"
    GRADE_A = "grade_a"
    GRADE_B = "grade_b"
    GRADE_C = "grade_c"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Grade(StrEnum):
    """What reputation says of a supplier that was admitted."""

    PROBATION = "probation"
    A = "a"
    B = "b"
    C = "c"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Stage(StrEnum):
    """Where a supplier stands, finer than its standing."""

    REGISTERED = "registered"
    UNDER_REVIEW = "under_review"
    PROBATION = "probation"
    GRADE_A = "grade_a"
    GRADE_B = "grade_b"
    GRADE_C = "grade_c"
    SUSPENDED_BY_HAND = "suspended_by_hand"
    SUSPENDED_BY_GRADE = "suspended_by_grade"
    SUSPENDED_BY_BOTH = "suspended_by_both"
    REMOVED_BY_HAND = "removed_by_hand"
    REMOVED_BY_GRADE = "removed_by_grade"
    RENEWING = "renewing"  # a suspended or removed one that is reviewed again


class Act(StrEnum):
    """What can happen to a supplier."""

    ADMIT = "admit"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    GRADE = "grade"
    SUSPEND = "suspend"
    LIFT = "lift"
    REMOVE = "remove"
    RENEW = "renew"


SHOWN: dict[Stage, SupplierStanding] = {
    Stage.REGISTERED: SupplierStanding.REGISTERED,
    Stage.UNDER_REVIEW: SupplierStanding.UNDER_REVIEW,
    Stage.RENEWING: SupplierStanding.UNDER_REVIEW,
    Stage.PROBATION: SupplierStanding.PROBATION,
    Stage.GRADE_A: SupplierStanding.GRADE_A,
    Stage.GRADE_B: SupplierStanding.GRADE_B,
    Stage.GRADE_C: SupplierStanding.GRADE_C,
    Stage.SUSPENDED_BY_HAND: SupplierStanding.SUSPENDED,
    Stage.SUSPENDED_BY_GRADE: SupplierStanding.SUSPENDED,
    Stage.SUSPENDED_BY_BOTH: SupplierStanding.SUSPENDED,
    Stage.REMOVED_BY_HAND: SupplierStanding.REMOVED,
    Stage.REMOVED_BY_GRADE: SupplierStanding.REMOVED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """Where an act may lead, and what causes it."""

    next: tuple[Stage, ...]
    by: str


WORKING = (Stage.PROBATION, Stage.GRADE_A, Stage.GRADE_B, Stage.GRADE_C)
_NEWS = "supplier_grade_changed.v1"
_OPEN = "register_supplier, submit_supplier"
_OUT = (Stage.SUSPENDED_BY_GRADE, Stage.REMOVED_BY_GRADE)
_BACK = (
    *WORKING,
    Stage.SUSPENDED_BY_HAND,
    Stage.SUSPENDED_BY_GRADE,
    Stage.SUSPENDED_BY_BOTH,
    Stage.REMOVED_BY_HAND,
    Stage.REMOVED_BY_GRADE,
)
_REMOVED = Line((Stage.REMOVED_BY_HAND,), "remove_supplier")
_RENEWING = Line((Stage.RENEWING,), "renew_supplier")
_BY_HAND = Line((Stage.SUSPENDED_BY_HAND, Stage.SUSPENDED_BY_BOTH, Stage.REMOVED_BY_GRADE), _NEWS)


def _noted(stage: Stage) -> Line:
    return Line((stage,), _NEWS)


def _working(stage: Stage) -> dict[tuple[Stage, Act], Line]:
    return {
        (stage, Act.GRADE): Line((*WORKING, *_OUT), _NEWS),
        (stage, Act.SUSPEND): Line((Stage.SUSPENDED_BY_HAND,), "suspend_supplier"),
        (stage, Act.REMOVE): _REMOVED,
    }


TRANSITIONS: dict[tuple[Stage, Act], Line] = {
    (Stage.REGISTERED, Act.ADMIT): Line((Stage.PROBATION,), _OPEN),
    (Stage.REGISTERED, Act.SUBMIT): Line((Stage.UNDER_REVIEW,), "submit_supplier"),
    (Stage.REGISTERED, Act.GRADE): _noted(Stage.REGISTERED),
    (Stage.REGISTERED, Act.REMOVE): _REMOVED,
    (Stage.UNDER_REVIEW, Act.APPROVE): Line((Stage.PROBATION,), "decide_supplier"),
    (Stage.UNDER_REVIEW, Act.REJECT): Line((Stage.REGISTERED,), "decide_supplier"),
    (Stage.UNDER_REVIEW, Act.GRADE): _noted(Stage.UNDER_REVIEW),
    (Stage.UNDER_REVIEW, Act.REMOVE): _REMOVED,
    **_working(Stage.PROBATION),
    **_working(Stage.GRADE_A),
    **_working(Stage.GRADE_B),
    **_working(Stage.GRADE_C),
    (Stage.SUSPENDED_BY_HAND, Act.GRADE): _BY_HAND,
    (Stage.SUSPENDED_BY_HAND, Act.LIFT): Line(WORKING, "lift_suspension"),
    (Stage.SUSPENDED_BY_HAND, Act.REMOVE): _REMOVED,
    (Stage.SUSPENDED_BY_HAND, Act.RENEW): _RENEWING,
    (Stage.SUSPENDED_BY_GRADE, Act.GRADE): Line((*WORKING, *_OUT), _NEWS),
    (Stage.SUSPENDED_BY_GRADE, Act.SUSPEND): Line((Stage.SUSPENDED_BY_BOTH,), "suspend_supplier"),
    (Stage.SUSPENDED_BY_GRADE, Act.REMOVE): _REMOVED,
    (Stage.SUSPENDED_BY_GRADE, Act.RENEW): _RENEWING,
    (Stage.SUSPENDED_BY_BOTH, Act.GRADE): _BY_HAND,
    (Stage.SUSPENDED_BY_BOTH, Act.LIFT): Line((Stage.SUSPENDED_BY_GRADE,), "lift_suspension"),
    (Stage.SUSPENDED_BY_BOTH, Act.REMOVE): _REMOVED,
    (Stage.SUSPENDED_BY_BOTH, Act.RENEW): _RENEWING,
    (Stage.REMOVED_BY_GRADE, Act.GRADE): Line((*WORKING, *_BY_HAND.next, Stage.SUSPENDED_BY_GRADE), _NEWS),
    (Stage.REMOVED_BY_GRADE, Act.REMOVE): _REMOVED,
    (Stage.REMOVED_BY_GRADE, Act.RENEW): _RENEWING,
    (Stage.REMOVED_BY_HAND, Act.GRADE): _noted(Stage.REMOVED_BY_HAND),
    (Stage.REMOVED_BY_HAND, Act.RENEW): _RENEWING,
    (Stage.RENEWING, Act.APPROVE): Line((Stage.PROBATION,), "decide_supplier"),
    (Stage.RENEWING, Act.REJECT): Line(_BACK, "decide_supplier"),
    (Stage.RENEWING, Act.GRADE): _noted(Stage.RENEWING),
    (Stage.RENEWING, Act.REMOVE): _REMOVED,
}
