"""Pools: consent, and the end of gathering."""

from typing import Any
from uuid import UUID

from services.demand.domain.asking import overdue
from services.demand.domain.commands import AnswerConsent, ReadyPool
from services.demand.domain.disclosure import PoolAsSeen, require_sight
from services.demand.domain.pool import Pool, PoolState
from services.demand.domain.sharing import Consent
from services.demand.handlers.communities import require_community
from services.demand.handlers.gathering import (
    derive,
    forget_gathering,
    gather_all,
    locked_pool,
    publish,
    regather,
    release,
)
from services.demand.handlers.telling import visible_in
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.demand.views import show_pool
from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId


def answer_consent(command: AnswerConsent, uow: DemandUnitOfWork) -> PoolAsSeen:
    """Say whether a community shares a pool; the signals of one that refuses leave for a pool of its own at once."""
    command.caller.require(Role.ORGANISER, Role.COMMUNITY_OPERATOR)
    community_id = command.community_id or command.caller.community_id
    if community_id is None:
        raise InvalidError("community_id", "is missing", "the community that answers")
    require_community(command.caller, community_id, uow)
    before = _visible_for_update(command.pool_id, command.caller, uow)
    may = uow.communities.policies([community_id])[CommunityId(community_id)].may_ask(before.category)
    answered = before.answered(CommunityId(community_id), command.decision, visible_in(before, uow), may=may)
    after = before if answered == before else _decide(before, answered, community_id, uow)
    return show_pool(after, command.caller, uow)


def _decide(before: Pool, answered: Pool, community_id: UUID, uow: DemandUnitOfWork) -> Pool:
    leaving = []
    part = answered.part_of(community_id)
    if part is not None and part.consent is Consent.REFUSED:
        signals = uow.signals.of_pool(before.pool_id)
        leaving = release((signal for signal in signals if signal.community_id == community_id), uow)
    after = _regathered(before, answered, uow)
    gather_all(leaving, uow, alone=True)
    return after


def settle_consent(payload: dict[str, Any], uow: DemandUnitOfWork) -> None:
    """Let silence decide for every community of a pool that was asked and has not answered in time."""
    if uow.pools.find(UUID(payload["pool_id"])) is not None:
        _settle(locked_pool(UUID(payload["pool_id"]), uow), uow)


def _settle(pool: Pool, uow: DemandUnitOfWork) -> Pool:
    if pool.state is not PoolState.GATHERING:
        return pool
    silent = overdue(pool, uow.clock.now())
    policies, visible = uow.communities.policies(silent), visible_in(pool, uow)
    for community_id in silent:
        # Once all have left there is nothing more to decide.
        if pool.state is PoolState.GATHERING:
            answered = pool.answered(community_id, policies[community_id].silence, visible, silent=True)
            pool = _decide(pool, answered, community_id, uow)
    return pool


def _regathered(before: Pool, answered: Pool, uow: DemandUnitOfWork) -> Pool:
    # An answer is itself a change, even where what the pool has in common stays as it was.
    after = regather(answered, uow)
    if after.version > before.version:
        return after
    changed, happened = after.consented()
    uow.pools.save(changed)
    publish(happened, uow)
    return changed


def _visible_for_update(pool_id: UUID, caller: Caller, uow: DemandUnitOfWork) -> Pool:
    known = require_sight(uow.pools.find(pool_id), caller)
    uow.pools.lock_partition(known.partition)
    return require_sight(uow.pools.find(pool_id, lock=True), caller)


def ready_pool(command: ReadyPool, uow: DemandUnitOfWork) -> PoolAsSeen:
    """End the gathering of a pool before its time, in the name of a community that counts in it."""
    caller = command.caller
    caller.require(Role.ORGANISER, Role.COMMUNITY_OPERATOR)
    pool = _visible_for_update(command.pool_id, caller, uow)
    pool.require_gathering()
    if not caller.is_node_operator and caller.community_id is not None:
        pool.require_voice(caller.community_id)
    return show_pool(_make_ready(pool, uow, caller.community_id), caller, uow)


def ready_pool_in_time(payload: dict[str, Any], uow: DemandUnitOfWork) -> None:
    """End the gathering of a pool whose time has come, unless it has ended already."""
    known = uow.pools.find(UUID(payload["pool_id"]))
    if known is None:
        return
    uow.pools.lock_partition(known.partition)
    pool = uow.pools.find(known.pool_id, lock=True)
    if pool is not None and pool.state is PoolState.GATHERING:
        # A question is open at most until now. Its timer may come after this one.
        settled = _settle(pool, uow)
        if settled.state is PoolState.GATHERING:
            _make_ready(settled, uow)


def _make_ready(pool: Pool, uow: DemandUnitOfWork, voice: UUID | None = None) -> Pool:
    signals, staying = uow.signals.of_pool(pool.pool_id), pool.staying(voice)
    leaving = release((signal for signal in signals if signal.community_id not in staying), uow)
    # Whoever leaves is not told of twice: that the pool is ready says also who is in it.
    decided, _ = derive(pool, [signal for signal in signals if signal.community_id in staying], uow)
    ready, happened = decided.readied()
    uow.pools.save(ready)
    forget_gathering(pool.pool_id, uow)
    publish(happened, uow)
    gather_all(leaving, uow, alone=True)
    return ready
