"""What has to be so for a transition of the table in lifecycle.py; each raises when it is not."""

from collections.abc import Callable
from datetime import datetime

from services.campaign.domain.counting import has_minimum
from services.campaign.domain.errors import (
    BelowMinimumError,
    ClosedError,
    OfferLapsedError,
    TooEarlyError,
    TooLateError,
    WrongStateError,
)
from services.campaign.domain.model import Campaign
from services.campaign.domain.sessions import require_its_day, require_nothing_held
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError


def always(campaign: Campaign, now: datetime) -> None:
    """Nothing is asked."""


def terms_hold(campaign: Campaign, now: datetime) -> None:
    """The supplier still holds the seats, and deadline, minimum and maximum are possible."""
    terms, deadline = campaign.terms, campaign.deadline
    if now >= terms.held_until:
        held_until = format_time(terms.held_until)
        raise OfferLapsedError(
            "the supplier no longer holds the seats", state=str(campaign.state), held_until=held_until
        )
    if deadline is None or not now < deadline < terms.start:
        shown = "none" if deadline is None else format_time(deadline)
        expected = f"a time after now and before the slot begins at {format_time(terms.start)}"
        raise InvalidError("deadline", f"{shown} is not possible", expected)
    if not terms.min_group <= campaign.min_seats <= campaign.max_seats:
        expected = f"a whole number from {terms.min_group} (the supplier's minimum) to {campaign.max_seats}"
        raise InvalidError("min_seats", f"{campaign.min_seats} is not possible", expected)
    if campaign.max_seats > terms.held_seats:
        expected = f"at most {terms.held_seats}, the seats that are held"
        raise InvalidError("max_seats", f"{campaign.max_seats} is not possible", expected)


def before_deadline(campaign: Campaign, now: datetime) -> None:
    """The deadline is ahead."""
    # The deadline counts, not its timer: a timer that is late must not let anybody in.
    if campaign.deadline is not None and now >= campaign.deadline:
        raise ClosedError("the deadline has passed", state=str(campaign.state), deadline=format_time(campaign.deadline))


def minimum_reached(campaign: Campaign, now: datetime) -> None:
    """The minimum is reached."""
    if not has_minimum(campaign):
        raise BelowMinimumError("too few seats are paid", state=str(campaign.state), min_seats=campaign.min_seats)


def below_minimum(campaign: Campaign, now: datetime) -> None:
    """The minimum is not reached."""
    if has_minimum(campaign):
        raise WrongStateError("the minimum is reached", state=str(campaign.state), min_seats=campaign.min_seats)


def missed(campaign: Campaign, now: datetime) -> None:
    """The deadline has passed and the minimum is not reached."""
    below_minimum(campaign, now)
    if campaign.deadline is not None and now < campaign.deadline:
        raise TooEarlyError(
            "the deadline is still ahead", state=str(campaign.state), deadline=format_time(campaign.deadline)
        )


def smaller_group(campaign: Campaign, now: datetime) -> None:
    """It was missed, and the smallest of the fallback tiers is reached."""
    missed(campaign, now)
    least = min((tier.seats for tier in campaign.terms.fallback_tiers), default=None)
    if least is None or campaign.paid_seats < least:
        raise BelowMinimumError("too few seats are paid", state=str(campaign.state), min_seats=least)


def before_start(campaign: Campaign, now: datetime) -> None:
    """The service has not begun."""
    start = campaign.terms.start
    if now >= start:
        raise TooLateError("it has begun", state=str(campaign.state), start=format_time(start))


def begun(campaign: Campaign, now: datetime) -> None:
    """The service has begun."""
    start = campaign.terms.start
    if now < start:
        raise TooEarlyError("the slot has not begun", state=str(campaign.state), start=format_time(start))


def acceptance_over(campaign: Campaign, now: datetime) -> None:
    """The acceptance window is over."""
    if campaign.settles_at is not None and now < campaign.settles_at:
        settles_at = format_time(campaign.settles_at)
        raise TooEarlyError("the acceptance window is open", state=str(campaign.state), settles_at=settles_at)


GUARDS: dict[str, Callable[[Campaign, datetime], None]] = {
    "always": always,
    "terms_hold": terms_hold,
    "before_deadline": before_deadline,
    "minimum_reached": minimum_reached,
    "below_minimum": below_minimum,
    "missed": missed,
    "smaller_group": smaller_group,
    "before_start": before_start,
    "begun": begun,
    "doors_open": require_its_day,
    "nothing_held": require_nothing_held,
    "acceptance_over": acceptance_over,
}
