"""Joining: seats are held, paid, or lost when the hold runs out, and the paid ones cross the minimum with it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.campaign.domain import notices, purse, seats
from services.campaign.domain.counting import has_minimum, is_full
from services.campaign.domain.errors import (
    CommitmentStateError,
    DisputedError,
    FullError,
    HoldExpiredError,
    LimitError,
    TermsError,
)
from services.campaign.domain.events import (
    CampaignTipped,
    CampaignUntipped,
    CommitmentExpired,
    CommitmentPaid,
    CommitmentReserved,
    Event,
)
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.lifecycle import Action, hold_until, step
from services.campaign.domain.model import OFFLINE, Campaign, Commitment, Standing, State
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.pricing import quote
from services.campaign.domain.rules import Measure
from services.campaign.domain.seats import Shift
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.ids import CommitmentId, CommunityId, MemberId, new_id
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who joins, with how many, and what was accepted: ``upto`` seats if that reaches a tier."""

    community_id: CommunityId
    member_id: MemberId
    household_id: MemberId
    seats: int
    upto: int
    party: tuple[tuple[str, int], ...] = ()
    terms_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the member, and its household, have in the campaign already; asked only where a rule depends on it."""

    of_member: int = 0
    of_household: int = 0
    paid_households: frozenset[MemberId] = field(default_factory=frozenset)


ALONE = Neighbours()


def reserve(campaign: Campaign, joiner: Joiner, now: datetime, neighbours: Neighbours = ALONE) -> Outcome:
    """Hold seats for a member at the price that holds with them included."""
    campaign = step(campaign, Action.RESERVE, now)
    require_room(campaign, joiner, neighbours)
    price = quote(campaign, joiner.seats)
    held = seats.hold(campaign, joiner.seats)
    commitment = commit(campaign, joiner, price, Standing.RESERVED, now, hold_until(campaign, now))
    shift = Shift(joiner.community_id, reserved=joiner.seats)
    return Outcome(held, added=(commitment,), shifts=(shift,), events=(CommitmentReserved(commitment),), light=True)


def commit(
    campaign: Campaign, joiner: Joiner, price: Money, state: Standing, now: datetime, until: datetime | None
) -> Commitment:
    """Return the new commitment of a joiner."""
    none = Money.zero(price.currency)
    return Commitment(
        commitment_id=CommitmentId(new_id()),
        campaign_id=campaign.campaign_id,
        community_id=joiner.community_id,
        member_id=joiner.member_id,
        household_id=joiner.household_id,
        seats=joiner.seats,
        upto_seats=joiner.upto,
        party=joiner.party,
        state=state,
        price=price,
        paid=None,
        refunded=none,
        released=none,
        moved=none,
        owed=none,
        kept=none,
        withheld=none,
        final_price=None,
        frozen=False,
        provider=OFFLINE,
        hold_until=until,
        receipt=None,
        terms_digest=joiner.terms_digest,
        left_at=None,
        created_at=now,
        terms_accepted_at=None if joiner.terms_digest is None else now,
    )


def require_room(campaign: Campaign, joiner: Joiner, neighbours: Neighbours) -> None:
    """Refuse what the rules do not allow: too many for a member or household, or a group that has its maximum."""
    _require_tolerance(campaign, joiner)
    limits, state = campaign.rules.limits, str(campaign.state)
    for limit, has, whose in (
        (limits.per_member, neighbours.of_member, "member"),
        (limits.per_household, neighbours.of_household, "household"),
    ):
        if limit is not None and has + joiner.upto > limit:
            message = f"a {whose} may have {limit} seats here"
            raise LimitError(message, state=state, limit=limit, has=has, whose=whose)
    threshold = campaign.rules.threshold
    if threshold is None or threshold.maximum is None or threshold.measure is Measure.SEATS:
        return
    if threshold.measure is Measure.HOUSEHOLDS and joiner.household_id in neighbours.paid_households:
        return
    if is_full(campaign):
        raise FullError(f"the group has its {threshold.maximum} {threshold.measure}", state=state, seats=joiner.seats)


def _require_tolerance(campaign: Campaign, joiner: Joiner) -> None:
    if joiner.upto == joiner.seats:
        return
    threshold = campaign.rules.threshold
    if threshold is not None and threshold.measure is Measure.AMOUNT:
        expected = "no more than seats, because the threshold counts money and not seats"
        raise InvalidError("upto_seats", f"{joiner.upto} is not possible", expected)
    if joiner.upto < joiner.seats:
        raise InvalidError("upto_seats", f"{joiner.upto} is less than seats", f"at least {joiner.seats}")


def pay(
    campaign: Campaign,
    commitment: Commitment,
    receipt: str | None,
    at: datetime,
    *,
    terms_digest: str | None = None,
    neighbours: Neighbours = ALONE,
    pending: Transfer | None = None,
) -> Outcome:
    """Record the payment of held seats, made at ``at``; the campaign tips when it reaches the minimum.

    ``pending`` is the transfer of a payment that a provider was asked for and that it has now.
    """
    campaign = step(campaign, Action.PAY, at)
    require_held(commitment, at)
    accepted = with_terms(campaign, commitment, terms_digest, at)
    paid = replace(accepted, state=Standing.PAID, receipt=receipt, hold_until=None)
    moved = purse.pay_in(campaign, paid, pending)
    count, paid = commitment.seats, moved.commitment
    if campaign.state is State.CONFIRMED:  # who came from the waiting list pays what the others pay
        paid = replace(paid, final_price=min(paid.price, campaign.price or paid.price))
    campaign = housed(seats.pay(moved.campaign, count), paid, neighbours)
    campaign, crossed = cross(campaign, at)
    return Outcome(
        campaign,
        changed=(paid,),
        shifts=(Shift(paid.community_id, reserved=-count, paid=+count, joined=+count),),
        transfers=moved.transfers,
        events=(CommitmentPaid(paid), *crossed),
        light=True,
    )


def require_held(commitment: Commitment, at: datetime) -> None:
    """Refuse a commitment whose seats are not held, or were not any more at that time."""
    require(commitment, Standing.RESERVED)
    if commitment.hold_until is not None and at >= commitment.hold_until:
        until = format_time(commitment.hold_until)
        raise HoldExpiredError("the seats are no longer held", state=str(commitment.state), hold_until=until)


def with_terms(campaign: Campaign, commitment: Commitment, digest: str | None, at: datetime) -> Commitment:
    """Return the commitment with what was accepted; refuse when the campaign's terms were not."""
    wanted, given = campaign.rules.terms_digest, digest or commitment.terms_digest
    if wanted is not None and given != wanted:
        raise TermsError("accept the terms of the campaign first", state=str(commitment.state), terms_digest=wanted)
    if given == commitment.terms_digest:
        return commitment
    return replace(commitment, terms_digest=given, terms_accepted_at=at)


def housed(campaign: Campaign, paid: Commitment, neighbours: Neighbours) -> Campaign:
    """Count the household of a paid commitment, where households count."""
    if not campaign.rules.counts_households:
        return campaign
    return replace(campaign, households=len(neighbours.paid_households | {paid.household_id}))


def join_paid(
    campaign: Campaign, joiner: Joiner, receipt: str, now: datetime, neighbours: Neighbours = ALONE
) -> Outcome:
    """Reserve and pay in one step; only the payment is told, because nothing was ever held unpaid."""
    held = reserve(campaign, joiner, now, neighbours)
    paid = pay(held.campaign, held.commitment, receipt, now, neighbours=neighbours)
    shift = Shift(joiner.community_id, paid=+joiner.seats, joined=+joiner.seats)
    return replace(paid, added=paid.changed, changed=(), shifts=(shift,))


def expire(campaign: Campaign, commitment: Commitment, now: datetime) -> Outcome:
    """Free seats whose hold ran out."""
    campaign = step(campaign, Action.EXPIRE_HOLD, now)
    require(commitment, Standing.RESERVED)
    gone = replace(commitment, state=Standing.EXPIRED)
    return Outcome(
        seats.let_go(campaign, gone.seats),
        changed=(gone,),
        shifts=(Shift(gone.community_id, reserved=-gone.seats),),
        events=(CommitmentExpired(gone, "hold_expired"),),
        notices=(notices.hold_over(campaign, gone),),
        light=True,
    )


def require(commitment: Commitment, *states: Standing) -> None:
    """Refuse a commitment that is in none of ``states``, or that a dispute has frozen."""
    if commitment.state not in states:
        message = f"the commitment is {commitment.state}"
        raise CommitmentStateError(message, state=str(commitment.state), allowed=[str(state) for state in states])
    if commitment.frozen:
        raise DisputedError("a dispute of this commitment is open", state=str(commitment.state))


def cross(campaign: Campaign, now: datetime) -> tuple[Campaign, tuple[Event, ...]]:
    """Tip or untip when the paid commitments crossed the minimum."""
    reached = has_minimum(campaign)
    if reached and campaign.state is State.OPEN:
        campaign = step(campaign, Action.TIP, now)
        return campaign, (CampaignTipped(campaign),)
    if not reached and campaign.state is State.TIPPED:
        campaign = step(campaign, Action.UNTIP, now)
        return campaign, (CampaignUntipped(campaign),)
    return campaign, ()
