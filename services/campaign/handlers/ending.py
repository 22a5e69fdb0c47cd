"""How campaigns end: confirmed, called off, settled. What leads to a close is in closing.py."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.campaign.domain import closing, ledger, sessions
from services.campaign.domain.commands import CancelCampaign
from services.campaign.domain.ends import with_ends
from services.campaign.domain.ledger import Phase, Transfer
from services.campaign.domain.lifecycle import Action
from services.campaign.domain.model import FORMED, Campaign, Explanation, State
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.outlook import Outlook, decide
from services.campaign.domain.reporting import Report
from services.campaign.domain.rules import Bearer
from services.campaign.handlers.inquiring import wake
from services.campaign.handlers.keeping import call_off_disputes
from services.campaign.handlers.keys import settle_key
from services.campaign.handlers.recording import lock, record, report, require_organiser
from services.campaign.storage.facts import crowd_of, facts_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role
from services.kernel.ids import CampaignId

Payload = dict[str, Any]


def confirm(campaign: Campaign, seen: Outlook, uow: CampaignUnitOfWork) -> Outcome:
    """Form the group.

    The timers of the deadline and of unpaid holds stay and will find nothing to do: cancelling them here, with the
    campaign locked, could meet a scheduler that holds the timer and waits for the campaign.
    """
    return record(closing.confirm(campaign, crowd_of(campaign, uow), seen, uow.clock.now()), uow)


def confirm_full(campaign: Campaign, uow: CampaignUnitOfWork) -> Outcome:
    """Form the group because it is full."""
    return confirm(campaign, decide(campaign, facts_of(campaign, uow), uow.clock.now()), uow)


def cancel_campaign(command: CancelCampaign, uow: CampaignUnitOfWork) -> Report:
    """Call a campaign off and refund everybody; a group that was formed only for the weather."""
    command.caller.require(Role.ORGANISER, Role.COMMUNITY_OPERATOR)
    campaign = lock(command.campaign_id, command.caller, uow)
    require_organiser(campaign, command.caller)
    weather = command.cause == "weather"
    action = Action.CALL_OFF if weather and campaign.state is State.CONFIRMED else Action.CANCEL
    zh, en = ("因天气取消", "Called off for the weather") if weather else ("组织者取消", "The organiser cancelled")
    why = Explanation(Action.CANCEL, f"{zh}：{command.reason}", f"{en}: {command.reason}")
    outcome = end(campaign, action, uow, decision=why, reason="weather" if weather else None)
    return report(outcome.campaign, command.caller, uow)


def end(
    campaign: Campaign,
    action: Action,
    uow: CampaignUnitOfWork,
    *,
    reason: str | None = None,
    decision: Explanation | None = None,
) -> Outcome:
    """End a campaign without a group: everybody is refunded, and what funds set aside is theirs again.

    What members are asked, here or about moving here, is concluded right after it.
    """
    crowd, now = crowd_of(campaign, uow), uow.clock.now()
    outcome = record(closing.call_off(campaign, crowd, action, now, reason=reason, decision=decision), uow)
    uow.ledger.post([ledger.ending(cover, Phase.VOID) for cover in covers_of(campaign, uow)])
    if campaign.state in FORMED:
        planned = uow.sessions.of(campaign.campaign_id)
        uow.sessions.save(sessions.call_off(planned, outcome.campaign.reason, now))
        call_off_disputes(outcome.campaign, uow)
    wake(campaign, uow)
    return outcome


def covers_of(campaign: Campaign, uow: CampaignUnitOfWork) -> list[Transfer]:
    """Return what common funds have set aside for a tier that drop-outs lost."""
    if campaign.rules.tier_loss.bearer is not Bearer.FUND:
        return []
    return [transfer for transfer in uow.ledger.pending(campaign.campaign_id) if transfer.kind == "cover"]


def on_accepted(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Settle when the acceptance window is over; nothing happens when that was done before."""
    campaign = uow.campaigns.lock(CampaignId(UUID(payload["campaign_id"])))
    if campaign is None or campaign.state is not State.DELIVERED or campaign.settles_at is None:
        return
    if uow.clock.now() < campaign.settles_at:
        uow.timers.set(settle_key(campaign.campaign_id), campaign.settles_at, "settle_campaign", payload)
        return
    settle(campaign, uow)


def settle_if_due(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Settle a delivered campaign that waited for a provider or for a dispute, if its acceptance window is over."""
    if campaign.settles_at is not None and uow.clock.now() >= campaign.settles_at:
        settle(campaign, uow)


def settle(campaign: Campaign, uow: CampaignUnitOfWork) -> Outcome:
    """Release all that nothing holds back; the campaign is settled when that is everything."""
    holders = uow.commitments.holders(campaign.campaign_id)
    covers = [ledger.ending(cover, Phase.POST) for cover in covers_of(campaign, uow)]
    in_flight = uow.orders.any_open(campaign.campaign_id)
    outcome = closing.settle(campaign, holders, covers, uow.clock.now(), in_flight=in_flight)
    if outcome.campaign.state is State.SETTLED:
        key = campaign.campaign_id
        outcome = with_ends(outcome, uow.commitments.served(key), uow.disputes.closed_in(key))
    return record(outcome, uow)


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {"settle_campaign": on_accepted}
