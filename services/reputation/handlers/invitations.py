"""The fatigue guard at work: who may be asked, and what members and communities wish."""

from typing import Any
from zoneinfo import ZoneInfo

from services.kernel.caller import Role
from services.reputation import outbound
from services.reputation.domain.people.commands import DecideInvitations, SetFatiguePolicy, SetQuiet
from services.reputation.domain.people.errors import CommunityUnknownError, MemberUnknownError
from services.reputation.domain.people.fatigue import Guard
from services.reputation.domain.people.fatigue_policy import FatiguePolicy, policy_from, policy_to
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def decide_invitations(command: DecideInvitations, uow: ReputationUnitOfWork) -> None:
    """Decide for each member whether it is asked now, note those who are, and answer the campaign service.

    The community's row is locked first, so of two campaigns that ask at once the second sees whom the first asks. A
    community that is not known yet is an error, and the question comes again.
    """
    time_zone = uow.people.time_zone(command.community_id)
    if time_zone is None:
        raise CommunityUnknownError("the community is not known yet")
    kept, _ = uow.askings.lock_policy(command.community_id)
    now = uow.clock.now()
    uow.askings.note_answers(command.community_id, command.answered)
    rounds = tuple(uow.askings.rounds(command.community_id, now))
    guard = Guard(policy_from(kept), ZoneInfo(time_zone), rounds)
    histories = uow.askings.histories(command.member_ids, now)
    decisions = {one: guard.decide(histories[one], command.campaign_id, now) for one in command.member_ids}
    asked = [member_id for member_id, decision in decisions.items() if decision.allowed]
    if asked:
        uow.askings.add(command.round_id, command.community_id, command.campaign_id, asked, now)
    uow.outbox.add("invitations_decided.v1", command.round_id, outbound.invitations_decided(command, decisions))


def set_fatigue_policy(command: SetFatiguePolicy, uow: ReputationUnitOfWork) -> tuple[FatiguePolicy, int]:
    """Change how often members may be asked; it holds from the next question on."""
    command.caller.require(Role.ORGANISER, Role.COMMUNITY_OPERATOR)
    if not command.caller.sees(command.community_id):
        raise CommunityUnknownError("there is no such community")
    kept, version = uow.askings.lock_policy(command.community_id)
    merged: dict[str, Any] = {**kept, **command.changes}
    policy = policy_from(merged)
    uow.askings.save_policy(command.community_id, policy_to(policy), version + 1)
    return policy, version + 1


def set_quiet(command: SetQuiet, uow: ReputationUnitOfWork) -> SetQuiet:
    """Keep a member's wish to be left in peace: its own, or said to those who manage its community."""
    caller = command.caller
    caller.require(Role.MEMBER, Role.ORGANISER, Role.COMMUNITY_OPERATOR)
    community_id = uow.people.community_of(command.member_id)
    own = caller.role is not Role.MEMBER or caller.member_id == command.member_id
    if community_id is None or not caller.sees(community_id) or not own:
        raise MemberUnknownError("there is no such member")
    uow.askings.set_quiet(command.member_id, community_id, command.until)
    return command
