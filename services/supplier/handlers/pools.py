"""Finding suppliers for pools, at once and again when there is more to find."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.supplier.domain.commands import DissolvePool, MatchReadyPool
from services.supplier.domain.events import PoolUnmatched
from services.supplier.domain.matches import ExpiryReason
from services.supplier.domain.matching import Candidate, Ranking, ReadyPool, rank_offers
from services.supplier.domain.pools import PoolCopy, PoolState
from services.supplier.domain.procedures import Procedure
from services.supplier.handlers.access import publish
from services.supplier.handlers.booking import expire_all, stop_timers
from services.supplier.handlers.procedures import settle
from services.supplier.handlers.ranking import propose, rank_and_lock
from services.supplier.handlers.rounds import await_round
from services.supplier.handlers.tender_access import stop_tender
from services.supplier.handlers.tendering import cancel_tender, seek_bids
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

# After it, news of a campaign that ended before the pool became ready again has reached us too.
NEWS_ARE_HERE = timedelta(minutes=1)


def match_ready_pool(command: MatchReadyPool, uow: SupplierUnitOfWork) -> None:
    """Keep a copy of a pool that is ready, and propose the offers that fit best; older news is ignored."""
    pool = command.pool
    uow.pools.lock_category(pool.category)
    known = uow.pools.find(pool.pool_id, lock=True)
    if known is not None and (known.version >= command.version or known.state is PoolState.DISSOLVED):
        return
    state = PoolState.MATCHED if uow.matches.are_live_for(pool.pool_id) else PoolState.OPEN
    # Decided once: a pool that grows later does not change its way.
    procedure = known.procedure if known else settle(uow, pool)
    copy = PoolCopy(pool.pool_id, command.version, state, pool.category, pool, procedure=procedure)
    uow.pools.save(copy)
    if state is PoolState.OPEN:
        _supply(uow, copy, pool)
    else:
        # Whoever is ready anew while a match is live may know of its end before we do: look again when we know too.
        key, payload = f"pool/{pool.pool_id}/anew", {"pool_id": str(pool.pool_id)}
        uow.timers.set(key, uow.clock.now() + NEWS_ARE_HERE, "match_pool", payload)


def match_pool(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Look again for a supplier when the timer of ``booking.look_again`` fires, if the pool still looks for one."""
    seen = uow.pools.find(UUID(payload["pool_id"]))
    if seen is None:
        return
    uow.pools.lock_category(seen.category)
    copy = uow.pools.find(seen.pool_id, lock=True)
    if copy is not None and copy.is_open and copy.pool is not None:
        _supply(uow, copy, copy.pool)


def dissolve_pool(command: DissolvePool, uow: SupplierUnitOfWork) -> None:
    """Forget a pool, even one whose readiness is still on its way, and free what is held for it."""
    stop_timers(uow, uow.matches.waiting_of_pool(command.pool_id))
    tender = uow.tenders.live_of(command.pool_id)
    if tender is not None:
        stop_tender(uow, tender.tender_id)
    uow.pools.lock_category(command.category)
    known = uow.pools.find(command.pool_id, lock=True)
    unseen = PoolCopy(command.pool_id, command.version, PoolState.DISSOLVED, command.category, None)
    uow.pools.save(known.dissolved(command.version) if known else unseen)
    cancel_tender(uow, command.pool_id)
    expire_all(uow, uow.matches.waiting_of_pool(command.pool_id), ExpiryReason.POOL_DISSOLVED)


def _supply(uow: SupplierUnitOfWork, copy: PoolCopy, pool: ReadyPool) -> None:
    """Go the way of the pool."""
    if copy.procedure is Procedure.DIRECT:
        _match(uow, copy, pool)
    elif copy.procedure is Procedure.TENDER:
        reasons = seek_bids(uow, copy, pool)
        if reasons is not None:
            tell_unmatched(uow, copy, reasons)
    else:
        await_round(uow, copy.category)


def _match(uow: SupplierUnitOfWork, copy: PoolCopy, pool: ReadyPool) -> None:
    left = uow.matches.slots_left(pool.pool_id)

    def rank(candidates: list[Candidate]) -> Ranking:
        return rank_offers(pool, (candidate.without(left) for candidate in candidates), uow.clock.now())

    best, ranking = rank_and_lock(uow, pool.category, uow.policy.matches_per_pool, rank)
    for number, fit in enumerate(best, start=1):
        propose(uow, fit, pool_id=pool.pool_id, rank=number)
    if best:
        uow.pools.save(copy.matched())
    else:
        tell_unmatched(uow, copy, ranking.reasons)


def tell_unmatched(uow: SupplierUnitOfWork, copy: PoolCopy, reasons: Mapping[str, int]) -> None:
    """Keep why no offer is held for a pool, and tell it where that is news."""
    if reasons != copy.reasons:
        uow.pools.save(copy.unmatched(reasons))
        publish(uow, PoolUnmatched(copy.pool_id, reasons))
