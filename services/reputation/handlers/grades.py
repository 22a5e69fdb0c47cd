"""Grades: decided anew whenever something is told of a supplier, and at times. See GRADES.md."""

import json
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.kernel.ids import new_id
from services.reputation import outbound
from services.reputation.domain.errors import PolicyChangedError
from services.reputation.domain.grading import (
    Change,
    Evidence,
    GradePolicy,
    GradeState,
    applied,
    decide,
    evidence_of,
    is_bad,
    policy_of,
)
from services.reputation.domain.grading.commands import (
    LookAtGrade,
    NoteSettlement,
    NoteStanding,
    NoteWithdrawal,
    SetPolicy,
)
from services.reputation.domain.grading.deciding import renewal
from services.reputation.domain.grading.events import GradeChanged
from services.reputation.domain.grading.policy import data_of
from services.reputation.handlers.log import record
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def note_settlement(command: NoteSettlement, uow: ReputationUnitOfWork) -> None:
    """Note how a campaign was settled, and decide on the grade."""
    uow.grades.lock(command.supplier_id)
    uow.grades.note_settled(
        command.supplier_id, command.campaign_id, command.at, command.commitments, command.disputes_lost
    )
    look_at_grade(LookAtGrade(command.supplier_id), uow)


def note_withdrawal(command: NoteWithdrawal | None, uow: ReputationUnitOfWork) -> None:
    """Note that a supplier withdrew from a campaign, and decide on the grade; None where there was no campaign."""
    if command is None:
        return
    uow.grades.lock(command.supplier_id)
    uow.grades.note_withdrawn(command.supplier_id, command.campaign_id, command.at)
    look_at_grade(LookAtGrade(command.supplier_id), uow)


def look_at_grade(command: LookAtGrade, uow: ReputationUnitOfWork) -> None:
    """Decide on the grade of a supplier by what is known now."""
    state, policy, now = uow.grades.lock(command.supplier_id), uow.grades.policy(), uow.clock.now()
    seen = uow.grades.seen(state, policy, now)
    verdict = decide(policy, state, evidence_of(state, policy, seen, uow.grades.told(state.supplier_id)), now)
    if verdict.change is not None:
        change_grade(state, verdict.change, policy, uow)
        # What follows from it may be due at a time as well.
        state = applied(state, verdict.change, now)
        verdict = replace(decide(policy, state, Evidence(None), now), change=None)
    if verdict.look_at is not None:
        remember(state.supplier_id, verdict.look_at, uow)


def look_again(payload: dict[str, Any], uow: ReputationUnitOfWork) -> None:
    """Decide on a grade because its time has come."""
    look_at_grade(LookAtGrade(UUID(payload["supplier_id"])), uow)


def remember(supplier_id: UUID, at: datetime, uow: ReputationUnitOfWork) -> None:
    """Look at a grade again at ``at``. Each time has a timer of its own, so that nobody waits for one that fires."""
    key = f"look_at_grade:{supplier_id}:{at.timestamp():.6f}"
    uow.timers.keep(key, at, "look_at_grade", {"supplier_id": str(supplier_id)})


def note_standing(command: NoteStanding, uow: ReputationUnitOfWork) -> None:
    """Let a supplier start on probation again that the registry has renewed; older news than known are nothing."""
    state = uow.grades.lock(command.supplier_id)
    if command.version <= state.seen_standing:
        return
    state = replace(state, seen_standing=command.version)
    uow.grades.save(state)
    if (command.standing, command.reason) == ("probation", "renewed"):
        policy = uow.grades.policy()
        change = renewal(policy, state)
        if change is not None:
            change_grade(state, change, policy, uow)


def set_grade_policy(command: SetPolicy, uow: ReputationUnitOfWork) -> GradePolicy:
    """Replace the policy of the node. Grades are decided by it when something is told of a supplier, or at its time."""
    command.caller.require()
    known = uow.grades.policy()
    policy = policy_of(command.figures, known.version + 1)
    figures = data_of(policy)
    if command.version != known.version or not uow.grades.add_policy(policy.version, figures):
        raise PolicyChangedError("the policy was changed meanwhile", version=known.version, state="changed")
    digest = sha256(json.dumps(figures, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    record(uow, "grade_policy", new_id(), {"version": policy.version, "digest": digest})
    return policy


def change_grade(state: GradeState, change: Change, policy: GradePolicy, uow: ReputationUnitOfWork) -> GradeState:
    """Let a change have its effect: state, history, event and log in one transaction. The state is locked."""
    now, told = uow.clock.now(), uow.grades.told(state.supplier_id)
    after = applied(state, change, now)
    uow.grades.save(after)
    if change.reason.code != "promoted":
        # Whatever was bad has brought the supplier down now, or was forgiven: it does so once.
        seen = uow.grades.seen(state, policy, now)
        uow.grades.count(state.supplier_id, [one.campaign_id for one in seen if is_bad(one, policy)])
    event = GradeChanged(state.supplier_id, change.grade, state.grade, change.reason, policy.version, told)
    uow.grades.add_change(new_id(), state.supplier_id, _row(event))
    uow.outbox.add(*outbound.grades.event(event))
    record(uow, "grade", state.supplier_id, _entry(event))
    return after


def _row(event: GradeChanged) -> dict[str, Any]:
    return {
        "grade": str(event.grade),
        "before": str(event.before),
        "reason": asdict(event.reason),
        "policy_version": event.policy_version,
        "score": event.told and event.told.score,
        "low": event.told and event.told.low,
        "reviews": event.told.reviews if event.told else 0,
    }


def _entry(event: GradeChanged) -> dict[str, Any]:
    return {**_row(event), "supplier_id": str(event.supplier_id), "reason": event.reason.code}
