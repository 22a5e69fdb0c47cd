"""Appeals against a grade: by the supplier, decided by a quality supervisor, with a deadline."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.kernel.caller import Caller, Role
from services.kernel.errors import ForbiddenError, InvalidError
from services.reputation.domain.errors import AppealDecidedError, NotAppealableError
from services.reputation.domain.grading.policy import WORKING, Grade, GradePolicy


class AppealState(StrEnum):
    """Where an appeal stands. An overdue one is decided for the node, not for the supplier's community."""

    OPEN = "open"
    OVERDUE = "overdue"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


PENDING = (AppealState.OPEN, AppealState.OVERDUE)


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change as it is kept: what it came to, and when."""

    change_id: UUID
    grade: Grade
    before: Grade
    at: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a supplier says against a change of its grade; ``grade`` is what the change came to."""

    appeal_id: UUID
    supplier_id: UUID
    change_id: UUID
    grade: Grade
    text: str
    filed_at: datetime
    answer_by: datetime
    state: AppealState = AppealState.OPEN
    corrected: Grade | None = None
    reason: str | None = None
    decided_at: datetime | None = None

    def require_judge(self, caller: Caller, community_id: UUID | None) -> None:
        """Raise ``ForbiddenError`` unless ``caller`` may decide on a supplier that ``community_id`` registered."""
        node = caller.is_node_operator or caller.supervises_node
        if node or (self.state is not AppealState.OVERDUE and caller.supervises(community_id)):
            return
        message = "this appeal is not yours to decide"
        raise ForbiddenError(message, role=str(caller.role), state=str(self.state))

    def overdue(self, policy: GradePolicy, now: datetime) -> "Appeal":
        """Return it as it is when nobody decided in time: the node has another term."""
        return replace(self, state=AppealState.OVERDUE, answer_by=now + timedelta(days=policy.decide_days))

    def decided(self, corrected: Grade | None, reason: str, now: datetime) -> "Appeal":
        """Return it decided: upheld without a corrected grade, overturned with one that is better than the one given.

        Raises ``AppealDecidedError`` for one that is decided, ``InvalidError`` for a grade that is not better.
        """
        if self.state not in PENDING:
            raise AppealDecidedError("the appeal was decided", appeal_id=str(self.appeal_id), state=str(self.state))
        better = WORKING[: WORKING.index(self.grade)] if self.grade in WORKING else WORKING
        if corrected is not None and corrected not in better:
            problem = f"{corrected} is not better than {self.grade}"
            raise InvalidError("grade", problem, f"one of {', '.join(better)}" if better else "no appeal of the best")
        state = AppealState.UPHELD if corrected is None else AppealState.OVERTURNED
        return replace(self, state=state, corrected=corrected, reason=reason, decided_at=now)


def file(
    appeal_id: UUID,
    supplier_id: UUID,
    change: PastChange | None,
    earlier: "list[Appeal]",
    text: str,
    policy: GradePolicy,
    now: datetime,
) -> Appeal:
    """Return an appeal against the last change of a grade.

    Raises ``NotAppealableError`` where there is none, it was not for the worse, too long ago, or appealed already.
    """
    if change is None or _rank(change.grade) <= _rank(change.before):
        raise NotAppealableError("the grade has not become worse", supplier_id=str(supplier_id))
    until = change.at + timedelta(days=policy.appeal_days)
    if now >= until:
        raise NotAppealableError("it is too late to appeal", supplier_id=str(supplier_id), until=until.isoformat())
    if known := next((one for one in earlier if one.change_id == change.change_id), None):
        message = "the change was appealed already"
        raise NotAppealableError(message, supplier_id=str(supplier_id), appeal_id=str(known.appeal_id))
    answer_by = now + timedelta(days=policy.decide_days)
    return Appeal(appeal_id, supplier_id, change.change_id, change.grade, text, now, answer_by)


def may_appeal(caller: Caller, supplier_id: UUID) -> bool:
    """Tell whether the caller speaks for the supplier."""
    return caller.is_node_operator or (caller.role is Role.SUPPLIER and caller.supplier_id == supplier_id)


def may_read(caller: Caller, supplier_id: UUID, community_id: UUID | None) -> bool:
    """Tell whether the caller may read appeals of a supplier: itself, who decides, who manages its community."""
    if may_appeal(caller, supplier_id) or caller.supervises(community_id):
        return True
    return caller.manages and caller.sees(community_id)


def _rank(grade: Grade) -> int:
    return list(Grade).index(grade)
