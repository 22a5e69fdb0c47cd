"""Merging: who missed the minimum may move to a campaign of others that fits, at no more than was paid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.campaign.domain import asking_notices, joining, ledger, notices, seats
from services.campaign.domain.asking import Inquiry, ask
from services.campaign.domain.asking_events import CommitmentMoved, InquiryOpened
from services.campaign.domain.census import Census
from services.campaign.domain.closing import Crowd, let_go
from services.campaign.domain.events import (
    CommitmentCancelled,
    CommitmentExpired,
    CommitmentPaid,
    CommitmentReserved,
)
from services.campaign.domain.fitting import BEFORE_DEADLINE, Fit, around, joiner_of
from services.campaign.domain.joining import cross
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import JOINING, OFFLINE, About, Campaign, Commitment, Explanation, Pause, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.pausing import others, part
from services.campaign.domain.pricing import quote
from services.campaign.domain.purse import give_back
from services.campaign.domain.repaying import swap
from services.campaign.domain.seats import Shift
from services.kernel.ids import CommunityId
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Asking:
    """What begins when members are asked: the question, and what it does to both campaigns."""

    inquiry: Inquiry
    source: Outcome
    target: Outcome


def ask_to_move(source: Campaign, crowd: Crowd, fit: Fit, decision: Explanation, now: datetime) -> Asking:
    """Hold room in the target for all who fit, ask them, and let everybody else go at once."""
    paused, target = step(source, Action.ASK, now), fit.target
    term = _term(source, target, now)
    inquiry = ask(
        source, About.MERGE, target.terms, fit.moving, term, now, price=fit.price, target_id=target.campaign_id
    )
    live = crowd.live
    unpaid = [one for one in live if one.state in (Standing.RESERVED, Standing.AUTHORISED, Standing.WAITING)]
    parted = part(paused, others(live, fit.moving), fit.moving, "no_room", now)
    expired = [replace(one, state=Standing.EXPIRED, hold_until=None) for one in unpaid]
    rest = {"pause": Pause(About.MERGE, term), "closing_at": None, "decision": decision}
    campaign = replace(parted.campaign, reserved_seats=0, authorised_seats=0, waiting=0, **rest)
    told = (
        *(asking_notices.no_room(campaign, one) for one in parted.gone),
        *(asking_notices.asked(campaign, inquiry, one) for one in fit.moving),
        *(notices.not_served(campaign, one) for one in unpaid),
    )
    outcome = Outcome(
        campaign,
        changed=(*parted.gone, *expired),
        shifts=(*parted.shifts, *seats.freed(unpaid)),
        transfers=(*parted.transfers, *let_go(crowd)),
        events=(InquiryOpened(inquiry), *parted.events, *(CommitmentExpired(one, "closed") for one in expired)),
        notices=told,
    )
    room = replace(target, reserved_seats=target.reserved_seats + fit.seats)
    return Asking(inquiry, outcome, Outcome(room, light=True))


def _term(source: Campaign, target: Campaign, now: datetime) -> datetime:
    term = now + timedelta(hours=source.rules.on_missed.ask_hours)
    return term if target.deadline is None else min(term, target.deadline - BEFORE_DEADLINE)


def free_room(target: Campaign, inquiry: Inquiry) -> Campaign:
    """Give the room back that was held while members were asked."""
    return seats.let_go(target, inquiry.held_seats) if target.state in JOINING else target


def move(
    source: Campaign, target: Campaign, accepting: Sequence[Commitment], census: Census | None, now: datetime
) -> tuple[Outcome, Outcome]:
    """Let commitments move with their money, in the order of joining; the target is without the held room already.

    The price is the quote of the target with all of them, and never more than was paid; what is left comes back from
    the source, and the target may reach its minimum. Who has paid through a provider pays anew (see repaying.py).
    """
    price = quote(target, sum(one.seats for one in accepting))
    steps = []
    for one in sorted(accepting, key=lambda each: (each.created_at, each.commitment_id)):
        go = _follow if one.provider == OFFLINE else _hold
        source, target, step_ = go(source, target, one, min(one.price, price), now)
        if target.rules.counts_households and step_.joined.state is Standing.PAID:
            households = around(one, census).paid_households | {one.household_id}
            target = replace(target, households=len(households))
        if census is not None:
            census.note(None, step_.joined)
        steps.append(step_)
    return _left(source, steps), _joined(target, steps, now)


@dataclass(frozen=True, slots=True)
class _Step:
    """What became of one commitment: how it left, as what it joined, and the money that moved."""

    left: Commitment
    joined: Commitment
    transfers: tuple[Transfer, ...]

    @property
    def shift(self) -> Shift:
        """The seats of its community in the target."""
        seats_ = self.joined.seats
        paid = self.joined.state is Standing.PAID
        shift = Shift(self.joined.community_id, paid=seats_, joined=seats_)
        return shift if paid else Shift(self.joined.community_id, reserved=seats_)


_Gone = tuple[Campaign, Campaign, _Step]


def _follow(source: Campaign, target: Campaign, one: Commitment, price: Money, now: datetime) -> _Gone:
    none = Money.zero(price.currency)
    fresh = joining.commit(target, joiner_of(one), price, Standing.PAID, now, None)
    joined = replace(fresh, paid=fresh.amount)
    free = replace(one, kept=none, withheld=none)  # nobody pays for a service that nobody gets
    over = give_back(source, free, one.net - joined.amount, "tier_difference")
    left = replace(over.commitment, state=Standing.MOVED, moved=over.commitment.moved + joined.amount, left_at=now)
    source = replace(over.campaign, moved=over.campaign.moved + joined.amount)
    target = replace(target, paid=target.paid + joined.amount, paid_seats=target.paid_seats + joined.seats)
    return source, target, _Step(left, joined, (*over.transfers, ledger.moved(left, joined)))


def _hold(source: Campaign, target: Campaign, one: Commitment, price: Money, now: datetime) -> _Gone:
    swapped = swap(source, one, target, price, now)
    target = replace(target, reserved_seats=target.reserved_seats + one.seats)
    return swapped.campaign, target, _Step(swapped.left, swapped.held, swapped.transfers)


def _left(source: Campaign, steps: Sequence[_Step]) -> Outcome:
    # The seats stay what they were when the campaign failed, so that what was hidden stays hidden.
    return Outcome(
        source,
        changed=tuple(one.left for one in steps),
        transfers=tuple(transfer for one in steps for transfer in one.transfers),
        events=tuple(
            CommitmentMoved(one.left, one.joined)
            if one.left.state is Standing.MOVED
            else CommitmentCancelled(one.left, "pays_anew")
            for one in steps
        ),
    )


def _joined(target: Campaign, steps: Sequence[_Step], now: datetime) -> Outcome:
    target, crossed = cross(target, now)
    told = {Standing.PAID: CommitmentPaid, Standing.RESERVED: CommitmentReserved}
    text = {Standing.PAID: asking_notices.moved, Standing.RESERVED: asking_notices.pay_anew}
    return Outcome(
        target,
        added=tuple(one.joined for one in steps),
        shifts=tuple(one.shift for one in steps),
        events=(*(told[one.joined.state](one.joined) for one in steps), *crossed),
        notices=tuple(text[one.joined.state](target, one.left, one.joined) for one in steps),
        light=True,
    )


def newcomers(target: Campaign, joined: Iterable[Commitment]) -> tuple[CommunityId, ...]:
    """Return the communities that take part in the target for the first time."""
    return tuple(sorted({one.community_id for one in joined} - set(target.terms.communities)))


def welcome(target: Campaign, fresh: Sequence[CommunityId]) -> Campaign:
    """Let communities take part in the target."""
    return replace(target, terms=replace(target.terms, communities=(*target.terms.communities, *fresh)))
