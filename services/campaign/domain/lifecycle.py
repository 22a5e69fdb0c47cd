"""The life of a campaign in one table. LIFECYCLE.md shows the same table to people; a test compares the two."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.campaign.domain.errors import (
    PausedError,
    WrongStateError,
)
from services.campaign.domain.guards import GUARDS
from services.campaign.domain.model import About, Campaign, State
from services.kernel.clock import format_time


class Action(StrEnum):
    """What can happen to a campaign."""

    OPEN = "open"
    SUPERSEDE = "supersede"
    LAPSE = "lapse"
    CANCEL = "cancel"
    CALL_OFF = "call_off"
    RESERVE = "reserve"
    QUEUE = "queue"
    PAY = "pay"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    LEAVE = "leave"
    EXPIRE_HOLD = "expire_hold"
    TIP = "tip"
    UNTIP = "untip"
    CONFIRM = "confirm"
    SHRINK = "shrink"
    EXTEND = "extend"
    FAIL = "fail"
    WITHDRAW = "withdraw"
    BEGIN = "begin"
    HOLD_SESSION = "hold_session"
    CANCEL_SESSION = "cancel_session"
    ABANDON = "abandon"
    CHECK_IN = "check_in"
    MARK_ABSENT = "mark_absent"
    DELIVER = "deliver"
    SETTLE = "settle"
    ASK = "ask"
    MERGE = "merge"
    VACATE = "vacate"
    REMATCH = "rematch"
    PROPOSE_MOVE = "propose_move"
    MOVE = "move"
    DISBAND = "disband"


@dataclass(frozen=True, slots=True)
class Transition:
    """Where an action leads, what must hold, who may cause it, which event tells it, and the reason it leaves."""

    next: State
    guard: str
    actor: str
    event: str | None = None
    reason: str | None = None


_CANCELLED = "campaign_cancelled.v1"
_CALLED_OFF = {
    Action.LAPSE: Transition(State.CANCELLED, "always", "supplier", _CANCELLED, "(as told)"),
    Action.CANCEL: Transition(State.CANCELLED, "always", "organiser", _CANCELLED, "organiser_cancelled"),
}


def _served(state: State) -> dict[Action, Transition]:
    """Return what may happen because of the supplier, in each state in which there is one to lose."""
    return {
        Action.VACATE: Transition(state, "always", "supplier", "campaign_vacated.v1"),
        Action.REMATCH: Transition(state, "always", "members", "campaign_rematched.v1"),
        Action.WITHDRAW: Transition(State.CANCELLED, "always", "timer", _CANCELLED, "supplier_withdrew"),
    }


def _joining(state: State) -> dict[Action, Transition]:
    return {
        Action.RESERVE: Transition(state, "before_deadline", "member", "commitment_reserved.v1"),
        Action.QUEUE: Transition(state, "before_deadline", "member", "commitment_queued.v1"),
        Action.PAY: Transition(state, "before_deadline", "organiser, provider", "commitment_paid.v1"),
        Action.AUTHORISE: Transition(state, "before_deadline", "provider", "commitment_authorised.v1"),
        Action.CAPTURE: Transition(state, "always", "provider", "commitment_paid.v1"),
        Action.LEAVE: Transition(state, "before_deadline", "member", "commitment_cancelled.v1"),
        Action.EXPIRE_HOLD: Transition(state, "always", "timer", "commitment_expired.v1"),
        **_CALLED_OFF,
        **_served(state),
    }


_BY = "organiser, supplier"


def _delivering(state: State) -> dict[Action, Transition]:
    return {
        Action.CANCEL_SESSION: Transition(state, "always", _BY, "session_cancelled.v1"),
        Action.ABANDON: Transition(State.CANCELLED, "nothing_held", _BY, _CANCELLED, "(as told)"),
        Action.DELIVER: Transition(State.DELIVERED, "begun", _BY, "campaign_delivered.v1"),
    }


_TABLE: dict[State, dict[Action, Transition]] = {
    State.DRAFT: {
        Action.OPEN: Transition(State.OPEN, "terms_hold", "organiser", "campaign_opened.v1"),
        Action.SUPERSEDE: Transition(State.CANCELLED, "always", "system", _CANCELLED, "superseded"),
        **_CALLED_OFF,
    },
    State.OPEN: {
        **_joining(State.OPEN),
        Action.TIP: Transition(State.TIPPED, "minimum_reached", "system", "campaign_tipped.v1"),
        Action.SHRINK: Transition(State.CONFIRMED, "smaller_group", "timer", "campaign_confirmed.v1", "smaller_tier"),
        Action.EXTEND: Transition(State.OPEN, "missed", "timer", "campaign_extended.v1"),
        Action.FAIL: Transition(State.FAILED, "missed", "timer", "campaign_failed.v1", "minimum_missed"),
        Action.ASK: Transition(State.OPEN, "missed", "timer", "inquiry_opened.v1"),
        Action.MERGE: Transition(State.FAILED, "missed", "members", "campaign_failed.v1", "merged"),
    },
    State.TIPPED: {
        **_joining(State.TIPPED),
        Action.UNTIP: Transition(State.OPEN, "below_minimum", "system", "campaign_untipped.v1"),
        Action.CONFIRM: Transition(
            State.CONFIRMED, "minimum_reached", "organiser, timer, last seat", "campaign_confirmed.v1"
        ),
    },
    State.CONFIRMED: {
        Action.QUEUE: Transition(State.CONFIRMED, "before_start", "member", "commitment_queued.v1"),
        Action.PAY: Transition(State.CONFIRMED, "before_start", "organiser, provider", "commitment_paid.v1"),
        Action.LEAVE: Transition(State.CONFIRMED, "before_start", "member", "commitment_cancelled.v1"),
        Action.EXPIRE_HOLD: Transition(State.CONFIRMED, "always", "timer", "commitment_expired.v1"),
        Action.CALL_OFF: Transition(State.CANCELLED, "before_start", "organiser", _CANCELLED, "weather"),
        **_served(State.CONFIRMED),
        Action.PROPOSE_MOVE: Transition(State.CONFIRMED, "before_start", _BY, "inquiry_opened.v1"),
        Action.MOVE: Transition(State.CONFIRMED, "always", "members", "campaign_moved.v1"),
        Action.DISBAND: Transition(State.CANCELLED, "always", "members", _CANCELLED, "too_few_stayed"),
        Action.BEGIN: Transition(State.DELIVERING, "doors_open", _BY, "campaign_begun.v1"),
        **_delivering(State.CONFIRMED),
    },
    State.DELIVERING: {
        Action.HOLD_SESSION: Transition(State.DELIVERING, "begun", _BY, "session_held.v1"),
        Action.CHECK_IN: Transition(State.DELIVERING, "always", _BY),
        Action.MARK_ABSENT: Transition(State.DELIVERING, "begun", "organiser"),
        **_delivering(State.DELIVERING),
    },
    State.DELIVERED: {
        Action.CHECK_IN: Transition(State.DELIVERED, "always", _BY),
        Action.SETTLE: Transition(State.SETTLED, "acceptance_over", "timer", "campaign_settled.v1"),
    },
}
# What may happen to a campaign that is paused; anything else has to wait. See ASKING.md.
WHILE_PAUSED: dict[About, frozenset[Action]] = {
    About.MERGE: frozenset({Action.CANCEL, Action.LAPSE, Action.FAIL, Action.MERGE}),
    About.REPLACEMENT: frozenset(
        {Action.LEAVE, Action.UNTIP, Action.CANCEL, Action.CALL_OFF, Action.REMATCH, Action.WITHDRAW}
    ),
    About.MOVE: frozenset({Action.LEAVE, Action.CALL_OFF, Action.VACATE, Action.MOVE, Action.DISBAND}),
}
TRANSITIONS = {(state, action): line for state, lines in _TABLE.items() for action, line in lines.items()}


def step(campaign: Campaign, action: Action, now: datetime, reason: str | None = None) -> Campaign:
    """Return the campaign in its next state; refuse what the table does not have or its guard does not let pass.

    ``reason`` is for the transitions whose reason comes from outside.
    """
    line = TRANSITIONS.get((campaign.state, action))
    if line is None:
        allowed = sorted(str(a) for state, a in TRANSITIONS if state is campaign.state)
        message = f"a campaign in state {campaign.state} cannot {action.replace('_', ' ')}"
        raise WrongStateError(message, state=str(campaign.state), action=str(action), allowed=allowed)
    _require_unpaused(campaign, action)
    GUARDS[_guard(campaign, action, line)](campaign, now)
    if line.next is campaign.state:
        return campaign
    return replace(campaign, state=line.next, reason=reason or line.reason)


def can(campaign: Campaign, action: Action) -> bool:
    """Tell whether the table has a line for this action, and no pause stops it; guards are not asked."""
    paused = campaign.pause is not None and action not in WHILE_PAUSED[campaign.pause.about]
    return (campaign.state, action) in TRANSITIONS and not paused


def _require_unpaused(campaign: Campaign, action: Action) -> None:
    pause = campaign.pause
    if pause is None or action in WHILE_PAUSED[pause.about]:
        return
    detail = {"state": str(campaign.state), "about": str(pause.about), "until": format_time(pause.until)}
    raise PausedError(f"this has to wait: a {pause.about} is being decided", action=str(action), **detail)


def _guard(campaign: Campaign, action: Action, line: Transition) -> str:
    """Return what is asked: who has no supplier any more may leave at any time."""
    free = action is Action.LEAVE and campaign.is_paused_for(About.REPLACEMENT)
    return "always" if free else line.guard


def hold_until(campaign: Campaign, now: datetime, minutes: int | None = None) -> datetime:
    """Return how long seats taken now are held: the campaign's minutes, or ``minutes``, and never past the end."""
    until = now + timedelta(minutes=campaign.hold_minutes if minutes is None else minutes)
    end = campaign.terms.start if campaign.state is State.CONFIRMED else campaign.deadline
    return until if end is None else min(until, end)
