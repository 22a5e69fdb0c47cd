"""The life of a campaign in one table. LIFECYCLE.md shows the same table to people; a test compares the two."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.campaign.domain.errors import (
    BelowMinimumError,
    ClosedError,
    OfferLapsedError,
    TooEarlyError,
    WrongStateError,
)
from services.campaign.domain.model import Campaign, State
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError


class Action(StrEnum):
    """What can happen to a campaign."""

    OPEN = "open"
    SUPERSEDE = "supersede"
    LAPSE = "lapse"
    RESERVE = "reserve"
    PAY = "pay"
    LEAVE = "leave"
    EXPIRE_HOLD = "expire_hold"
    TIP = "tip"
    UNTIP = "untip"
    CONFIRM = "confirm"
    FAIL = "fail"
    CANCEL = "cancel"
    DELIVER = "deliver"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Transition:
    """Where an action leads, what must hold, who may cause it, which event tells it, and the reason it leaves."""

    next: State
    guard: str
    actor: str
    event: str | None = None
    reason: str | None = None


_JOINING = {
    Action.RESERVE: ("before_deadline", "member", "commitment_reserved.v1"),
    Action.PAY: ("before_deadline", "organiser", "commitment_paid.v1"),
    Action.LEAVE: ("before_deadline", "member", "commitment_cancelled.v1"),
    Action.EXPIRE_HOLD: ("always", "timer", "commitment_expired.v1"),
}
_CANCELLED = "campaign_cancelled.v1"

TRANSITIONS: dict[tuple[State, Action], Transition] = {
    (State.DRAFT, Action.OPEN): Transition(State.OPEN, "terms_hold", "organiser", "campaign_opened.v1"),
    (State.DRAFT, Action.SUPERSEDE): Transition(State.CANCELLED, "always", "system", _CANCELLED, "superseded"),
    (State.DRAFT, Action.LAPSE): Transition(State.CANCELLED, "always", "supplier", _CANCELLED, "(as told)"),
    (State.DRAFT, Action.CANCEL): Transition(State.CANCELLED, "always", "organiser", _CANCELLED, "organiser_cancelled"),
    **{(State.OPEN, action): Transition(State.OPEN, *line) for action, line in _JOINING.items()},
    (State.OPEN, Action.TIP): Transition(State.TIPPED, "minimum_reached", "system", "campaign_tipped.v1"),
    (State.OPEN, Action.FAIL): Transition(State.FAILED, "missed", "timer", "campaign_failed.v1", "minimum_missed"),
    (State.OPEN, Action.LAPSE): Transition(State.CANCELLED, "always", "supplier", _CANCELLED, "(as told)"),
    (State.OPEN, Action.CANCEL): Transition(State.CANCELLED, "always", "organiser", _CANCELLED, "organiser_cancelled"),
    **{(State.TIPPED, action): Transition(State.TIPPED, *line) for action, line in _JOINING.items()},
    (State.TIPPED, Action.UNTIP): Transition(State.OPEN, "below_minimum", "system", "campaign_untipped.v1"),
    (State.TIPPED, Action.CONFIRM): Transition(
        State.CONFIRMED, "minimum_reached", "organiser, timer, last seat", "campaign_confirmed.v1"
    ),
    (State.TIPPED, Action.LAPSE): Transition(State.CANCELLED, "always", "supplier", _CANCELLED, "(as told)"),
    (State.TIPPED, Action.CANCEL): Transition(
        State.CANCELLED, "always", "organiser", _CANCELLED, "organiser_cancelled"
    ),
    (State.CONFIRMED, Action.DELIVER): Transition(
        State.DELIVERED, "slot_begun", "organiser, supplier", "campaign_delivered.v1"
    ),
    (State.DELIVERED, Action.SETTLE): Transition(State.SETTLED, "acceptance_over", "timer", "campaign_settled.v1"),
}


def step(campaign: Campaign, action: Action, now: datetime, reason: str | None = None) -> Campaign:
    """Return the campaign in its next state; refuse what the table does not have or its guard does not let pass.

    ``reason`` is for the transitions whose reason comes from outside.
    """
    line = TRANSITIONS.get((campaign.state, action))
    if line is None:
        allowed = sorted(str(a) for state, a in TRANSITIONS if state is campaign.state)
        message = f"a campaign in state {campaign.state} cannot {action.replace('_', ' ')}"
        raise WrongStateError(message, state=str(campaign.state), action=str(action), allowed=allowed)
    GUARDS[line.guard](campaign, now)
    if line.next is campaign.state:
        return campaign
    return replace(campaign, state=line.next, reason=reason or line.reason)


def can(campaign: Campaign, action: Action) -> bool:
    """Tell whether the table has a line for this action in the campaign's state; guards are not asked."""
    return (campaign.state, action) in TRANSITIONS


def _always(campaign: Campaign, now: datetime) -> None:
    """Nothing is asked."""


def _terms_hold(campaign: Campaign, now: datetime) -> None:
    terms, deadline = campaign.terms, campaign.deadline
    if now >= terms.held_until:
        held_until = format_time(terms.held_until)
        raise OfferLapsedError(
            "the supplier no longer holds the seats", state=str(campaign.state), held_until=held_until
        )
    if deadline is None or not now < deadline < terms.slot.start:
        shown = "none" if deadline is None else format_time(deadline)
        expected = f"a time after now and before the slot begins at {format_time(terms.slot.start)}"
        raise InvalidError("deadline", f"{shown} is not possible", expected)
    if not terms.min_group <= campaign.min_seats <= campaign.max_seats:
        expected = f"a whole number from {terms.min_group} (the supplier's minimum) to {campaign.max_seats}"
        raise InvalidError("min_seats", f"{campaign.min_seats} is not possible", expected)
    if campaign.max_seats > terms.held_seats:
        expected = f"at most {terms.held_seats}, the seats that are held"
        raise InvalidError("max_seats", f"{campaign.max_seats} is not possible", expected)


def _before_deadline(campaign: Campaign, now: datetime) -> None:
    # The deadline counts, not its timer: a timer that is late must not let anybody in.
    if campaign.deadline is not None and now >= campaign.deadline:
        raise ClosedError("the deadline has passed", state=str(campaign.state), deadline=format_time(campaign.deadline))


def _minimum_reached(campaign: Campaign, now: datetime) -> None:
    if campaign.paid_seats < campaign.min_seats:
        raise BelowMinimumError("too few seats are paid", state=str(campaign.state), min_seats=campaign.min_seats)


def _below_minimum(campaign: Campaign, now: datetime) -> None:
    if campaign.paid_seats >= campaign.min_seats:
        raise WrongStateError("the minimum is reached", state=str(campaign.state), min_seats=campaign.min_seats)


def _missed(campaign: Campaign, now: datetime) -> None:
    _below_minimum(campaign, now)
    if campaign.deadline is not None and now < campaign.deadline:
        raise TooEarlyError(
            "the deadline is still ahead", state=str(campaign.state), deadline=format_time(campaign.deadline)
        )


def _slot_begun(campaign: Campaign, now: datetime) -> None:
    start = campaign.terms.slot.start
    if now < start:
        raise TooEarlyError("the slot has not begun", state=str(campaign.state), start=format_time(start))


def _acceptance_over(campaign: Campaign, now: datetime) -> None:
    if campaign.settles_at is not None and now < campaign.settles_at:
        settles_at = format_time(campaign.settles_at)
        raise TooEarlyError("the acceptance window is open", state=str(campaign.state), settles_at=settles_at)


GUARDS: dict[str, Callable[[Campaign, datetime], None]] = {
    "always": _always,
    "terms_hold": _terms_hold,
    "before_deadline": _before_deadline,
    "minimum_reached": _minimum_reached,
    "below_minimum": _below_minimum,
    "missed": _missed,
    "slot_begun": _slot_begun,
    "acceptance_over": _acceptance_over,
}


def hold_until(campaign: Campaign, now: datetime) -> datetime:
    """Return how long a reservation made now is held: the campaign's minutes, and never past the deadline."""
    until = now + timedelta(minutes=campaign.hold_minutes)
    return until if campaign.deadline is None else min(until, campaign.deadline)
