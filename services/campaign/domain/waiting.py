"""The waiting list: first come, first served, parties all or none, and a stated rule for those that do not fit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.campaign.domain import notices, seats
from services.campaign.domain.errors import FullError, SeatsFreeError
from services.campaign.domain.events import CommitmentQueued, SeatsOffered
from services.campaign.domain.joining import ALONE, Joiner, Neighbours, commit, require_room
from services.campaign.domain.lifecycle import Action, hold_until, step
from services.campaign.domain.model import JOINING, Campaign, Commitment, Standing, State
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.pricing import price_at, quote
from services.campaign.domain.seats import Shift


def queue(campaign: Campaign, joiner: Joiner, now: datetime, neighbours: Neighbours = ALONE) -> Outcome:
    """Put a party at the end of the waiting list; refuse it where it could simply have the seats."""
    campaign = step(campaign, Action.QUEUE, now)
    if not campaign.waiting and joiner.seats <= campaign.free_seats:
        raise SeatsFreeError("the seats are free; reserve them", state=str(campaign.state), free=campaign.free_seats)
    if joiner.seats > campaign.max_seats:
        raise FullError(f"there are only {campaign.max_seats} seats", state=str(campaign.state), seats=joiner.seats)
    require_room(campaign, joiner, neighbours)
    # What it would cost now; the offer, when it comes, says what it costs then.
    price = price_at(campaign.terms.tiers, campaign.max_seats)
    waiting = commit(campaign, joiner, price, Standing.WAITING, now, None)
    queued = replace(campaign, waiting=campaign.waiting + 1)
    return Outcome(queued, added=(waiting,), events=(CommitmentQueued(waiting),), light=True)


def end_of_queue(campaign: Campaign) -> datetime:
    """Return when waiting ends: at the deadline, and once the group is formed when it begins."""
    formed = campaign.state is State.CONFIRMED or campaign.deadline is None
    return campaign.terms.start if formed or campaign.deadline is None else campaign.deadline


def pass_from(campaign: Campaign) -> datetime:
    """Return from when on smaller parties pass one that does not fit."""
    return end_of_queue(campaign) - timedelta(hours=campaign.rules.queue.pass_hours)


def next_in_line(campaign: Campaign, waiting: Sequence[Commitment], now: datetime) -> list[Commitment]:
    """Return who gets the free seats, in the order of joining.

    Seats are kept for the party at the head until there are enough for all of it. From ``pass_hours`` before the
    end on they would only be lost, and go to the first parties that fit.
    """
    passing = now >= pass_from(campaign)
    free, served = campaign.free_seats, []
    for one in sorted(waiting, key=lambda each: (each.created_at, each.commitment_id)):
        if one.seats <= free:
            served.append(one)
            free -= one.seats
        elif not passing:
            break
    return served


def offer(campaign: Campaign, waiting: Sequence[Commitment], now: datetime) -> Outcome | None:
    """Hold free seats for those who are next in line, each until its offer ends; None when nobody can be served."""
    open_ = campaign.state in (*JOINING, State.CONFIRMED) and campaign.pause is None
    if not open_ or now >= end_of_queue(campaign):
        return None
    served = next_in_line(campaign, waiting, now)
    if not served:
        return None
    offered = []
    for one in served:
        price = campaign.price or quote(campaign, one.seats)
        until = hold_until(campaign, now, campaign.rules.queue.offer_minutes)
        # When a group is formed its tolerances have been settled: who comes later pays for its own seats and no more.
        upto = one.seats if campaign.state is State.CONFIRMED else one.upto_seats
        offered.append(replace(one, state=Standing.RESERVED, price=price, hold_until=until, upto_seats=upto))
        campaign = replace(seats.hold(campaign, one.seats, from_queue=True), waiting=campaign.waiting - 1)
    return Outcome(
        campaign,
        changed=tuple(offered),
        shifts=tuple(Shift(one.community_id, reserved=one.seats) for one in offered),
        events=tuple(SeatsOffered(one) for one in offered),
        notices=tuple(notices.offered(campaign, one) for one in offered),
        light=True,
    )
