"""Finding suppliers for pools, at once and again when there is more to find."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kernel.ids import new_id
from services.supplier.domain.commands import DissolvePool, MatchReadyPool
from services.supplier.domain.events import PoolUnmatched
from services.supplier.domain.matches import ExpiryReason, Match, MatchState
from services.supplier.domain.matching import Candidate, Fit, Ranking, ReadyPool, rank_offers
from services.supplier.domain.pools import PoolCopy, PoolState
from services.supplier.handlers.access import publish
from services.supplier.handlers.booking import expire_all, hold, stop_timers
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

# How often the best offers are worked out anew when their seats were taken between reading and locking.
ROUNDS = 5
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
    copy = PoolCopy(pool.pool_id, command.version, state, pool.category, pool)
    uow.pools.save(copy)
    if state is PoolState.OPEN:
        _match(uow, copy, pool)
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
        _match(uow, copy, copy.pool)


def dissolve_pool(command: DissolvePool, uow: SupplierUnitOfWork) -> None:
    """Forget a pool, even one whose readiness is still on its way, and free what is held for it."""
    stop_timers(uow, uow.matches.waiting_of_pool(command.pool_id))
    uow.pools.lock_category(command.category)
    known = uow.pools.find(command.pool_id, lock=True)
    unseen = PoolCopy(command.pool_id, command.version, PoolState.DISSOLVED, command.category, None)
    uow.pools.save(known.dissolved(command.version) if known else unseen)
    expire_all(uow, uow.matches.waiting_of_pool(command.pool_id), ExpiryReason.POOL_DISSOLVED)


def _match(uow: SupplierUnitOfWork, copy: PoolCopy, pool: ReadyPool) -> None:
    ranking = _rank_and_lock(uow, pool)
    best = ranking.fits[: uow.policy.matches_per_pool]
    for rank, fit in enumerate(best, start=1):
        _propose(uow, pool, fit, rank)
    if best:
        uow.pools.save(copy.matched())
    elif ranking.reasons != copy.reasons:
        uow.pools.save(copy.unmatched(ranking.reasons))
        publish(uow, PoolUnmatched(pool.pool_id, ranking.reasons))


def _rank_and_lock(uow: SupplierUnitOfWork, pool: ReadyPool) -> Ranking:
    """Rank by what is free now, with the slots of the best locked.

    Ranking before locking keeps the slots of all other offers free for others; if the seats of the best were taken in
    between, the second look at the locked rows shows it and another round starts.
    """
    locked: set[UUID] = set()
    for _ in range(ROUNDS):
        ranking = rank_offers(pool, _candidates(uow, pool.category), uow.clock.now())
        wanted = {fit.slot.slot_id for fit in ranking.fits[: uow.policy.matches_per_pool]}
        if wanted <= locked:
            return ranking
        locked |= wanted
        uow.slots.lock(locked)
    # Others book faster than we look: take what is best among the locked slots.
    ranking = rank_offers(pool, _candidates(uow, pool.category), uow.clock.now())
    fits = tuple(fit for fit in ranking.fits if fit.slot.slot_id in locked)
    return Ranking(fits, ranking.reasons)


def _candidates(uow: SupplierUnitOfWork, category: str) -> list[Candidate]:
    now, offers = uow.clock.now(), uow.offers.published_in(category)
    supplier_ids = sorted({offer.supplier_id for offer in offers})
    suppliers, scores = uow.suppliers.many(supplier_ids), uow.scores.many(supplier_ids)
    kinds = uow.qualifications.valid_kinds(supplier_ids, now)
    slots = uow.slots.of_offers([offer.offer_id for offer in offers], after=now)
    return [
        Candidate(
            offer=offer,
            supplier=suppliers[offer.supplier_id],
            slots=slots.get(offer.offer_id, ()),
            qualified=kinds.get(offer.supplier_id, frozenset()),
            score=scores.get(offer.supplier_id),
        )
        for offer in offers
    ]


def _propose(uow: SupplierUnitOfWork, pool: ReadyPool, fit: Fit, rank: int) -> None:
    candidate, now = fit.candidate, uow.clock.now()
    match = Match(
        match_id=new_id(),
        pool_id=pool.pool_id,
        state=MatchState.PROPOSED,
        rank=rank,
        people=fit.people,
        communities=fit.communities,
        supplier_id=candidate.supplier.supplier_id,
        supplier_name=candidate.supplier.name,
        offer=candidate.offer.snapshot,
        slot_id=fit.slot.slot_id,
        span=fit.slot.span,
        sessions=fit.slot.sessions,
        seats=fit.seats,
        held_until=min(now + uow.policy.match_hold, fit.slot.span.start),
        distance_km=round(fit.distance_km, 2),
        score=candidate.score.score if candidate.score else None,
        score_low=candidate.score.low if candidate.score else None,
        campaign_id=None,
        created_at=now,
    )
    hold(uow, match)
