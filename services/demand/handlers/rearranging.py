"""Pools split and joined by hand, and kept so: see MERGING.md."""

from collections.abc import Sequence
from uuid import UUID

from services.demand.domain.commands import JoinPools, SplitPool
from services.demand.domain.disclosure import PoolAsSeen, require_sight
from services.demand.domain.errors import (
    CannotJoinError,
    NothingToSplitError,
    PoolNotFoundError,
    SignalNotFoundError,
)
from services.demand.domain.events import PoolsRearranged
from services.demand.domain.merging import POLICY, Misfit, joint_misfit
from services.demand.domain.pins import Pin, PinKind
from services.demand.domain.pool import Pool
from services.demand.domain.signals import Signal
from services.demand.handlers.communities import require_community
from services.demand.handlers.gathering import begin, candidate_of, publish, put_into, regather, release, watch_expiry
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.demand.views import show_pool
from services.kernel.caller import Role
from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId


def split_pool(command: SplitPool, uow: DemandUnitOfWork) -> PoolAsSeen:
    """Take a community's signals, or some of them, out of a pool into one of their own, to which no others come."""
    community_id = _acting_for(command, uow)
    pool = _gathering(command.pool_id, command, uow)
    everybody = uow.signals.of_pool(pool.pool_id)
    chosen = _own(everybody, community_id, command.signal_ids)
    if len(chosen) == len(everybody):
        raise NothingToSplitError("nobody else is in the pool", state=str(pool.state))
    leaving = release(chosen, uow)
    regather(pool, uow)
    if not leaving:
        return show_pool(pool, command.caller, uow)
    made = begin(leaving, uow)
    _pin(leaving, made, PinKind.APART, command, uow)
    publish([PoolsRearranged(made, "split", None)], uow)
    return show_pool(made, command.caller, uow)


def join_pools(command: JoinPools, uow: DemandUnitOfWork) -> PoolAsSeen:
    """Move a community's signals from one gathering pool into another, where they then stay.

    Raises ``CannotJoinError`` with the reason where one delivery cannot serve them and those who are there.
    """
    community_id = _acting_for(command, uow)
    if command.into_pool_id == command.pool_id:
        raise InvalidError("into_pool_id", "is the pool itself", "another pool")
    source = require_sight(uow.pools.find(command.pool_id), command.caller)
    target = uow.pools.find(command.into_pool_id)
    for partition in sorted({source.partition, *([target.partition] if target else [])}):
        uow.pools.lock_partition(partition)
    source = _gathering(command.pool_id, command, uow)
    target = _open_target(command.into_pool_id, community_id, uow)
    moving = _own(uow.signals.of_pool(source.pool_id), community_id, command.signal_ids)
    _require_fit(moving, target, uow)
    waiting = release(moving, uow)
    put_into(target, waiting, uow)
    _pin(waiting, target, PinKind.TOGETHER, command, uow)
    regather(source, uow)
    after = regather(target, uow)
    publish([PoolsRearranged(after, "joined", None)], uow)
    return show_pool(after, command.caller, uow)


def _acting_for(command: SplitPool | JoinPools, uow: DemandUnitOfWork) -> CommunityId:
    command.caller.require(Role.ORGANISER, Role.COMMUNITY_OPERATOR)
    community_id = command.community_id or command.caller.community_id
    if community_id is None:
        raise InvalidError("community_id", "is missing", "the community whose signals are meant")
    return require_community(command.caller, community_id, uow, lock="share").community_id


def _gathering(pool_id: UUID, command: SplitPool | JoinPools, uow: DemandUnitOfWork) -> Pool:
    known = require_sight(uow.pools.find(pool_id), command.caller)
    uow.pools.lock_partition(known.partition)
    pool = require_sight(uow.pools.find(pool_id, lock=True), command.caller)
    pool.require_gathering()
    return pool


def _open_target(pool_id: UUID, community_id: CommunityId, uow: DemandUnitOfWork) -> Pool:
    # One that the community takes no part in and may not join is not there for it.
    pool = uow.pools.find(pool_id, lock=True) if uow.pools.find(pool_id) else None
    if pool is None:
        raise PoolNotFoundError("there is no such pool")
    policies = uow.communities.policies({community_id, *pool.present()})
    apart_for = uow.pins.apart_in([pool_id]).get(pool_id, community_id)
    admitted = pool.admits(community_id, policies) and apart_for == community_id
    if not admitted and pool.part_of(community_id) is None:
        raise PoolNotFoundError("there is no such pool")
    pool.require_gathering()
    if not admitted:
        raise CannotJoinError(POLICY["en"], why=POLICY, reason="policy")
    return pool


def _require_fit(moving: Sequence[Signal], target: Pool, uow: DemandUnitOfWork) -> None:
    candidate = candidate_of(target, uow.signals.of_pool(target.pool_id), moving, uow)
    found = joint_misfit(uow.merger, moving, candidate, uow.clock.now())
    if isinstance(found, Misfit):
        raise CannotJoinError(found.plain["en"], why=found.plain, reason=found.kind)


def _own(signals: Sequence[Signal], community_id: UUID, wanted: Sequence[UUID] | None) -> list[Signal]:
    own = {signal.signal_id: signal for signal in signals if signal.community_id == community_id}
    missing = [one for one in wanted or () if one not in own]
    if missing or not own:
        raise SignalNotFoundError("the community has no such signal in the pool")
    return [own[one] for one in dict.fromkeys(wanted)] if wanted else list(own.values())


def _pin(
    signals: Sequence[Signal], pool: Pool, kind: PinKind, command: SplitPool | JoinPools, uow: DemandUnitOfWork
) -> None:
    role, at = str(command.caller.role), uow.clock.now()
    uow.pins.save_many(
        [Pin(one.signal_id, pool.pool_id, one.community_id, kind, role, command.reason, at) for one in signals]
    )
    for signal in signals:
        watch_expiry(signal, uow)
