"""Appeals against grades: filed by the supplier, decided by a quality supervisor, escalated when nobody does."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kernel.clock import format_time
from services.kernel.ids import new_id
from services.reputation.domain.errors import AppealNotFoundError, SupplierNotFoundError
from services.reputation.domain.grading import Change, reason
from services.reputation.domain.grading.appeals import PENDING, Appeal, AppealState, file, may_appeal, may_read
from services.reputation.domain.grading.commands import DecideAppeal, FileAppeal
from services.reputation.handlers.grades import change_grade
from services.reputation.handlers.log import record
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def file_appeal(command: FileAppeal, uow: ReputationUnitOfWork) -> Appeal:
    """Let a supplier appeal the last change of its grade."""
    supplier_id = command.supplier_id
    if not may_appeal(command.caller, supplier_id) or uow.grades.community_of(supplier_id) is None:
        raise SupplierNotFoundError("there is no such supplier", supplier_id=str(supplier_id))
    uow.grades.lock(supplier_id)
    policy, now = uow.grades.policy(), uow.clock.now()
    change, earlier = uow.grades.last_change(supplier_id), uow.grades.appeals(supplier_id)
    appeal = file(new_id(), supplier_id, change, earlier, command.text, policy, now)
    uow.grades.add_appeal(appeal)
    _remind(appeal, uow)
    answer_by = format_time(appeal.answer_by)
    body = {"supplier_id": str(supplier_id), "grade": str(appeal.grade), "answer_by": answer_by}
    record(uow, "appeal", appeal.appeal_id, body)
    return appeal


def decide_appeal(command: DecideAppeal, uow: ReputationUnitOfWork) -> Appeal:
    """Uphold a grade or correct it; a corrected one is held for a term."""
    found = uow.grades.appeal(command.appeal_id)
    community_id = None if found is None else uow.grades.community_of(found.supplier_id)
    if found is None or not may_read(command.caller, found.supplier_id, community_id):
        raise AppealNotFoundError("there is no such appeal", appeal_id=str(command.appeal_id))
    state = uow.grades.lock(found.supplier_id)
    appeal = uow.grades.appeal(command.appeal_id, lock=True) or found
    appeal.require_judge(command.caller, community_id)
    policy, now = uow.grades.policy(), uow.clock.now()
    appeal = appeal.decided(command.corrected, command.reason, now)
    uow.grades.save_appeal(appeal)
    held_until = now + timedelta(days=policy.hold_days)
    if appeal.corrected is not None:
        why = reason("overturned", grade=str(appeal.corrected))
        change_grade(state, Change(appeal.corrected, why, held_until), policy, uow)
    _record(appeal, format_time(held_until) if appeal.corrected else None, uow)
    return appeal


def escalate_appeal(payload: dict[str, Any], uow: ReputationUnitOfWork) -> None:
    """Hand an appeal that nobody decided in its term to those who watch over the node."""
    appeal = uow.grades.appeal(UUID(payload["appeal_id"]), lock=True)
    if appeal is None or appeal.state is not AppealState.OPEN:
        return
    appeal = appeal.overdue(uow.grades.policy(), uow.clock.now())
    uow.grades.save_appeal(appeal)
    _record(appeal, None, uow)


def _remind(appeal: Appeal, uow: ReputationUnitOfWork) -> None:
    key, payload = f"escalate_appeal:{appeal.appeal_id}", {"appeal_id": str(appeal.appeal_id)}
    uow.timers.set(key, appeal.answer_by, "escalate_appeal", payload)


def _record(appeal: Appeal, held_until: str | None, uow: ReputationUnitOfWork) -> None:
    """Record what was decided; the words of both sides stay out of the log."""
    body = {
        "supplier_id": str(appeal.supplier_id),
        "outcome": str(appeal.state),
        "reason": "nobody_decided" if appeal.state in PENDING else "supervisor",
        "grade": str(appeal.corrected or appeal.grade),
        "held_until": held_until,
    }
    record(uow, "appeal_decided", appeal.appeal_id, body)
