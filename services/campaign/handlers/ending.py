"""How campaigns end: closed early, at the deadline, called off, delivered, settled. The timers come here too."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.campaign.domain import closing
from services.campaign.domain.commands import CancelCampaign, CloseCampaign, DeliverCampaign
from services.campaign.domain.lifecycle import Action
from services.campaign.domain.model import Campaign, Explanation, State
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.privacy import MANAGERS
from services.campaign.domain.reporting import Report
from services.campaign.handlers.recording import JOINING, lock, record, report, require_organiser
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role
from services.kernel.ids import CampaignId

Payload = dict[str, Any]


def close_key(campaign_id: CampaignId) -> str:
    """Return the key of the timer of a campaign's deadline."""
    return f"close_campaign:{campaign_id}"


def settle_key(campaign_id: CampaignId) -> str:
    """Return the key of the timer that ends a campaign's acceptance window."""
    return f"settle_campaign:{campaign_id}"


def confirm(campaign: Campaign, decision: Explanation, uow: CampaignUnitOfWork) -> Outcome:
    """Form the group.

    The timers of the deadline and of unpaid holds stay and will find nothing to do: cancelling them here, with the
    campaign locked, could meet a scheduler that holds the timer and waits for the campaign.
    """
    live = uow.commitments.live(campaign.campaign_id)
    return record(closing.confirm(campaign, live, decision, uow.clock.now()), uow)


def close_campaign(command: CloseCampaign, uow: CampaignUnitOfWork) -> Report:
    """Confirm a tipped campaign before its deadline."""
    command.caller.require(*MANAGERS)
    campaign = lock(command.campaign_id, command.caller, uow)
    require_organiser(campaign, command.caller)
    decision = closing.decide(campaign, uow.clock.now(), asked=True)
    return report(confirm(campaign, decision, uow).campaign, command.caller, uow)


def cancel_campaign(command: CancelCampaign, uow: CampaignUnitOfWork) -> Report:
    """Call a campaign off that is not confirmed yet, and refund everybody."""
    command.caller.require(Role.ORGANISER, Role.COMMUNITY_OPERATOR)
    campaign = lock(command.campaign_id, command.caller, uow)
    require_organiser(campaign, command.caller)
    why = Explanation(Action.CANCEL, f"组织者取消：{command.reason}", f"The organiser cancelled: {command.reason}")
    live = uow.commitments.live(campaign.campaign_id)
    outcome = record(closing.call_off(campaign, live, Action.CANCEL, uow.clock.now(), decision=why), uow)
    return report(outcome.campaign, command.caller, uow)


def deliver_campaign(command: DeliverCampaign, uow: CampaignUnitOfWork) -> Report:
    """Record that the service took place and start the acceptance window."""
    command.caller.require(*MANAGERS, Role.SUPPLIER)
    campaign = lock(command.campaign_id, command.caller, uow)
    live = uow.commitments.live(campaign.campaign_id)
    delivered = record(closing.deliver(campaign, live, uow.clock.now()), uow).campaign
    if delivered.settles_at is not None:
        timer = {"campaign_id": str(delivered.campaign_id)}
        uow.timers.set(settle_key(delivered.campaign_id), delivered.settles_at, "settle_campaign", timer)
    return report(delivered, command.caller, uow)


def on_deadline(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Decide at the deadline; nothing happens when the campaign has been closed or called off before."""
    campaign = uow.campaigns.lock(CampaignId(UUID(payload["campaign_id"])))
    if campaign is None or campaign.state not in JOINING or campaign.deadline is None:
        return
    now = uow.clock.now()
    decision = closing.decide(campaign, now)
    if decision.action == Action.CONFIRM:
        confirm(campaign, decision, uow)
    elif decision.action == Action.FAIL:
        live = uow.commitments.live(campaign.campaign_id)
        record(closing.call_off(campaign, live, Action.FAIL, now, decision=decision), uow)
    else:  # the timer came before its time, as clocks may disagree: it has to come again
        uow.timers.set(close_key(campaign.campaign_id), campaign.deadline, "close_campaign", payload)


def on_accepted(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Settle when the acceptance window is over; nothing happens when that was done before."""
    campaign = uow.campaigns.lock(CampaignId(UUID(payload["campaign_id"])))
    if campaign is None or campaign.state is not State.DELIVERED or campaign.settles_at is None:
        return
    if uow.clock.now() < campaign.settles_at:
        uow.timers.set(settle_key(campaign.campaign_id), campaign.settles_at, "settle_campaign", payload)
        return
    record(closing.settle(campaign, uow.clock.now()), uow)


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {
    "close_campaign": on_deadline,
    "settle_campaign": on_accepted,
}
