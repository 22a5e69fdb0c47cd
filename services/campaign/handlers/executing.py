"""Executing what came of a dispute, and settling what waited for it."""

from services.campaign.domain import executing
from services.campaign.domain.disputes import Dispute
from services.campaign.domain.disputing import Turn
from services.campaign.domain.errors import DisputeUnknownError
from services.campaign.domain.model import Campaign, Commitment, State
from services.campaign.handlers.ending import settle_if_due
from services.campaign.handlers.keeping import keep
from services.campaign.handlers.recording import record
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.money import Money


def close(campaign: Campaign, before: Dispute, turn: Turn, amount: Money, uow: CampaignUnitOfWork) -> Dispute:
    """Give ``amount`` back, free the commitment and close the dispute, all in this transaction."""
    commitment = uow.commitments.find(before.commitment_id)
    if commitment is None:
        raise DisputeUnknownError("there is no such dispute")
    fund = _fund(campaign, commitment, uow)
    done = executing.execute(campaign, commitment, turn.dispute, amount, uow.clock.now(), fund)
    campaign = record(done.outcome, uow).campaign
    closed = keep(before, turn.then(done.turn), uow)
    if campaign.state is State.DELIVERED:
        settle_if_due(campaign, uow)
    return closed


def _fund(campaign: Campaign, commitment: Commitment, uow: CampaignUnitOfWork) -> Money | None:
    """Return what the fund of the member's community can return; None where it got nothing of this."""
    if not commitment.released or not campaign.terms.shares.community_bp:
        return None
    currency, community_id = campaign.terms.currency, commitment.community_id
    return uow.ledger.funds([community_id], currency).get(community_id, Money.zero(currency))
