"""Telling others of pools: at ticks of the clock while signals come and go, at once when a pool takes a step.

Whoever comes here holds the lock of the pool's partition. See domain/PRIVACY.md.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.demand import outbound
from services.demand.domain.asking import asked
from services.demand.domain.census import census_of
from services.demand.domain.events import ConsentAsked, PoolChanged, PoolDissolved, PoolReady
from services.demand.domain.pool import Pool, PoolEvent, PoolState
from services.demand.domain.releases import (
    Census,
    Release,
    Shape,
    Telling,
    last_tick,
    next_tick,
    opened,
    refreshed,
    reopened,
)
from services.demand.domain.sharing import Consent
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.clock import format_time
from services.kernel.ids import CommunityId, PoolId

TELL_POOL = "tell_pool"
SETTLE_CONSENT = "settle_consent"
EMPTY = "empty"
# How long what was told of a pool keeps others, in which the same signals are, from telling what changed since.
REMEMBERED = timedelta(days=90)
# As long as signals may come or go.
STIRRING = (PoolState.GATHERING, PoolState.READY, PoolState.MATCHED)


def tick_of(uow: DemandUnitOfWork) -> timedelta:
    """Return how often pools are told of; at least four times while one gathers."""
    return min(uow.policy.release_every, uow.policy.pool_gather / 4)


def at_next_tick(pool_id: PoolId, uow: DemandUnitOfWork) -> tuple[str, datetime, str, dict[str, Any]]:
    """Return the timer that lets others be told of the pool at its next tick."""
    due = next_tick(pool_id, uow.clock.now(), tick_of(uow))
    return f"{TELL_POOL}:{pool_id}", due, TELL_POOL, {"pool_id": str(pool_id)}


def last_moment(pool_id: PoolId, uow: DemandUnitOfWork) -> datetime:
    """Return when a pool that begins now stops gathering: at a tick, so that the time tells of nobody."""
    return last_tick(pool_id, uow.clock.now() + uow.policy.pool_gather, tick_of(uow))


def tell(event: PoolEvent, uow: DemandUnitOfWork) -> None:
    """Tell of a step that the pool took; what its signals changed waits for the tick."""
    pool = event.pool
    match event:
        case PoolReady():
            release = _at_ready(pool, uow)
            _add("pool_changed.v1", pool, release, uow)
            _add("pool_ready.v1", pool, release, uow)
        case PoolChanged(_, gathered=False):
            _add("pool_changed.v1", pool, uow.releases.of_pool(pool.pool_id), uow)
        case PoolDissolved(_, reason) if reason != EMPTY:
            _close(pool, reason, uow)


def tell_in_time(payload: dict[str, Any], uow: DemandUnitOfWork) -> None:
    """Tell at a tick what may be told by now of a pool, and ask for the consents that are open."""
    known = uow.pools.find(UUID(payload["pool_id"]))
    if known is None:
        return
    uow.pools.lock_partition(known.partition)
    pool = uow.pools.find(known.pool_id, lock=True) or known
    if pool.state is PoolState.DISSOLVED:
        _close(pool, EMPTY, uow)
    elif pool.state in STIRRING:
        _refresh(pool, uow)
        uow.timers.set(*at_next_tick(pool.pool_id, uow))


def _refresh(pool: Pool, uow: DemandUnitOfWork) -> None:
    before, now, k = uow.releases.of_pool(pool.pool_id), uow.clock.now(), uow.policy.privacy_k
    census = census_of(pool, uow.signals.of_pool(pool.pool_id))
    if pool.state is PoolState.GATHERING:
        after = refreshed(before, census, _told(pool, census, uow), k)
    else:
        after = reopened(before, census, _shape(pool), k)
    after = replace(after, consents=_consents(pool, after))
    if after != before:
        after = _kept(pool, before, replace(after, told_at=now), uow)
    if _told_differently(pool, before, after, k):
        _add("pool_formed.v1" if before.number == 0 else "pool_changed.v1", pool, after, uow)
    _ask(pool, after, uow)


def _told_differently(pool: Pool, before: Release, after: Release, k: int) -> bool:
    return outbound.told(pool, before, k) != outbound.told(pool, after, k)


def _at_ready(pool: Pool, uow: DemandUnitOfWork) -> Release:
    before, k = uow.releases.of_pool(pool.pool_id), uow.policy.privacy_k
    census = census_of(pool, uow.signals.of_pool(pool.pool_id))
    if before.exact:
        after = reopened(before, census, _shape(pool), k)
    else:
        after = opened(before, census, _shape(pool), _told(pool, census, uow), k)
    after = replace(after, consents=_consents(pool, after), told_at=uow.clock.now())
    return _kept(pool, before, after, uow)


def _kept(pool: Pool, before: Release, after: Release, uow: DemandUnitOfWork) -> Release:
    differs = (after.exact and not before.exact) or _told_differently(pool, before, after, uow.policy.privacy_k)
    kept = replace(after, number=before.number + differs)
    uow.releases.save(pool.pool_id, kept)
    if differs:
        uow.releases.remember(pool, kept)
    return kept


def _told(pool: Pool, census: Census, uow: DemandUnitOfWork) -> Sequence[Telling]:
    since = uow.clock.now() - REMEMBERED
    return uow.releases.told_of(pool.category, census, since) if census else ()


def _shape(pool: Pool) -> Shape:
    return Shape(pool.area, pool.windows, pool.minutes, pool.ceiling)


def _consents(pool: Pool, release: Release) -> dict[CommunityId, Consent]:
    return {part.community_id: part.consent for part in pool.communities if part.community_id in release.counted}


def _ask(pool: Pool, release: Release, uow: DemandUnitOfWork) -> None:
    policies = uow.communities.policies(part.community_id for part in pool.communities)
    visible = _visible(release, uow)
    after, questions = asked(pool, uow.clock.now(), uow.policy.consent_within, policies, visible)
    if not questions:
        return
    uow.pools.save(after)
    for one in questions:
        uow.outbox.add(*outbound.event(one))
        _settle_in_time(one, uow)


def visible_in(pool: Pool, uow: DemandUnitOfWork) -> set[CommunityId]:
    """Return the communities of whom the others in the pool know."""
    return _visible(uow.releases.of_pool(pool.pool_id), uow)


def _visible(release: Release, uow: DemandUnitOfWork) -> set[CommunityId]:
    return {one for one in release.counted if release.people_of(one, uow.policy.privacy_k)}


def _settle_in_time(one: ConsentAsked, uow: DemandUnitOfWork) -> None:
    # The time is part of the key, so nobody has to cancel the timer: one that fires for nothing changes nothing.
    payload = {"pool_id": str(one.pool.pool_id), "community_id": str(one.community_id)}
    key = f"{SETTLE_CONSENT}:{one.pool.pool_id}:{one.community_id}:{format_time(one.consent_by)}"
    uow.timers.set(key, one.consent_by, SETTLE_CONSENT, payload)


def _close(pool: Pool, reason: str, uow: DemandUnitOfWork) -> None:
    release = uow.releases.of_pool(pool.pool_id)
    if release.number and not release.closed:
        uow.releases.save(pool.pool_id, replace(release, closed=True))
        uow.outbox.add(*outbound.event(PoolDissolved(pool, reason)))


def _add(name: str, pool: Pool, release: Release, uow: DemandUnitOfWork) -> None:
    is_for_suppliers = name == "pool_ready.v1"
    data = outbound.ready(pool, release) if is_for_suppliers else outbound.told(pool, release, uow.policy.privacy_k)
    uow.outbox.add(name, str(pool.pool_id), data)
