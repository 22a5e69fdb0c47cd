"""Executing what came of a dispute, and settling what waited for it."""

from services.campaign.domain import executing
from services.campaign.domain.disputes import Dispute
from services.campaign.domain.disputing import Turn
from services.campaign.domain.errors import DisputeUnknownError
from services.campaign.domain.model import Campaign, State
from services.campaign.handlers.ending import settle_if_due
from services.campaign.handlers.keeping import keep
from services.campaign.handlers.recording import record
from services.campaign.storage.facts import fund_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.money import Money


def close(campaign: Campaign, before: Dispute, turn: Turn, amount: Money, uow: CampaignUnitOfWork) -> Dispute:
    """Give ``amount`` back, free the commitment and close the dispute, all in this transaction."""
    commitment = uow.commitments.find(before.commitment_id)
    if commitment is None:
        raise DisputeUnknownError("there is no such dispute")
    fund = fund_of(campaign, commitment, uow)
    done = executing.execute(campaign, commitment, turn.dispute, amount, uow.clock.now(), fund)
    campaign = record(done.outcome, uow).campaign
    closed = keep(before, turn.then(done.turn), uow)
    if campaign.state is State.DELIVERED:
        settle_if_due(campaign, uow)
    return closed
