"""Opening: an organiser turns one draft of a pool into the campaign that its members can join."""

from services.campaign.domain.commands import OpenCampaign
from services.campaign.domain.drafting import open_draft
from services.campaign.domain.model import Campaign, Organiser, State
from services.campaign.domain.privacy import MANAGERS, known
from services.campaign.domain.reporting import Report
from services.campaign.handlers.drafting import supersede
from services.campaign.handlers.keys import close_key
from services.campaign.handlers.recording import record, report
from services.campaign.handlers.terms import with_terms
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Caller, Role


def open_campaign(command: OpenCampaign, uow: CampaignUnitOfWork) -> Report:
    """Open a draft, set the timer of its deadline and end the other drafts of its pool."""
    command.caller.require(*MANAGERS)
    campaign = known(uow.campaigns.find(command.campaign_id), command.caller)
    family = _lock_family(campaign, uow)
    campaign = next(one for one in family if one.campaign_id == campaign.campaign_id)
    shares = uow.campaigns.shares([campaign.campaign_id])[campaign.campaign_id]
    outcome = open_draft(
        campaign,
        shares,
        family,
        _organiser(campaign, command.caller),
        uow.clock.now(),
        deadline=command.deadline,
        hold_minutes=command.hold_minutes,
        min_seats=command.min_seats,
        max_seats=command.max_seats,
        rules=command.rules,
    )
    outcome, terms = with_terms(command, outcome, uow)
    opened = record(outcome, uow).campaign
    uow.campaigns.save_terms(opened)
    if terms is not None:
        uow.terms.keep(terms)
    timer = {"campaign_id": str(opened.campaign_id)}
    uow.timers.set(close_key(opened.campaign_id), command.deadline, "close_campaign", timer)
    for sibling in family:
        if sibling.campaign_id != opened.campaign_id and sibling.state is State.DRAFT:
            supersede(sibling, uow)
    return report(opened, command.caller, uow)


def _lock_family(campaign: Campaign, uow: CampaignUnitOfWork) -> list[Campaign]:
    """Lock all campaigns of the pool, or the one campaign of a match that belongs to none."""
    if campaign.terms.pool_id is not None:
        return uow.campaigns.lock_pool(campaign.terms.pool_id)
    return [known(uow.campaigns.lock(campaign.campaign_id), _ANYBODY)]


def _organiser(campaign: Campaign, caller: Caller) -> Organiser:
    # The node operator belongs to no community and opens in the name of the first one.
    return Organiser(caller.community_id or campaign.terms.communities[0], caller.member_id)


_ANYBODY = Caller("", Role.NODE_OPERATOR)
