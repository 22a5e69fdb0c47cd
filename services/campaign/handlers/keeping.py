"""What all handlers of disputes share: finding the dispute that a caller may change, and making its turns durable."""

from dataclasses import replace

from services.campaign import outbound
from services.campaign.domain import executing
from services.campaign.domain.dispute_privacy import Case, known
from services.campaign.domain.disputes import Dispute
from services.campaign.domain.disputing import Turn
from services.campaign.domain.errors import DisputeUnknownError
from services.campaign.domain.model import Campaign
from services.campaign.handlers.keys import dispute_key
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Caller
from services.kernel.ids import DisputeId

ADVANCE = "advance_dispute"


def lock_dispute(dispute_id: DisputeId, caller: Caller, uow: CampaignUnitOfWork) -> tuple[Campaign, Dispute]:
    """Lock the campaign of a dispute that the caller has a part in, and return both as they are now."""
    found = known(uow.disputes.find(dispute_id), caller)
    campaign = uow.campaigns.lock(found.campaign_id)
    dispute = known(uow.disputes.find(dispute_id), caller)
    if campaign is None:
        raise DisputeUnknownError("there is no such dispute")
    return campaign, dispute


def keep(before: Dispute | None, turn: Turn, uow: CampaignUnitOfWork) -> Dispute:
    """Save what a turn leads to, and set the timer of a deadline that is new."""
    dispute = replace(turn.dispute, version=turn.dispute.version + 1)
    uow.disputes.save(dispute)
    uow.disputes.say(turn.statements)
    uow.notices.add(turn.notices)
    if dispute.due_at is not None and (before is None or before.due_at != dispute.due_at):
        payload = {"dispute_id": str(dispute.dispute_id)}
        uow.timers.set(dispute_key(dispute.dispute_id, dispute.due_at), dispute.due_at, ADVANCE, payload)
    uow.outbox.add_many([outbound.event(event) for event in turn.events])
    uow.outbox.add_many([outbound.notified(notice) for notice in turn.notices])
    return dispute


def case_of(dispute: Dispute, campaign: Campaign, caller: Caller, uow: CampaignUnitOfWork) -> Case:
    """Return what the caller is shown of a dispute."""
    commitment = uow.commitments.find(dispute.commitment_id)
    if commitment is None:
        raise DisputeUnknownError("there is no such dispute")
    return Case(dispute, uow.disputes.said(dispute), campaign, commitment, caller, uow.clock.now())


def call_off_disputes(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Close the disputes whose commitments are free again, because all of their money has gone back."""
    for dispute in uow.disputes.open_in(campaign.campaign_id):
        commitment = uow.commitments.find(dispute.commitment_id)
        if commitment is not None and not commitment.frozen:
            keep(dispute, executing.call_off(campaign, dispute, uow.clock.now()), uow)
