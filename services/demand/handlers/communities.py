"""Communities and their members."""

from uuid import UUID

from services.demand.domain.commands import AddMember, ChangeCommunity, ChangeMember, RegisterCommunity
from services.demand.domain.consenting import MergePolicy
from services.demand.domain.errors import CommunityNotFoundError, MemberNotFoundError, OnlyYourselfError
from services.demand.domain.model import Community, Member
from services.demand.domain.pool import Pool
from services.demand.handlers.gathering import gather_all, publish, regather, release
from services.demand.handlers.recognising import recognise_all, recognised
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.caller import Caller, Role
from services.kernel.ids import CommunityId, MemberId, new_id

MANAGERS = (Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.PARTNER)


def register_community(command: RegisterCommunity, uow: DemandUnitOfWork) -> Community:
    """Let a community join the node."""
    command.caller.require(Role.NODE_OPERATOR)
    community, happened = Community(
        community_id=CommunityId(new_id()),
        name=command.name,
        kind=command.kind,
        place=command.place,
        time_zone=command.time_zone,
        locale=command.locale,
        merge_policy=command.merge_policy,
        merge_rules=command.merge_rules,
        consent_hours=command.consent_hours,
        silence=command.silence,
        recognise=command.recognise,
        keep_raw=command.keep_raw,
        version=1,
        created_at=uow.clock.now(),
    ).registered()
    uow.communities.save(community)
    publish(happened, uow)
    return community


def require_community(caller: Caller, community_id: UUID, uow: DemandUnitOfWork, lock: str | None = None) -> Community:
    """Return a community that the caller may know of; raise ``CommunityNotFoundError`` otherwise."""
    found = uow.communities.find(community_id, lock) if caller.sees(community_id) else None
    if found is None:
        raise CommunityNotFoundError("there is no such community")
    return found


def change_community(command: ChangeCommunity, uow: DemandUnitOfWork) -> Community:
    """Edit a community; another merge policy or rule also holds for the pools that gather now."""
    command.caller.require(Role.COMMUNITY_OPERATOR)
    before = require_community(command.caller, command.community_id, uow, lock="update")
    after, happened = before.changed(dict(command.changes), command.expected_version)
    uow.communities.save(after)
    publish(happened, uow)
    if after.recognise is not before.recognise:
        recognise_all(after, uow)
    if _sharing(after) != _sharing(before):
        _apply_policy(after, uow)
    return after


def _sharing(one: Community) -> tuple[object, ...]:
    return one.merge_policy, one.merge_rules, one.recognise


def _apply_policy(community: Community, uow: DemandUnitOfWork) -> None:
    # Who places a signal shares the lock of its community, so no new partition can turn up meanwhile. Partitions are
    # locked in one order by everybody who locks several.
    for partition in sorted(uow.signals.partitions(community.community_id)):
        uow.pools.lock_partition(partition)
        for pool in uow.pools.gathering(partition, community.community_id):
            _apply_policy_to(pool, community, uow)


def _apply_policy_to(pool: Pool, community: Community, uow: DemandUnitOfWork) -> None:
    others = pool.present() - {community.community_id}
    leaving = []
    if community.terms.strictest(pool.category, others) is MergePolicy.NEVER:
        signals = uow.signals.of_pool(pool.pool_id)
        leaving = release((one for one in signals if one.community_id == community.community_id), uow)
    regather(pool, uow)
    gather_all(leaving, uow)


def add_member(command: AddMember, uow: DemandUnitOfWork) -> Member:
    """Add a person or household to a community."""
    command.caller.require(*MANAGERS)
    community = require_community(command.caller, command.community_id, uow)
    member, happened = Member(
        member_id=MemberId(new_id()),
        community_id=community.community_id,
        name=command.name,
        roles=command.roles,
        contact=command.contact,
        household=command.household,
        version=1,
        created_at=uow.clock.now(),
    ).joined()
    uow.members.save(recognised(member, community, uow))
    publish(happened, uow)
    return member


def change_member(command: ChangeMember, uow: DemandUnitOfWork) -> Member:
    """Edit a member. A plain member edits only itself, and not its roles."""
    caller = command.caller
    caller.require(*MANAGERS, Role.MEMBER)
    before = uow.members.find(command.member_id, lock=True)
    if before is None or before.community_id != command.community_id or not caller.sees(before.community_id):
        raise MemberNotFoundError("there is no such member")
    if not caller.manages and (caller.member_id != before.member_id or "roles" in command.changes):
        raise OnlyYourselfError("a member edits only itself, and not its roles")
    after, happened = before.changed(dict(command.changes), command.expected_version)
    uow.members.save(recognised(after, require_community(caller, after.community_id, uow), uow))
    publish(happened, uow)
    return after
