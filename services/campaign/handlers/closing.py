"""What closes the gathering of a campaign: its organiser, early, or its deadline."""

from collections.abc import Callable
from dataclasses import replace

from services.campaign.domain import closing
from services.campaign.domain.commands import CloseCampaign
from services.campaign.domain.counting import is_full
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import JOINING, Campaign
from services.campaign.domain.orders import new_order
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.outlook import (
    CAPTURE,
    CONFIRM,
    EXTEND,
    FAIL,
    FORMS,
    MERGE,
    WAIT,
    Facts,
    decide,
    grace_end,
)
from services.campaign.domain.privacy import MANAGERS, known
from services.campaign.domain.reporting import Report
from services.campaign.handlers.ending import Payload, confirm, end
from services.campaign.handlers.inquiring import lock_with_partners
from services.campaign.handlers.keys import close_key
from services.campaign.handlers.merging import ask_to_move, conclude_all_into
from services.campaign.handlers.recording import record, report, require_organiser
from services.campaign.providers.port import Kind
from services.campaign.storage.facts import crowd_of, facts_of, fits_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.ids import CampaignId, parse_id


def _take_authorised(campaign: Campaign, facts: Facts, uow: CampaignUnitOfWork) -> Campaign:
    """Have the authorised payments taken. What comes of it decides, because only paid commitments count; it is waited
    for as long as for any other payment.
    """
    now, ids = uow.clock.now(), [one.commitment_id for one in facts.authorised]
    charges, pending = uow.orders.paid_by(ids), uow.ledger.payments(ids)
    uow.orders.add(
        [
            new_order(Kind.CAPTURE, one, one.provider, one.amount, now, transfers=[payment], about=charge)
            for one in facts.authorised
            for charge, payment in [(charges[one.commitment_id], pending[one.commitment_id])]
        ]
    )
    taking = record(Outcome(replace(campaign, closing_at=now)), uow).campaign
    _set_close_timer(taking, {"campaign_id": str(campaign.campaign_id)}, uow)
    return taking


def close_campaign(command: CloseCampaign, uow: CampaignUnitOfWork) -> Report:
    """Confirm a tipped campaign before its deadline; who has accepted to move there comes with it."""
    command.caller.require(*MANAGERS)
    campaign = known(lock_with_partners(uow.campaigns.find(command.campaign_id), uow), command.caller)
    require_organiser(campaign, command.caller)
    if campaign.state not in JOINING or campaign.pause is not None:
        step(campaign, Action.CONFIRM, uow.clock.now())  # which refuses, with the state
    campaign = conclude_all_into(campaign, uow)
    if campaign.state in JOINING:
        campaign = _close_early(campaign, uow)
    return report(campaign, command.caller, uow)


def _close_early(campaign: Campaign, uow: CampaignUnitOfWork) -> Campaign:
    facts, now = facts_of(campaign, uow), uow.clock.now()
    seen = decide(campaign, facts, now, asked=True)
    if seen.action == CAPTURE:
        return _take_authorised(campaign, facts, uow)
    if seen.action != CONFIRM:
        step(campaign, Action.CONFIRM, now)
    return confirm(campaign, seen, uow).campaign


def on_deadline(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Decide at the deadline; nothing happens when the campaign has been closed, called off or paused before."""
    campaign = _lock(CampaignId(parse_id(payload["campaign_id"], "campaign_id")), uow)
    if campaign is not None and _is_running(campaign):
        _close(campaign, payload, uow)


def _lock(campaign_id: CampaignId, uow: CampaignUnitOfWork) -> Campaign | None:
    """Lock a campaign together with the one that its members will most likely be asked to move to."""
    seen = uow.campaigns.find(campaign_id)
    likely = fits_of(seen, uow)[:1] if seen is not None and _is_running(seen) else []
    return lock_with_partners(seen, uow, [fit.target.campaign_id for fit in likely])


def _is_running(campaign: Campaign) -> bool:
    return campaign.state in JOINING and campaign.deadline is not None and campaign.pause is None


def close_if_due(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Go on with a campaign after the outcome of a payment became known: it may be full, or have waited for that."""
    due = campaign.deadline is not None and uow.clock.now() >= campaign.deadline
    if _is_running(campaign) and (is_full(campaign) or due or campaign.closing_at is not None):
        _close(campaign, {"campaign_id": str(campaign.campaign_id)}, uow)


def _close(campaign: Campaign, payload: Payload, uow: CampaignUnitOfWork) -> None:
    now, early = uow.clock.now(), campaign.closing_at is not None
    if early or (campaign.deadline is not None and now >= campaign.deadline):
        campaign = conclude_all_into(campaign, uow)
    if campaign.state not in JOINING:  # those who moved here have filled it
        return
    facts = facts_of(campaign, uow)
    seen = decide(campaign, facts, now, asked=early)
    if early and seen.action == WAIT and not facts.in_flight:  # too little could be taken: it stays open as it was
        campaign = record(Outcome(replace(campaign, closing_at=None)), uow).campaign
    if seen.action == CAPTURE:
        _take_authorised(campaign, facts, uow)
    elif seen.action in FORMS:
        confirm(campaign, seen, uow)
    elif seen.action == EXTEND:
        extended = record(closing.extend(campaign, crowd_of(campaign, uow), seen, now), uow).campaign
        _set_close_timer(extended, payload, uow)
    elif seen.action == MERGE:
        ask_to_move(campaign, seen, uow)
    elif seen.action == FAIL:
        end(campaign, Action.FAIL, uow, decision=seen.explanation)
    else:  # it is too early, as clocks may disagree, or payments are waited for: the timer has to come again
        _set_close_timer(campaign, payload, uow)


def _set_close_timer(campaign: Campaign, payload: Payload, uow: CampaignUnitOfWork) -> None:
    if campaign.deadline is None:
        return
    waits = campaign.closing_at is not None or uow.clock.now() >= campaign.deadline
    at = grace_end(campaign) if waits else campaign.deadline
    uow.timers.set(close_key(campaign.campaign_id), at, "close_campaign", payload)


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {"close_campaign": on_deadline}
