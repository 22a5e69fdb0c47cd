"""Payments through a provider: authorised, captured when the group is formed, declined, or come too late."""

from dataclasses import replace
from datetime import datetime

from services.campaign.domain import ledger, notices, purse, seats
from services.campaign.domain.errors import ProviderError
from services.campaign.domain.events import CommitmentAuthorised, CommitmentExpired, CommitmentPaid
from services.campaign.domain.joining import ALONE, Neighbours, cross, housed, require, require_held, with_terms
from services.campaign.domain.ledger import Phase, Transfer
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import OFFLINE, Campaign, Commitment, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.seats import Shift


def authorise(campaign: Campaign, commitment: Commitment, pending: Transfer, at: datetime) -> Outcome:
    """Note that a provider holds the money: the seats are safe, and count as paid only when it has been captured."""
    campaign = step(campaign, Action.AUTHORISE, at)
    require_held(commitment, at)
    accepted = with_terms(campaign, commitment, None, at)
    safe = replace(accepted, state=Standing.AUTHORISED, provider=pending.provider, hold_until=None)
    return Outcome(
        seats.authorise(campaign, safe.seats), changed=(safe,), events=(CommitmentAuthorised(safe),), light=True
    )


def capture(
    campaign: Campaign, commitment: Commitment, pending: Transfer, receipt: str | None, now: datetime,
    neighbours: Neighbours = ALONE,
) -> Outcome:  # fmt: skip
    """Turn an authorised commitment into a paid one: the money has been taken."""
    campaign = step(campaign, Action.CAPTURE, now)
    require(commitment, Standing.AUTHORISED)
    moved = purse.pay_in(campaign, replace(commitment, state=Standing.PAID, receipt=receipt), pending)
    campaign = housed(seats.capture(moved.campaign, commitment.seats), moved.commitment, neighbours)
    campaign, crossed = cross(campaign, now)
    count = commitment.seats
    return Outcome(
        campaign,
        changed=(moved.commitment,),
        shifts=(Shift(commitment.community_id, reserved=-count, paid=+count, joined=+count),),
        transfers=moved.transfers,
        events=(CommitmentPaid(moved.commitment), *crossed),
        light=True,
    )


def lose(campaign: Campaign, commitment: Commitment, pending: Transfer, now: datetime) -> Outcome:
    """Free the seats of an authorised commitment whose money could not be taken after all."""
    campaign = step(campaign, Action.EXPIRE_HOLD, now)
    require(commitment, Standing.AUTHORISED)
    gone = replace(commitment, state=Standing.EXPIRED)
    return Outcome(
        seats.let_go_authorised(campaign, gone.seats),
        changed=(gone,),
        shifts=(Shift(gone.community_id, reserved=-gone.seats),),
        transfers=(ledger.ending(pending, Phase.VOID),),
        events=(CommitmentExpired(gone, "capture_declined"),),
        notices=(notices.capture_declined(campaign, gone),),
        light=True,
    )


def decline(campaign: Campaign, commitment: Commitment, pending: Transfer, phase: Phase) -> Outcome:
    """Note that a payment did not come about; the seats stay held as long as their hold lasts."""
    told = notices.payment_declined(campaign, commitment)
    return Outcome(campaign, transfers=(ledger.ending(pending, phase),), notices=(told,), light=True)


def too_late(campaign: Campaign, commitment: Commitment, pending: Transfer, reference: str | None) -> Outcome:
    """Give a payment back whose seats were gone, or paid already, when it came; it never enters the escrow."""
    back = ledger.late_refund(pending)
    moves = (ledger.ending(pending, Phase.VOID), ledger.late_payment(pending, reference), back)
    told = notices.returned(campaign, commitment, pending.amount)
    return Outcome(campaign, transfers=moves, notices=(told,), light=True)


def refund_failed(campaign: Campaign, commitment: Commitment, pending: Transfer) -> Outcome:
    """Note that the provider could not give money back: it stays in escrow and is owed."""
    amount = pending.amount
    changed = replace(commitment, refunded=commitment.refunded - amount, owed=commitment.owed + amount)
    campaign = replace(campaign, refunded=campaign.refunded - amount, owed=campaign.owed + amount)
    return Outcome(campaign, changed=(changed,), transfers=(ledger.ending(pending, Phase.VOID),), light=True)


def refund_again(campaign: Campaign, commitment: Commitment, cause: str, *, in_cash: bool) -> Outcome:
    """Try once more to give back what is owed, or note that those who got it gave it back ``in_cash``."""
    amount, nothing = commitment.owed, commitment.owed - commitment.owed
    if in_cash and commitment.held:
        message = "the provider still holds it, so that it can only come back from there"
        raise ProviderError(message, state=str(commitment.state))
    campaign = replace(campaign, owed=campaign.owed - amount)
    payer = replace(commitment, owed=nothing, provider=OFFLINE if in_cash else commitment.provider)
    moved = purse.give_back(campaign, payer, amount, cause=f"again:{cause}")
    changed = replace(moved.commitment, provider=commitment.provider)
    return Outcome(moved.campaign, changed=(changed,), transfers=moved.transfers, light=True)
