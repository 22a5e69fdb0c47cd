"""The life of a dispute in one table. DISPUTES.md shows the same table to people; a test compares the two."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.campaign.domain.disputes import IN_MEDIATION, Dispute, DisputeState
from services.campaign.domain.errors import DisputeStateError, TooEarlyError, TooLateError
from services.kernel.clock import format_time


class Act(StrEnum):
    """What can happen to a dispute."""

    ANSWER = "answer"
    REMIND = "remind"
    EVIDENCE = "evidence"
    OFFER = "offer"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    ASK = "ask"
    ESCALATE = "escalate"
    DECLINE = "decline"
    PASS_ON = "pass_on"
    DECIDE = "decide"
    APPEAL = "appeal"
    EXECUTE = "execute"
    CALL_OFF = "call_off"


@dataclass(frozen=True, slots=True)
class DisputeTransition:
    """Where an act leads, what must hold, who may cause it, and which event tells it."""

    next: DisputeState
    guard: str
    actor: str
    event: str | None = None


_CLOSED = "dispute_closed.v1"
_DECIDED = "dispute_decided.v1"
_WITHDRAW = DisputeTransition(DisputeState.WITHDRAWN, "always", "claimant")
_ACCEPT = DisputeTransition(DisputeState.SETTLED, "always", "the other side")
_ASK = DisputeTransition(DisputeState.MEDIATION, "answer_over", "either side")
_ESCALATE = DisputeTransition(DisputeState.MEDIATION, "consent_over", "timer")
_EXECUTE = DisputeTransition(DisputeState.CLOSED, "always", "system", _CLOSED)
_CALL_OFF = DisputeTransition(DisputeState.CLOSED, "always", "system", _CLOSED)


def _talking(state: DisputeState) -> dict[Act, DisputeTransition]:
    return {
        Act.EVIDENCE: DisputeTransition(state, "always", "either side"),
        Act.OFFER: DisputeTransition(state, "always", "either side"),
        Act.ACCEPT: _ACCEPT,
        Act.CALL_OFF: _CALL_OFF,
    }


def _judging(state: DisputeState, decided: DisputeState) -> dict[Act, DisputeTransition]:
    return {
        **_talking(state),
        Act.DECLINE: DisputeTransition(state, "in_term", "mediator"),
        Act.PASS_ON: DisputeTransition(state, "term_over", "timer"),
        Act.DECIDE: DisputeTransition(decided, "in_term", "mediator, node operator", _DECIDED),
    }


_TABLE: dict[DisputeState, dict[Act, DisputeTransition]] = {
    DisputeState.OPENED: {
        **_talking(DisputeState.OPENED),
        Act.ANSWER: DisputeTransition(DisputeState.ANSWERED, "in_answer_term", "supplier", "dispute_answered.v1"),
        Act.REMIND: DisputeTransition(DisputeState.OPENED, "answer_over", "timer"),
        Act.WITHDRAW: _WITHDRAW,
        Act.ASK: _ASK,
        Act.ESCALATE: _ESCALATE,
    },
    DisputeState.ANSWERED: {
        **_talking(DisputeState.ANSWERED),
        Act.WITHDRAW: _WITHDRAW,
        Act.ASK: _ASK,
        Act.ESCALATE: _ESCALATE,
    },
    DisputeState.MEDIATION: {
        **_judging(DisputeState.MEDIATION, DisputeState.DECIDED),
        Act.WITHDRAW: _WITHDRAW,
    },
    DisputeState.DECIDED: {
        Act.APPEAL: DisputeTransition(DisputeState.APPEALED, "in_term", "either side", "dispute_appealed.v1"),
        Act.EXECUTE: DisputeTransition(DisputeState.CLOSED, "term_over", "timer", _CLOSED),
        Act.CALL_OFF: _CALL_OFF,
    },
    DisputeState.APPEALED: _judging(DisputeState.APPEALED, DisputeState.DECIDED_FINALLY),
    DisputeState.SETTLED: {Act.EXECUTE: _EXECUTE},
    DisputeState.WITHDRAWN: {Act.EXECUTE: _EXECUTE},
    DisputeState.DECIDED_FINALLY: {Act.EXECUTE: _EXECUTE},
}
DISPUTE_TRANSITIONS = {(state, act): line for state, lines in _TABLE.items() for act, line in lines.items()}


def step(dispute: Dispute, act: Act, now: datetime) -> Dispute:
    """Return the dispute in its next state; refuse what the table does not have or its guard does not let pass."""
    line = DISPUTE_TRANSITIONS.get((dispute.state, act))
    if line is None:
        allowed = sorted(str(a) for state, a in DISPUTE_TRANSITIONS if state is dispute.state)
        message = f"a dispute in state {dispute.state} has no {act.replace('_', ' ')}"
        raise DisputeStateError(message, state=str(dispute.state), action=str(act), allowed=allowed)
    DISPUTE_GUARDS[line.guard](dispute, now)
    return replace(dispute, state=line.next)


def allows(dispute: Dispute, act: Act, now: datetime) -> bool:
    """Tell whether ``step`` would let an act pass now."""
    try:
        step(dispute, act, now)
    except (DisputeStateError, TooEarlyError, TooLateError):
        return False
    return True


def _always(dispute: Dispute, now: datetime) -> None:
    """Nothing is asked."""


def _in_answer_term(dispute: Dispute, now: datetime) -> None:
    # The term counts, not its timer: a timer that is late gives nobody more time.
    _before(dispute, dispute.answer_until, now)


def _answer_over(dispute: Dispute, now: datetime) -> None:
    if dispute.answered_at is None:
        _after(dispute, dispute.answer_until, now)


def _consent_over(dispute: Dispute, now: datetime) -> None:
    _after(dispute, dispute.consent_until, now)


def _in_term(dispute: Dispute, now: datetime) -> None:
    # The node operator, who decides where there is no mediator, has no other to pass the case on to.
    if dispute.mediator is not None or dispute.state not in IN_MEDIATION:
        _before(dispute, dispute.due_at, now)


def _term_over(dispute: Dispute, now: datetime) -> None:
    _after(dispute, dispute.due_at, now)


def _before(dispute: Dispute, until: datetime | None, now: datetime) -> None:
    if until is not None and now >= until:
        raise TooLateError("the term is over", state=str(dispute.state), until=format_time(until))


def _after(dispute: Dispute, until: datetime | None, now: datetime) -> None:
    if until is not None and now < until:
        raise TooEarlyError("the term is running", state=str(dispute.state), until=format_time(until))


DISPUTE_GUARDS: dict[str, Callable[[Dispute, datetime], None]] = {
    "always": _always,
    "in_answer_term": _in_answer_term,
    "answer_over": _answer_over,
    "consent_over": _consent_over,
    "in_term": _in_term,
    "term_over": _term_over,
}
