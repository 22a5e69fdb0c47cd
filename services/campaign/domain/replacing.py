"""Replacing a supplier that has withdrawn: the campaign waits, and members are asked about each match that comes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.campaign.domain import asking_notices
from services.campaign.domain.asking import Inquiry, ask
from services.campaign.domain.asking_events import CampaignRematched, CampaignVacated
from services.campaign.domain.closing import Crowd
from services.campaign.domain.joining import cross
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.lifecycle import Action, can, step
from services.campaign.domain.model import FORMED, About, Campaign, Commitment
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.pausing import others, part, pause
from services.campaign.domain.pricing import price_at, tiers_of
from services.campaign.domain.purse import give_back, left_in, recall, release
from services.campaign.domain.releasing import reached_bp
from services.campaign.domain.repaying import in_cash, swap_all
from services.campaign.domain.sessions import plan
from services.campaign.domain.terms import Terms
from services.kernel.money import Money

TIME_TO_ANSWER = timedelta(hours=24)
BEFORE_START = timedelta(hours=1)
# The supplier gives its seats to others when its hold ends; by then it has to know.
BEFORE_HOLD_ENDS = timedelta(minutes=15)


def vacate(campaign: Campaign, crowd: Crowd, reason: str, now: datetime) -> Outcome:
    """Note that the supplier has withdrawn: what it has received comes back into escrow, and everybody is told.

    Within the stated time a replacement has to be accepted, else everybody is refunded.
    """
    until = now + timedelta(hours=campaign.rules.ask_hours)
    paused = pause(step(campaign, Action.VACATE, now), About.REPLACEMENT, until, crowd)
    campaign, back, transfers = _recalled(paused.campaign, crowd)
    return Outcome(
        campaign,
        changed=(*back, *paused.gone),
        shifts=paused.shifts,
        transfers=(*paused.transfers, *transfers),
        events=(CampaignVacated(campaign, reason), *paused.events),
        notices=tuple(asking_notices.vacated(campaign, one) for one in crowd.live),
    )


def _recalled(campaign: Campaign, crowd: Crowd) -> tuple[Campaign, list[Commitment], list[Transfer]]:
    """Take back what the receivers have had of all who paid, also of what drop-outs left behind."""
    funds, back, transfers = crowd.funds, [], []
    for one in (*crowd.live, *crowd.dropouts):
        fund = funds.get(one.community_id, Money.zero(one.price.currency))
        moved = recall(campaign, one, f"withdrew:{campaign.terms.match_id}", fund)
        campaign, funds = moved.campaign, left_in(funds, one, moved)
        if moved.transfers:
            back.append(moved.commitment)
            transfers += moved.transfers
    return campaign, back, transfers


def unwanted(campaign: Campaign, terms: Terms, paid: Sequence[Commitment], now: datetime) -> str | None:
    """Return why a proposed match is declined without asking anybody, or None where members are asked."""
    if not can(campaign, Action.REMATCH) or not campaign.is_paused_for(About.REPLACEMENT):
        return "not_needed"
    if terms.currency != campaign.terms.currency:
        return "other_currency"
    if seats_of(paid) > terms.held_seats:
        return "too_few_seats"
    least = least_seats(campaign, terms, paid)
    if least is None:
        return "too_expensive"
    if seats_of(paid) < least:
        return "group_too_small"
    return "too_late" if term_of(campaign, terms, now) <= now else None


def least_seats(campaign: Campaign, terms: Terms, paid: Sequence[Commitment]) -> int | None:
    """Return how many seats have to accept, so that the group is large enough and nobody pays more than before.

    A campaign that still sells goes on with any number of them; there it is the first price that nobody may have paid
    less than. None where no number of seats makes it cheap enough.
    """
    lowest = min((one.final_price or one.price for one in paid), default=None)
    if campaign.state not in FORMED:
        first = tiers_of(replace(campaign, terms=terms))[0].price
        return None if lowest is not None and first > lowest else 0
    sizes = {terms.min_group, *(tier.seats for tier in terms.tiers if tier.seats > terms.min_group)}
    cheap = (size for size in sorted(sizes) if lowest is None or price_at(terms.tiers, size) <= lowest)
    return next(cheap, None)


def term_of(campaign: Campaign, terms: Terms, now: datetime) -> datetime:
    """Return until when members may answer: a day, within the stated time, the hold of the seats, and the start."""
    stated = campaign.pause.until if campaign.pause is not None else now
    return min(stated, now + TIME_TO_ANSWER, terms.held_until - BEFORE_HOLD_ENDS, terms.start - BEFORE_START)


def seats_of(commitments: Sequence[Commitment]) -> int:
    """Return how many seats commitments have together."""
    return sum(one.seats for one in commitments)


def propose(campaign: Campaign, terms: Terms, paid: Sequence[Commitment], now: datetime) -> Inquiry:
    """Ask those who have paid whether they go on with another supplier."""
    minimum = least_seats(campaign, terms, paid) or 0
    price = price_at(terms.tiers, max(minimum, 1))
    term = term_of(campaign, terms, now)
    return ask(campaign, About.REPLACEMENT, terms, paid, term, now, price=price, minimum=minimum)


def rematch(campaign: Campaign, terms: Terms, live: Sequence[Commitment], staying: Sequence[Commitment],
            now: datetime) -> Outcome:  # fmt: skip
    """Go on with another match: who does not stay is refunded, who stays pays no more than before.

    Of a group that was formed the difference to a lower price comes back at once, and the first stage is released to
    the new supplier. One that still sells sells on, and differences come back at its close.
    """
    left_match, campaign = campaign.terms.match_id, step(campaign, Action.REMATCH, now)
    parted = part(campaign, others(live, staying), staying, "replacement_refused", now)
    adopted, (cash, anew) = _adopt(parted.campaign, terms), in_cash(staying)
    formed = adopted.state in FORMED
    campaign, swaps = swap_all(adopted, anew, lambda one: _price(adopted, one), now)
    campaign = _housed(campaign, cash)
    campaign, stayed, transfers = _reprice(campaign, cash) if formed else (campaign, tuple(cash), ())
    campaign, crossed = cross(campaign, now)
    told = CampaignRematched(campaign, left_match, campaign.max_seats, formed)
    return Outcome(
        campaign,
        added=tuple(one.held for one in swaps),
        changed=(*parted.gone, *stayed, *(one.left for one in swaps)),
        shifts=(*parted.shifts, *(one.shift for one in swaps)),
        transfers=(*parted.transfers, *transfers, *(moved for one in swaps for moved in one.transfers)),
        events=(*parted.events, told, *crossed, *(event for one in swaps for event in one.events)),
        notices=(
            *(asking_notices.refunded(campaign, one) for one in parted.gone),
            *(asking_notices.rematched(campaign, one) for one in stayed),
            *(asking_notices.pay_anew(campaign, one.left, one.held) for one in swaps),
        ),
        sessions=plan(campaign) if formed else (),
    )


def _price(campaign: Campaign, one: Commitment) -> Money:
    """Return what a seat costs one who stays: the price that all who stay reach, and no more than it paid."""
    reached = price_at(tiers_of(campaign), campaign.taken_seats)
    return min(one.final_price or one.price, reached)


def _housed(campaign: Campaign, paid: Sequence[Commitment]) -> Campaign:
    counts = campaign.rules.counts_households
    return replace(campaign, households=len({one.household_id for one in paid})) if counts else campaign


def _adopt(campaign: Campaign, terms: Terms) -> Campaign:
    """Take the new terms on. The communities stay those of the campaign, and its sizes what the offer allows."""
    kept = replace(terms, communities=campaign.terms.communities, pool_id=campaign.terms.pool_id)
    formed = campaign.state in FORMED
    return replace(
        campaign,
        terms=kept,
        pause=None,
        slot_confirmed_at=None,
        excused_seats=0,
        min_seats=terms.min_group if formed else max(min(campaign.min_seats, terms.held_seats), terms.min_group),
        max_seats=campaign.paid_seats if formed else max(min(campaign.max_seats, terms.held_seats), terms.min_group),
        deadline=campaign.deadline if formed else _deadline(campaign, terms),
    )


def _deadline(campaign: Campaign, terms: Terms) -> datetime | None:
    """Return a deadline before the start of the new slot."""
    return None if campaign.deadline is None else min(campaign.deadline, terms.start - BEFORE_START)


def _reprice(
    campaign: Campaign, staying: Sequence[Commitment]
) -> tuple[Campaign, tuple[Commitment, ...], tuple[Transfer, ...]]:
    """Give back what is above the new price, and release the first stage; a dispute leaves a commitment as it is."""
    reached = price_at(campaign.terms.tiers, campaign.taken_seats)
    match_id, cheaper, transfers = campaign.terms.match_id, [], []
    for one in staying:
        if one.frozen:
            continue
        price = min(one.final_price or one.price, reached)
        over = max(one.net - one.kept - one.withheld - price * one.seats, Money.zero(price.currency))
        cause = f"rematched:{match_id}"
        moved = give_back(campaign, replace(one, final_price=price), over, "tier_difference", cause)
        campaign = moved.campaign
        cheaper.append(moved.commitment)
        transfers += moved.transfers
    campaign = replace(campaign, price=reached)
    # A label of its own, because the first supplier had this stage before.
    campaign, released, releases = release(campaign, cheaper, f"confirmed:{match_id}", reached_bp(campaign))
    by_id = {one.commitment_id: one for one in (*cheaper, *released)}
    return campaign, tuple(by_id.values()), (*transfers, *releases)
