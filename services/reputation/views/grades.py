"""The grade of a supplier: what it is, why, what would be needed for the next one, and what it was before."""

from datetime import datetime, timedelta
from typing import Any

from services.kernel.clock import format_time
from services.reputation import outbound
from services.reputation.domain.commands import Question
from services.reputation.domain.errors import SupplierNotFoundError
from services.reputation.domain.grading import Evidence, Grade, GradePolicy, GradeState, evidence_of, reason, sentence
from services.reputation.domain.grading.appeals import may_read
from services.reputation.domain.grading.deciding import Need, needs, targets
from services.reputation.domain.grading.policy import BELOW, FALL, WORKING
from services.reputation.domain.grading.words import NAMES
from services.reputation.domain.log_commands import AskLog
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from services.reputation.views.sight import require_supplier

HISTORY = 50  # changes


def get_supplier_grade(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the grade of a supplier that the caller sees."""
    require_supplier(question.id, question.caller, uow)
    policy, now = uow.grades.policy(), uow.clock.now()
    known = uow.grades.find(question.id)
    state = known or GradeState(question.id, Grade.PROBATION, now)
    evidence = evidence_of(state, policy, uow.grades.seen(state, policy, now), uow.grades.told(question.id))
    history = [outbound.grades.change(row) for row in uow.grades.changes(question.id, HISTORY)]
    return {
        "supplier_id": str(question.id),
        "grade": str(state.grade),
        "name": _sentence(*NAMES[state.grade]),
        "since": format_time(state.since) if known else None,
        "held_until": format_time(state.held_until) if state.held_until else None,
        "reason": history[0]["reason"] if history else outbound.grades.reason(reason("registered")),
        "policy_version": policy.version,
        **outbound.grades.figures(evidence.told),
        "deliveries": {"recent": evidence.recent, "bad": evidence.bad, "since_change": evidence.fresh},
        "next": _next(state, policy, evidence, now),
        "risks": _risks(state, policy, evidence),
        "history": history,
    }


def get_grade_policy(question: AskLog, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the policy by which grades are decided now."""
    return outbound.grades.policy(uow.grades.policy())


def list_grade_appeals(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the appeals of a supplier, newest first, for itself, those who decide, and who manages its community."""
    community_id = uow.grades.community_of(question.id)
    if community_id is None or not may_read(question.caller, question.id, community_id):
        raise SupplierNotFoundError("there is no such supplier", supplier_id=str(question.id))
    return {"items": [outbound.grades.appeal(one) for one in uow.grades.appeals(question.id)]}


def _next(state: GradeState, policy: GradePolicy, evidence: Evidence, now: datetime) -> list[dict[str, Any]]:
    if state.grade not in WORKING:
        return [{"grade": str(Grade.PROBATION), "needs": [_told("need_renewal", None, None, met=False)]}]
    rested = state.since + timedelta(days=policy.least_days)
    free = max(rested, state.held_until or rested)
    time = _told("need_time", None, format_time(free), met=now >= free)
    return [
        {"grade": str(grade), "needs": [*map(_need, needs(policy, evidence, grade)), time]}
        for grade in reversed(targets(state.grade))
    ]


def _need(need: Need) -> dict[str, Any]:
    return _told(need.code, need.have, need.need, met=need.met)


def _told(code: str, have: float | None, need: float | str | None, *, met: bool) -> dict[str, Any]:
    zh, en = sentence(code, {"have": have, "need": need})
    return {"code": code, "have": have, "need": need, "met": met, "zh": zh, "en": en}


def _risks(state: GradeState, policy: GradePolicy, evidence: Evidence) -> list[dict[str, Any]]:
    if state.grade not in WORKING:
        return []
    limit, bad, told = policy.demote[state.grade], policy.bad[state.grade], evidence.told
    found = [_risk("risk_bad", FALL[state.grade], have=evidence.bad, limit=bad.count, share=float(bad.share))]
    if told is not None:
        found.append(_risk("risk_score", BELOW[state.grade], have=told.score, limit=limit))
    return found


def _risk(code: str, grade: Grade, **data: Any) -> dict[str, Any]:
    zh, en = sentence(code, {"grade": str(grade), **data})
    return {"code": code, "grade": str(grade), "have": data["have"], "limit": data["limit"], "zh": zh, "en": en}


def _sentence(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}
