"""What all handlers share: finding the campaign that a caller may change, and making an outcome durable."""

from dataclasses import replace

from services.campaign import outbound
from services.campaign.domain.errors import NotOrganiserError
from services.campaign.domain.model import Campaign, State
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.privacy import known
from services.campaign.domain.reporting import Report
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId

JOINING = (State.OPEN, State.TIPPED)


def lock(campaign_id: CampaignId, caller: Caller, uow: CampaignUnitOfWork) -> Campaign:
    """Lock a campaign that the caller takes part in; anybody else learns only that there is none."""
    return known(uow.campaigns.lock(campaign_id), caller)


def require_organiser(campaign: Campaign, caller: Caller) -> None:
    """Refuse all but the community that opened the campaign; a draft belongs to all of its communities."""
    organiser = campaign.organiser
    if organiser is not None and not caller.sees(organiser.community_id):
        raise NotOrganiserError("another community opened this campaign", state=str(campaign.state))


def record(outcome: Outcome, uow: CampaignUnitOfWork) -> Outcome:
    """Save an outcome: commitments, counters, money and events. Returns it with the version that was saved."""
    outcome = replace(outcome, campaign=replace(outcome.campaign, version=outcome.campaign.version + 1))
    _save(outcome, uow)
    for event in outcome.events:
        uow.outbox.add(*outbound.event(event))
    return outcome


def _save(outcome: Outcome, uow: CampaignUnitOfWork) -> None:
    campaign, shifts = outcome.campaign, outcome.shifts
    if outcome.added is not None:
        uow.campaigns.save_join(campaign, shifts[0], outcome.added, outcome.transfers)
        return
    uow.commitments.save(outcome.changed)
    if campaign.state in JOINING and len(shifts) == 1:
        uow.campaigns.save_counts(campaign, shifts[0])
    else:
        uow.campaigns.save(campaign, shifts)
    uow.ledger.post(outcome.transfers)


def report(campaign: Campaign, caller: Caller, uow: CampaignUnitOfWork) -> Report:
    """Return what the caller is shown of a campaign."""
    shares = uow.campaigns.shares([campaign.campaign_id])[campaign.campaign_id]
    return Report(campaign, shares, caller, uow.policy.privacy_k)
