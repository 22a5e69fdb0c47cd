"""What closes the gathering of a campaign: its organiser, early, or its deadline."""

from collections.abc import Callable

from services.campaign.domain import closing
from services.campaign.domain.commands import CloseCampaign
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import JOINING, Campaign
from services.campaign.domain.outlook import CONFIRM, EXTEND, FAIL, FORMS, MERGE, Outlook, decide
from services.campaign.domain.privacy import MANAGERS, known
from services.campaign.domain.reporting import Report
from services.campaign.handlers.ending import Payload, confirm, end
from services.campaign.handlers.inquiring import lock_with_partners
from services.campaign.handlers.keys import close_key
from services.campaign.handlers.merging import ask_to_move, conclude_all_into
from services.campaign.handlers.recording import record, report, require_organiser
from services.campaign.storage.facts import crowd_of, facts_of, fits_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.ids import CampaignId, parse_id


def close_campaign(command: CloseCampaign, uow: CampaignUnitOfWork) -> Report:
    """Confirm a tipped campaign before its deadline; who has accepted to move there comes with it."""
    command.caller.require(*MANAGERS)
    campaign = known(lock_with_partners(uow.campaigns.find(command.campaign_id), uow), command.caller)
    require_organiser(campaign, command.caller)
    if campaign.state not in JOINING or campaign.pause is not None:
        step(campaign, Action.CONFIRM, uow.clock.now())  # which refuses, with the state
    campaign = conclude_all_into(campaign, uow)
    if campaign.state in JOINING:
        campaign = confirm(campaign, _decided(campaign, uow), uow).campaign
    return report(campaign, command.caller, uow)


def _decided(campaign: Campaign, uow: CampaignUnitOfWork) -> Outlook:
    now = uow.clock.now()
    seen = decide(campaign, facts_of(campaign, uow), now, asked=True)
    if seen.action != CONFIRM:
        step(campaign, Action.CONFIRM, now)
    return seen


def on_deadline(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Decide at the deadline; nothing happens when the campaign has been closed, called off or paused before."""
    campaign = _lock(CampaignId(parse_id(payload["campaign_id"], "campaign_id")), uow)
    if campaign is None or not _is_running(campaign):
        return
    now = uow.clock.now()
    if campaign.deadline is not None and now >= campaign.deadline:
        campaign = conclude_all_into(campaign, uow)
    if not _is_running(campaign):
        return
    seen = decide(campaign, facts_of(campaign, uow), now)
    if seen.action in FORMS:
        confirm(campaign, seen, uow)
    elif seen.action == EXTEND:
        extended = record(closing.extend(campaign, crowd_of(campaign, uow), seen, now), uow).campaign
        _set_close_timer(extended, payload, uow)
    elif seen.action == MERGE:
        ask_to_move(campaign, seen, uow)
    elif seen.action == FAIL:
        end(campaign, Action.FAIL, uow, decision=seen.explanation)
    else:  # the timer came before its time, as clocks may disagree: it has to come again
        _set_close_timer(campaign, payload, uow)


def _lock(campaign_id: CampaignId, uow: CampaignUnitOfWork) -> Campaign | None:
    """Lock a campaign together with the one that its members will most likely be asked to move to."""
    seen = uow.campaigns.find(campaign_id)
    likely = fits_of(seen, uow)[:1] if seen is not None and _is_running(seen) else []
    return lock_with_partners(seen, uow, [fit.target.campaign_id for fit in likely])


def _is_running(campaign: Campaign) -> bool:
    return campaign.state in JOINING and campaign.deadline is not None and campaign.pause is None


def _set_close_timer(campaign: Campaign, payload: Payload, uow: CampaignUnitOfWork) -> None:
    if campaign.deadline is not None:
        uow.timers.set(close_key(campaign.campaign_id), campaign.deadline, "close_campaign", payload)


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {"close_campaign": on_deadline}
