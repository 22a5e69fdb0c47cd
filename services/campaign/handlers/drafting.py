"""What the supplier service says: a match becomes a draft, and a match that is gone ends it."""

from dataclasses import replace

from services.campaign import outbound
from services.campaign.domain.closing import Crowd, call_off
from services.campaign.domain.commands import DraftCampaign, LapseMatch, MarkSlotConfirmed
from services.campaign.domain.drafting import draft, live_sibling
from services.campaign.domain.errors import CampaignUnknownError, MatchUnknownError
from services.campaign.domain.lifecycle import Action, can
from services.campaign.domain.model import Campaign, State
from services.campaign.handlers.ending import end
from services.campaign.handlers.recording import record
from services.campaign.storage.unit_of_work import CampaignUnitOfWork


def draft_campaign(command: DraftCampaign, uow: CampaignUnitOfWork) -> None:
    """Draft the campaign of a match once; a draft for a pool that is already being bought for ends at once."""
    outcome = draft(command.terms, command.shares, uow.clock.now())
    if not uow.campaigns.add(outcome.campaign, command.shares):
        return
    for event in outcome.events:
        uow.outbox.add(*outbound.event(event))
    if command.terms.pool_id is not None and live_sibling(
        outcome.campaign, uow.campaigns.lock_pool(command.terms.pool_id)
    ):
        supersede(outcome.campaign, uow)


def supersede(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """End a draft because another campaign of its pool was opened."""
    record(call_off(campaign, Crowd(), Action.SUPERSEDE, uow.clock.now()), uow)


def lapse_match(command: LapseMatch, uow: CampaignUnitOfWork) -> None:
    """End the campaign whose seats the supplier no longer holds, and refund everybody.

    Once the group is confirmed the supplier is bound and the event, which then crossed the confirmation on its way,
    changes nothing. An event about a match that is not known yet is tried again. A supplier that withdrew while the
    draft was being opened says so again, by supplier_withdrew.
    """
    found = uow.campaigns.find_by_match(command.match_id)
    if found is None:
        raise MatchUnknownError("no campaign is known for this match yet", match_id=str(command.match_id))
    campaign = uow.campaigns.lock(found.campaign_id) or found
    withdrawn = command.reason == "withdrawn" and campaign.state is not State.DRAFT
    if can(campaign, Action.LAPSE) and not withdrawn:
        end(campaign, Action.LAPSE, uow, reason=command.reason)


def mark_slot_confirmed(command: MarkSlotConfirmed, uow: CampaignUnitOfWork) -> None:
    """Remember when the supplier booked the slot."""
    campaign = uow.campaigns.lock(command.campaign_id)
    if campaign is None:
        raise CampaignUnknownError("there is no such campaign yet", campaign_id=str(command.campaign_id))
    confirmed = replace(campaign, slot_confirmed_at=uow.clock.now(), version=campaign.version + 1)
    uow.campaigns.save([confirmed])
