"""Joining and leaving: what one member does, and how the paid seats cross the minimum with it."""

from dataclasses import replace
from datetime import datetime

from services.campaign.domain import ledger, seats
from services.campaign.domain.errors import CommitmentStateError, HoldExpiredError
from services.campaign.domain.events import (
    CampaignTipped,
    CampaignUntipped,
    CommitmentCancelled,
    CommitmentExpired,
    CommitmentPaid,
    CommitmentReserved,
    Event,
)
from services.campaign.domain.lifecycle import Action, hold_until, step
from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.pricing import quote
from services.campaign.domain.seats import Shift
from services.kernel.clock import format_time
from services.kernel.ids import CommitmentId, CommunityId, MemberId, new_id
from services.kernel.money import Money


def reserve(campaign: Campaign, community_id: CommunityId, member_id: MemberId, count: int, now: datetime) -> Outcome:
    """Hold ``count`` seats for a member at the price that holds with them included."""
    campaign = step(campaign, Action.RESERVE, now)
    price = quote(campaign, count)
    held = seats.hold(campaign, count)
    commitment = Commitment(
        commitment_id=CommitmentId(new_id()),
        campaign_id=campaign.campaign_id,
        community_id=community_id,
        member_id=member_id,
        seats=count,
        state=Standing.RESERVED,
        price=price,
        paid=None,
        refunded=Money.zero(price.currency),
        final_price=None,
        hold_until=hold_until(campaign, now),
        receipt=None,
        created_at=now,
    )
    shift = Shift(community_id, reserved=count)
    return Outcome(held, added=commitment, shifts=(shift,), events=(CommitmentReserved(commitment),))


def pay(campaign: Campaign, commitment: Commitment, receipt: str, now: datetime) -> Outcome:
    """Record the payment of held seats; the campaign tips when it reaches the minimum."""
    campaign = step(campaign, Action.PAY, now)
    _require(commitment, Standing.RESERVED)
    if commitment.hold_until is not None and now >= commitment.hold_until:
        until = format_time(commitment.hold_until)
        raise HoldExpiredError("the seats are no longer held", state=str(commitment.state), hold_until=until)
    amount, count = commitment.amount, commitment.seats
    paid = replace(commitment, state=Standing.PAID, paid=amount, receipt=receipt, hold_until=None)
    campaign = seats.pay(replace(campaign, paid=campaign.paid + amount), count)
    campaign, crossed = _cross(campaign, now)
    return Outcome(
        campaign,
        changed=(paid,),
        shifts=(Shift(paid.community_id, reserved=-count, paid=+count),),
        transfers=(ledger.payment(paid),),
        events=(CommitmentPaid(paid), *crossed),
    )


def join_paid(
    campaign: Campaign, community_id: CommunityId, member_id: MemberId, count: int, receipt: str, now: datetime
) -> Outcome:
    """Reserve and pay in one step; only the payment is told, because nothing was ever held unpaid."""
    held = reserve(campaign, community_id, member_id, count, now)
    paid = pay(held.campaign, held.commitment, receipt, now)
    return replace(paid, added=paid.commitment, changed=(), shifts=(Shift(community_id, paid=+count),))


def leave(campaign: Campaign, commitment: Commitment, reason: str, now: datetime) -> Outcome:
    """Give the seats back; what was paid is refunded in full, and the campaign may fall below its minimum."""
    campaign = step(campaign, Action.LEAVE, now)
    _require(commitment, Standing.RESERVED, Standing.PAID)
    if commitment.state is Standing.RESERVED:
        left = replace(commitment, state=Standing.CANCELLED, hold_until=None)
        shift = Shift(left.community_id, reserved=-left.seats)
        told = CommitmentCancelled(left, reason)
        return Outcome(seats.let_go(campaign, left.seats), changed=(left,), shifts=(shift,), events=(told,))
    left = replace(commitment, state=Standing.REFUNDED, refunded=commitment.amount)
    campaign = seats.give_back(replace(campaign, refunded=campaign.refunded + left.amount), left.seats)
    campaign, crossed = _cross(campaign, now)
    return Outcome(
        campaign,
        changed=(left,),
        shifts=(Shift(left.community_id, paid=-left.seats),),
        transfers=(ledger.refund(left),),
        events=(CommitmentCancelled(left, reason), *crossed),
    )


def expire(campaign: Campaign, commitment: Commitment, now: datetime) -> Outcome:
    """Free seats whose hold ran out."""
    campaign = step(campaign, Action.EXPIRE_HOLD, now)
    _require(commitment, Standing.RESERVED)
    gone = replace(commitment, state=Standing.EXPIRED)
    return Outcome(
        seats.let_go(campaign, gone.seats),
        changed=(gone,),
        shifts=(Shift(gone.community_id, reserved=-gone.seats),),
        events=(CommitmentExpired(gone, "hold_expired"),),
    )


def _require(commitment: Commitment, *states: Standing) -> None:
    if commitment.state not in states:
        message = f"the commitment is {commitment.state}"
        raise CommitmentStateError(message, state=str(commitment.state), allowed=[str(state) for state in states])


def _cross(campaign: Campaign, now: datetime) -> tuple[Campaign, tuple[Event, ...]]:
    """Tip or untip when the paid seats crossed the minimum."""
    reached = campaign.paid_seats >= campaign.min_seats
    if reached and campaign.state == "open":
        campaign = step(campaign, Action.TIP, now)
        return campaign, (CampaignTipped(campaign),)
    if not reached and campaign.state == "tipped":
        campaign = step(campaign, Action.UNTIP, now)
        return campaign, (CampaignUntipped(campaign),)
    return campaign, ()
