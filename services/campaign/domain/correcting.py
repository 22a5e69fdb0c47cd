"""Corrections: what was recorded by mistake is not erased but answered by a transfer the other way."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from services.campaign.domain import ledger, seats
from services.campaign.domain.errors import CommitmentStateError
from services.campaign.domain.events import CommitmentCancelled, CommitmentReserved
from services.campaign.domain.joining import cross, require
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.lifecycle import Action, hold_until, step
from services.campaign.domain.model import OFFLINE, Campaign, Commitment, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.seats import Shift
from services.kernel.ids import CommitmentId, MemberId, TransferId, new_id


def undo(campaign: Campaign, commitment: Commitment, reason: str, now: datetime, households: Set[MemberId]) -> Outcome:
    """Take back the whole payment of a commitment, as long as the campaign is open.

    The commitment ends, because it is paid once and never again; its seats are held unpaid by a new one, in its place.
    ``households`` are those that have paid without it. What a provider reports is not a mistake of ours to correct,
    and what was given back in part already has to be settled by giving the rest up.
    """
    campaign = step(campaign, Action.RESERVE, now)
    require(commitment, Standing.PAID)
    if commitment.provider != OFFLINE or commitment.net != commitment.paid:
        message = "only an untouched payment that somebody recorded can be taken back"
        raise CommitmentStateError(message, state=str(commitment.state), method=commitment.provider)
    count = commitment.seats
    gone = replace(commitment, state=Standing.CANCELLED, paid=None, receipt=None, left_at=now)
    fresh = {
        "commitment_id": CommitmentId(new_id()),
        "state": Standing.RESERVED,
        "hold_until": hold_until(campaign, now),
    }
    held = replace(commitment, paid=None, receipt=None, created_at=now, **fresh)
    campaign = replace(seats.give_back(campaign, count), reserved_seats=campaign.reserved_seats + count)
    campaign = replace(campaign, paid=campaign.paid - commitment.amount)
    if campaign.rules.counts_households:
        campaign = replace(campaign, households=len(households))
    campaign, crossed = cross(campaign, now)
    return Outcome(
        campaign,
        added=(held,),
        changed=(gone,),
        shifts=(Shift(held.community_id, reserved=+count, paid=-count, joined=-count),),
        transfers=(_correction(commitment, reason),),
        events=(CommitmentCancelled(gone, "payment_undone"), CommitmentReserved(held), *crossed),
        light=True,
    )


def _correction(commitment: Commitment, reason: str) -> Transfer:
    escrow, member = ledger.escrow_account(commitment.campaign_id), ledger.member_account(commitment.member_id)
    key = f"correction:{commitment.commitment_id}:{new_id()}"
    ids = (commitment.campaign_id, commitment.commitment_id)
    return Transfer(
        TransferId(new_id()), key, "correction", escrow, member, commitment.amount, *ids, receipt=reason[:100]
    )
