"""How campaigns end: closed early, at the deadline, called off, settled. The timers come here too."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.campaign.domain import closing, ledger, sessions
from services.campaign.domain.commands import CancelCampaign, CloseCampaign
from services.campaign.domain.counting import is_full
from services.campaign.domain.ledger import Phase, Transfer
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import FORMED, JOINING, Campaign, Explanation, State
from services.campaign.domain.orders import new_order
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.outlook import (
    CAPTURE,
    CONFIRM,
    EXTEND,
    FAIL,
    FORMS,
    WAIT,
    Facts,
    Outlook,
    decide,
    grace_end,
)
from services.campaign.domain.privacy import MANAGERS
from services.campaign.domain.reporting import Report
from services.campaign.domain.rules import Bearer
from services.campaign.handlers.keeping import call_off_disputes
from services.campaign.handlers.keys import close_key, settle_key
from services.campaign.handlers.recording import lock, record, report, require_organiser
from services.campaign.providers.port import Kind
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
    """Confirm a tipped campaign before its deadline."""
    command.caller.require(*MANAGERS)
    campaign = lock(command.campaign_id, command.caller, uow)
    require_organiser(campaign, command.caller)
    now = uow.clock.now()
    if campaign.state not in JOINING:
        step(campaign, Action.CONFIRM, now)  # which refuses, with the state
    facts = facts_of(campaign, uow)
    seen = decide(campaign, facts, now, asked=True)
    if seen.action == CAPTURE:
        return report(_take_authorised(campaign, facts, uow), command.caller, uow)
    if seen.action != CONFIRM:
        step(campaign, Action.CONFIRM, now)
    return report(confirm(campaign, seen, uow).campaign, command.caller, uow)


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
    """End a campaign without a group: everybody is refunded, and what funds set aside is theirs again."""
    crowd, now = crowd_of(campaign, uow), uow.clock.now()
    outcome = record(closing.call_off(campaign, crowd, action, now, reason=reason, decision=decision), uow)
    uow.ledger.post([ledger.ending(cover, Phase.VOID) for cover in covers_of(campaign, uow)])
    if campaign.state in FORMED:
        planned = uow.sessions.of(campaign.campaign_id)
        uow.sessions.save(sessions.call_off(planned, outcome.campaign.reason, now))
        call_off_disputes(outcome.campaign, uow)
    return outcome


def covers_of(campaign: Campaign, uow: CampaignUnitOfWork) -> list[Transfer]:
    """Return what common funds have set aside for a tier that drop-outs lost."""
    if campaign.rules.tier_loss.bearer is not Bearer.FUND:
        return []
    return [transfer for transfer in uow.ledger.pending(campaign.campaign_id) if transfer.kind == "cover"]


def on_deadline(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Decide at the deadline; nothing happens when the campaign has been closed or called off before."""
    campaign = uow.campaigns.lock(CampaignId(UUID(payload["campaign_id"])))
    if campaign is not None and campaign.state in JOINING and campaign.deadline is not None:
        _close(campaign, payload, uow)


def close_if_due(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Go on with a campaign after the outcome of a payment became known: it may be full, or have waited for that."""
    due = campaign.deadline is not None and uow.clock.now() >= campaign.deadline
    if is_full(campaign) or due or campaign.closing_at is not None:
        _close(campaign, {"campaign_id": str(campaign.campaign_id)}, uow)


def _close(campaign: Campaign, payload: Payload, uow: CampaignUnitOfWork) -> None:
    now, early = uow.clock.now(), campaign.closing_at is not None
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
    return record(closing.settle(campaign, holders, covers, uow.clock.now(), in_flight=in_flight), uow)


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {
    "close_campaign": on_deadline,
    "settle_campaign": on_accepted,
}
