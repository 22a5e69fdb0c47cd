"""Asking members to join, which the fatigue guard of the reputation service decides.

The question goes out as ``invitations_asked.v1`` and comes back as ``invitations_decided.v1`` of the same ``round_id``.
An answer that comes twice, or to a question that was put again in the meantime, finds nothing that waits for it. What
members have answered travels with the next question of their community: that is when the guard needs it, and a join
costs nothing more for it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from services.campaign.domain.errors import InvitationUnknownError, WrongStateError
from services.campaign.domain.inviting import (
    CAMPAIGN_OVER,
    MOST_MEMBERS,
    PASSING,
    Decision,
    Invitation,
    InvitationState,
    can_be_asked,
)
from services.campaign.domain.inviting_commands import DeclineInvitation, InviteMembers, TakeDecisions
from services.campaign.domain.model import JOINING, Campaign
from services.campaign.domain.privacy import MANAGERS, known
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role
from services.kernel.errors import InvalidError
from services.kernel.ids import CampaignId, CommunityId, MemberId, new_id

ASK_AGAIN = "ask_invitations_again"


def invite_members(command: InviteMembers, uow: CampaignUnitOfWork) -> tuple[CampaignId, UUID | None, int, int]:
    """Put the question to the guard; return the campaign, the question, about how many, and how many were left out."""
    command.caller.require(*MANAGERS)
    campaign = known(uow.campaigns.find(command.campaign_id), command.caller)
    community_id = _community(command, campaign)
    _require_joining(campaign, uow.clock.now())
    wanted = _wanted(command, community_id, uow)
    round_id, asked = _ask(campaign.campaign_id, community_id, wanted, uow)
    return campaign.campaign_id, round_id, asked, len(wanted) - asked


def take_decisions(command: TakeDecisions, uow: CampaignUnitOfWork) -> None:
    """Take the guard's answer: invite those who may be asked, and keep why the others are not."""
    waiting = {one.member_id: one for one in uow.invitations.lock_round(command.round_id)}
    if not waiting:
        return
    now = uow.clock.now()
    campaign = uow.campaigns.find(command.campaign_id)
    over = campaign is None or not _is_joining(campaign, now)
    decided = [
        waiting[one.member_id].decide(_closed(one) if over else one, now)
        for one in command.decisions
        if one.member_id in waiting
    ]
    uow.invitations.save(decided)
    invited = [one for one in decided if one.state is InvitationState.INVITED]
    if invited:
        uow.outbox.add("members_invited.v1", command.round_id, _told(invited))
    if not over:
        _ask_when_it_passes(decided, campaign, uow)


def decline_invitation(command: DeclineInvitation, uow: CampaignUnitOfWork) -> Invitation:
    """Say no to an invitation: its member, or who manages its community."""
    caller = command.caller
    caller.require(Role.MEMBER, *MANAGERS)
    found = uow.invitations.lock(command.invitation_id)
    own = found is not None and (caller.role is not Role.MEMBER or caller.member_id == found.member_id)
    if found is None or not own or not caller.sees(found.community_id) or found.invited_at is None:
        raise InvitationUnknownError("there is no such invitation")
    declined = found.decline(uow.clock.now())
    uow.invitations.save([declined])
    return declined


def ask_again(payload: dict[str, Any], uow: CampaignUnitOfWork) -> None:
    """Ask once more about those whom only quiet hours or days held back, now that these are over."""
    campaign_id, community_id = CampaignId(UUID(payload["campaign_id"])), CommunityId(UUID(payload["community_id"]))
    campaign, now = uow.campaigns.find(campaign_id), uow.clock.now()
    if campaign is None or not _is_joining(campaign, now):
        return
    found = uow.invitations.lock_of(campaign_id, community_id)
    passed = [one.member_id for one in found.values() if _passes(one) and one.not_before <= now]
    _ask(campaign_id, community_id, passed, uow)


TIMERS = {ASK_AGAIN: ask_again}


def _ask(
    campaign_id: CampaignId, community_id: CommunityId, member_ids: Iterable[MemberId], uow: CampaignUnitOfWork
) -> tuple[UUID | None, int]:
    """Ask the guard about those who have not answered yet; return the question, and about how many it is."""
    now, round_id = uow.clock.now(), new_id()
    before = uow.invitations.lock_of(campaign_id, community_id)
    joined = uow.invitations.joined(campaign_id, community_id)
    asked = []
    for member_id in member_ids:
        invitation = before.get(member_id)
        if member_id in joined or not can_be_asked(invitation):
            continue
        fresh = Invitation(new_id(), round_id, campaign_id, community_id, member_id, InvitationState.ASKING, now)
        asked.append(fresh if invitation is None else invitation.ask_again(round_id, now))
    if not asked:
        return None, 0
    uow.invitations.save(asked)
    answered = uow.invitations.tell_answers(community_id)
    payload = {
        "round_id": str(round_id),
        "campaign_id": str(campaign_id),
        "community_id": str(community_id),
        "member_ids": [str(one.member_id) for one in asked],
        "answered": [{"campaign_id": str(one), "member_id": str(other)} for one, other in answered],
    }
    # Of one community's questions each tells what was answered before it: its subject keeps them in their order.
    uow.outbox.add("invitations_asked.v1", community_id, payload)
    return round_id, len(asked)


def _wanted(command: InviteMembers, community_id: CommunityId, uow: CampaignUnitOfWork) -> list[MemberId]:
    everybody = uow.invitations.members_of(community_id)
    if command.member_ids is None:
        wanted = everybody
    else:
        of_it = set(everybody)
        for index, member_id in enumerate(command.member_ids):
            if member_id not in of_it:
                raise InvalidError(f"member_ids.{index}", "is no member of the community", "members of this community")
        wanted = list(dict.fromkeys(command.member_ids))
    if len(wanted) > MOST_MEMBERS:
        raise InvalidError("member_ids", f"are {len(wanted)}", f"at most {MOST_MEMBERS} members at once")
    return wanted


def _community(command: InviteMembers, campaign: Campaign) -> CommunityId:
    """Return whose members are asked: the caller's own; the node operator says whose."""
    community_id = command.caller.community_id or command.community_id
    if community_id is None or community_id not in campaign.terms.communities:
        raise InvalidError("community_id", "is not one of the campaign's", "a community that takes part in it")
    return community_id


def _require_joining(campaign: Campaign, now: datetime) -> None:
    if not _is_joining(campaign, now):
        raise WrongStateError("nobody can join the campaign now", state=str(campaign.state))


def _is_joining(campaign: Campaign, now: datetime) -> bool:
    return campaign.state in JOINING and campaign.deadline is not None and now < campaign.deadline


def _closed(decision: Decision) -> Decision:
    return Decision(decision.member_id, allowed=False, why=CAMPAIGN_OVER)


def _passes(invitation: Invitation) -> bool:
    held = invitation.state is InvitationState.HELD_BACK and invitation.not_before is not None
    return held and invitation.why is not None and invitation.why["code"] in PASSING


def _ask_when_it_passes(decided: list[Invitation], campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    passing = [one for one in decided if _passes(one) and one.not_before < campaign.deadline]
    if passing:
        due_at, one = max(one.not_before for one in passing), passing[0]
        payload = {"campaign_id": str(one.campaign_id), "community_id": str(one.community_id)}
        uow.timers.set(f"{ASK_AGAIN}:{one.campaign_id}:{one.community_id}", due_at, ASK_AGAIN, payload)


def _told(invited: list[Invitation]) -> dict[str, Any]:
    first = invited[0]
    return {
        "campaign_id": str(first.campaign_id),
        "community_id": str(first.community_id),
        "member_ids": [str(one.member_id) for one in invited],
    }
