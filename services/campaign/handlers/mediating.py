"""Mediators: who is one, who gets which case, what they decide, and the deadlines of disputes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.campaign.domain import disputing, mediating
from services.campaign.domain.dispute_commands import DecideDispute, EndMediator, NameMediator, Speak
from services.campaign.domain.dispute_privacy import Case, judge_of
from services.campaign.domain.disputes import IN_MEDIATION, Dispute, DisputeState, Side
from services.campaign.domain.disputing import Turn
from services.campaign.domain.errors import MediatorUnknownError, MemberUnknownError, NotPartyError
from services.campaign.domain.mediating import Named
from services.campaign.domain.model import Campaign
from services.campaign.handlers.executing import close
from services.campaign.handlers.keeping import ADVANCE, case_of, keep, lock_dispute
from services.campaign.handlers.keys import dispute_key, ended_key
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Caller, Role
from services.kernel.ids import DisputeId

Payload = dict[str, Any]
JUDGES = (Role.MEMBER, Role.ORGANISER)


def name_mediator(command: NameMediator, uow: CampaignUnitOfWork) -> Named:
    """Name a member of the operator's community a mediator; naming it again changes nothing."""
    command.caller.require(Role.COMMUNITY_OPERATOR)
    community_id, _ = uow.members.many([command.member_id]).get(command.member_id, (None, None))
    if community_id != command.community_id or not command.caller.sees(community_id):
        raise MemberUnknownError("the member is not known in this community", member_id=str(command.member_id))
    uow.mediators.name(command.member_id, command.community_id, uow.clock.now())
    return _named(command, uow)


def end_mediator(command: EndMediator, uow: CampaignUnitOfWork) -> Named:
    """End a mediator; its open cases go to others at once, by a timer that is due now."""
    command.caller.require(Role.COMMUNITY_OPERATOR)
    _named(command, uow)
    now = uow.clock.now()
    uow.mediators.end(command.member_id, now)
    for dispute in uow.disputes.of_mediator(command.member_id):
        payload = {"dispute_id": str(dispute.dispute_id)}
        uow.timers.set(ended_key(dispute.dispute_id, command.member_id), now, ADVANCE, payload)
    return _named(command, uow)


def _named(command: NameMediator | EndMediator, uow: CampaignUnitOfWork) -> Named:
    found = uow.mediators.find(command.member_id)
    if found is None or found.community_id != command.community_id or not command.caller.sees(found.community_id):
        raise MediatorUnknownError("the community has no such mediator", member_id=str(command.member_id))
    return found


def decide_dispute(command: DecideDispute, uow: CampaignUnitOfWork) -> Case:
    """Decide a case. The first decision waits for an appeal, the second is executed at once."""
    command.caller.require(*JUDGES)
    campaign, dispute = lock_dispute(command.dispute_id, command.caller, uow)
    side = _judge(dispute, command.caller, uow)
    amount = command.amount
    if amount is None:
        amount = mediating.share_of(dispute.claim, command.share_bp or 0)
    turn = mediating.decide(campaign, dispute, side, amount, command.text, uow.clock.now())
    if turn.dispute.state is DisputeState.DECIDED:
        decided = keep(dispute, turn, uow)
    else:
        decided = close(campaign, dispute, turn, amount, uow)
    return case_of(decided, campaign, command.caller, uow)


def decline_case(command: Speak, uow: CampaignUnitOfWork) -> Case:
    """Let a mediator give its case back; it goes to the next."""
    command.caller.require(*JUDGES)
    campaign, dispute = lock_dispute(command.dispute_id, command.caller, uow)
    if _judge(dispute, command.caller, uow) is not Side.MEDIATOR:
        raise NotPartyError("a mediator declines a case", state=str(dispute.state), allowed=[str(Side.MEDIATOR)])
    turn = with_mediator(campaign, mediating.decline(dispute, uow.clock.now()), uow, again=True)
    return case_of(keep(dispute, turn, uow), campaign, command.caller, uow)


def _judge(dispute: Dispute, caller: Caller, uow: CampaignUnitOfWork) -> Side:
    side, mediator = judge_of(dispute, caller), dispute.mediator
    if side is Side.MEDIATOR and mediator is not None and not uow.mediators.is_active(mediator.member_id):
        raise NotPartyError("you are no longer a mediator", state=str(dispute.state), allowed=[str(Side.MEDIATOR)])
    return side


def with_mediator(campaign: Campaign, turn: Turn, uow: CampaignUnitOfWork, *, again: bool = False) -> Turn:
    """Return the turn with the case given to whom it is due, or left to the node operator."""
    dispute, now = turn.dispute, uow.clock.now()
    registered_by = uow.suppliers.registered_by(dispute.supplier_id)
    candidates = uow.mediators.candidates(dispute.supplier_id, now)
    chosen = mediating.choose(dispute, campaign.terms.communities, registered_by, candidates, now)
    return turn.then(mediating.assign(campaign, dispute, chosen, now, again=again))


def on_due(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Let the deadline of a dispute have its effect; nothing happens where the dispute has moved on."""
    found = uow.disputes.find(DisputeId(UUID(payload["dispute_id"])))
    campaign = None if found is None else uow.campaigns.lock(found.campaign_id)
    dispute = None if found is None else uow.disputes.find(found.dispute_id)
    if campaign is None or dispute is None or not dispute.is_open:
        return
    if _has_ended_mediator(dispute, uow):
        turn = with_mediator(campaign, mediating.replace_ended(campaign, dispute), uow, again=True)
        keep(dispute, turn, uow)
    elif dispute.due_at is not None and uow.clock.now() < dispute.due_at:
        uow.timers.set(dispute_key(dispute.dispute_id, dispute.due_at), dispute.due_at, ADVANCE, payload)
    elif dispute.due_at is not None:
        _advance(campaign, dispute, uow)


def _has_ended_mediator(dispute: Dispute, uow: CampaignUnitOfWork) -> bool:
    mediator = dispute.mediator
    return dispute.state in IN_MEDIATION and mediator is not None and not uow.mediators.is_active(mediator.member_id)


def _advance(campaign: Campaign, dispute: Dispute, uow: CampaignUnitOfWork) -> None:
    now = uow.clock.now()
    if dispute.state is DisputeState.DECIDED:
        close(campaign, dispute, Turn(dispute), dispute.decisions[-1].amount, uow)
    elif dispute.state in IN_MEDIATION:
        turn = mediating.pass_on(campaign, dispute, now)
        keep(dispute, with_mediator(campaign, turn, uow, again=True), uow)
    elif dispute.state is DisputeState.OPENED and now < dispute.consent_until:
        keep(dispute, disputing.remind(campaign, dispute, now), uow)
    else:
        keep(dispute, with_mediator(campaign, mediating.escalate(dispute, now), uow), uow)


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {ADVANCE: on_due}
