"""Delivering: sessions are held or cancelled, members are reminded of them, and the end pays for what was held."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.campaign.domain import completing, delivering, session_notices, sessions
from services.campaign.domain.commands import DeliverCampaign
from services.campaign.domain.delivery_commands import CancelSession, HoldSession
from services.campaign.domain.delivery_reports import Schedule
from services.campaign.domain.lifecycle import Action
from services.campaign.domain.model import Campaign, Standing, State
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.privacy import MANAGERS
from services.campaign.domain.reporting import Report
from services.campaign.domain.sessions import REMIND_BEFORE, Reason
from services.campaign.handlers.ending import covers_of, end
from services.campaign.handlers.keys import remind_key, settle_key
from services.campaign.handlers.recording import lock, record, report, require_organiser
from services.campaign.storage.facts import crowd_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role
from services.kernel.errors import InvalidError
from services.kernel.ids import CampaignId

Payload = dict[str, Any]


def hold_session(command: HoldSession, uow: CampaignUnitOfWork) -> Schedule:
    """Record that a session took place and release its part."""
    command.caller.require(*MANAGERS, Role.SUPPLIER)
    campaign = lock(command.campaign_id, command.caller, uow)
    session = sessions.find(uow.sessions.of(campaign.campaign_id), command.number)
    held = record(delivering.hold(campaign, session, crowd_of(campaign, uow), uow.clock.now()), uow)
    return schedule(held.campaign, uow)


def cancel_session(command: CancelSession, uow: CampaignUnitOfWork) -> Schedule:
    """Record that a session does not take place; the campaign ends with the last of them if none was held.

    That is for the community that opened the campaign to say, and for the supplier.
    """
    command.caller.require(*MANAGERS, Role.SUPPLIER)
    campaign = lock(command.campaign_id, command.caller, uow)
    _require_word(command, campaign)
    planned, crowd = uow.sessions.of(campaign.campaign_id), crowd_of(campaign, uow)
    cancelled = delivering.cancel(campaign, planned, command.number, command.reason, crowd, uow.clock.now())
    campaign = record(cancelled, uow).campaign
    if sessions.nothing_left(uow.sessions.of(campaign.campaign_id)):
        campaign = _abandon(campaign, command.reason, uow).campaign
    return schedule(campaign, uow)


def _require_word(command: CancelSession, campaign: Campaign) -> None:
    if command.caller.supplier_id is None:
        require_organiser(campaign, command.caller)
    elif command.reason is Reason.ORGANISER:
        raise InvalidError("reason", "is not a supplier's to say", "weather, illness or supplier")


def _abandon(campaign: Campaign, reason: Reason, uow: CampaignUnitOfWork) -> Outcome:
    """End a campaign of which nothing took place: everybody gets everything back."""
    why = delivering.why_nothing(reason)
    return end(campaign, Action.ABANDON, uow, reason=str(reason), decision=why)


def deliver_campaign(command: DeliverCampaign, uow: CampaignUnitOfWork) -> Report:
    """End the delivery, give back what was not held, and start the acceptance window."""
    command.caller.require(*MANAGERS, Role.SUPPLIER)
    campaign = lock(command.campaign_id, command.caller, uow)
    now, crowd = uow.clock.now(), crowd_of(campaign, uow)
    decided = sessions.close(uow.sessions.of(campaign.campaign_id), now)
    served = [one for one in crowd.live if one.state is Standing.PAID]
    missed = uow.attendance.register(campaign.campaign_id).no_shows(served, decided)
    done = completing.deliver(campaign, decided, crowd, covers_of(campaign, uow), missed, now)
    delivered = record(done.outcome, uow).campaign
    uow.attendance.settle(done.accounts)
    if delivered.settles_at is not None:
        timer = {"campaign_id": str(delivered.campaign_id)}
        uow.timers.set(settle_key(delivered.campaign_id), delivered.settles_at, "settle_campaign", timer)
    return report(delivered, command.caller, uow)


def schedule(campaign: Campaign, uow: CampaignUnitOfWork) -> Schedule:
    """Return the sessions of a campaign as they are now."""
    return Schedule(campaign, uow.sessions.of(campaign.campaign_id))


def on_remind(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Remind of a session a day before it; late is better than not at all, and after its start there is no use."""
    campaign = uow.campaigns.lock(CampaignId(UUID(payload["campaign_id"])))
    if campaign is None or campaign.state not in (State.CONFIRMED, State.DELIVERING):
        return
    session = next((one for one in uow.sessions.of(campaign.campaign_id) if one.number == payload["session"]), None)
    now = uow.clock.now()
    if session is None or not session.is_planned or now >= session.span.start:
        return
    due = session.span.start - REMIND_BEFORE
    if now < due:  # it was moved, or the timer came too early
        uow.timers.set(remind_key(campaign.campaign_id, session.number), due, "remind_session", payload)
        return
    told = [one for one in uow.commitments.live(campaign.campaign_id) if one.state is Standing.PAID]
    notices = tuple(session_notices.reminded(campaign, one, session) for one in told)
    record(Outcome(campaign, notices=notices, light=True), uow)


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {"remind_session": on_remind}
