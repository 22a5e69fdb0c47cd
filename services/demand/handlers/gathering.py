"""Putting signals into pools and taking them out: the part that handlers share.

Whoever comes here holds the lock of the partition, so what is read here does not change until the commit.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.demand import outbound
from services.demand.domain.errors import PoolNotFoundError
from services.demand.domain.events import Event, PoolChanged, PoolDissolved, PoolFormed, PoolReady
from services.demand.domain.merging import Candidate, Misfit, shares_time
from services.demand.domain.pool import Pool, PoolState
from services.demand.domain.sharing import Common
from services.demand.domain.signals import Signal
from services.demand.handlers.recognising import persons_in
from services.demand.handlers.telling import at_next_tick, last_moment, tell
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.ids import PoolId, new_id_of_the_hour

EXPIRE_SIGNAL = "expire_signal"
READY_POOL = "ready_pool"
REOPTIMISE = "reoptimise"
POOL_EVENTS = (PoolFormed, PoolChanged, PoolReady, PoolDissolved)
LOOK_AT = 4  # pools at first, when one is looked for; then more and more


def publish(happened: Iterable[Event], uow: DemandUnitOfWork) -> None:
    """Put events into the outbox; those of pools as far as others may know, see telling.py."""
    happened = list(happened)
    for event in published(one for one in happened if not isinstance(one, POOL_EVENTS)):
        uow.outbox.add(*event)
    for event in happened:
        if isinstance(event, POOL_EVENTS):
            tell(event, uow)


def published(happened: Iterable[Event]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return events, none of them of a pool, as the outbox takes them."""
    return [outbound.event(event) for event in happened]


def locked_pool(pool_id: UUID, uow: DemandUnitOfWork) -> Pool:
    """Lock the partition of a pool and the pool itself; raise ``PoolNotFoundError`` if there is none."""
    known = uow.pools.find(pool_id)
    if known is None:
        raise PoolNotFoundError("there is no such pool", pool_id=str(pool_id))
    uow.pools.lock_partition(known.partition)
    return uow.pools.find(pool_id, lock=True) or known


def watch_expiry(signal: Signal, uow: DemandUnitOfWork) -> None:
    """Let the signal expire in time."""
    uow.timers.set(*expiry_of(signal))


def expiry_of(signal: Signal) -> tuple[str, datetime, str, dict[str, Any]]:
    """Return the timer of a signal's expiry."""
    payload = {"signal_id": str(signal.signal_id)}
    return f"{EXPIRE_SIGNAL}:{signal.signal_id}", signal.expires_at, EXPIRE_SIGNAL, payload


def forget_expiry(signal: Signal, uow: DemandUnitOfWork) -> None:
    """Let the signal not expire any more."""
    uow.timers.cancel(f"{EXPIRE_SIGNAL}:{signal.signal_id}")


def forget_gathering(pool_id: UUID, uow: DemandUnitOfWork) -> None:
    """Let the pool not get ready by itself any more."""
    uow.timers.cancel(f"{READY_POOL}:{pool_id}")


def gather(signal: Signal, uow: DemandUnitOfWork, *, alone: bool = False) -> Signal:
    """Put a signal into the pool where it fits best, or begin one; ``alone`` with its own community only."""
    chosen = _chosen(signal, uow, alone)
    if chosen is None:
        return _begin(signal, uow)
    joined = signal.pooled(chosen.pool.pool_id)
    uow.signals.save(joined)
    # They were read under the lock, so they need not be read again.
    regather(chosen.pool, uow, sorted((*chosen.signals, joined), key=lambda one: one.signal_id))
    return joined


def _chosen(signal: Signal, uow: DemandUnitOfWork, alone: bool) -> Candidate | None:
    # The first that fits is chosen, and it mostly is among the first: the signals of the others are not read.
    now, seen = uow.clock.now(), 0
    while pools := uow.pools.candidates(signal, now, seen, LOOK_AT + 3 * seen):
        seen += len(pools)
        in_time = [pool for pool in pools if shares_time(signal, pool, now)]
        chosen = uow.merger.choose(signal, _candidates(signal, in_time, uow, alone), now)
        if chosen is not None:
            return chosen
    return None


def _candidates(signal: Signal, pools: list[Pool], uow: DemandUnitOfWork, alone: bool) -> list[Candidate]:
    own = signal.community_id
    policies = uow.communities.policies({own}.union(*(pool.present() for pool in pools)))
    apart_for = uow.pins.apart_in(pool.pool_id for pool in pools)
    admitting = [
        pool
        for pool in pools
        # A set difference is empty, so false, where the own community is alone.
        if not (alone and pool.present() - {own})
        and apart_for.get(pool.pool_id, own) == own
        and pool.admits(own, policies)
    ]
    signals = uow.signals.of_pools(pool.pool_id for pool in admitting)
    found = [pool for pool in admitting if pool.pool_id in signals]
    return [candidate_of(pool, signals[pool.pool_id], [signal], uow) for pool in found]


def candidate_of(pool: Pool, signals: Sequence[Signal], coming: Sequence[Signal], uow: DemandUnitOfWork) -> Candidate:
    """Return a pool with all that decides whether ``coming`` fit into it."""
    prices = uow.prices.of(pool.category)
    if not prices.offers:
        return Candidate(pool, tuple(signals))
    everybody = (*signals, *coming)
    policies = uow.communities.policies({one.community_id for one in everybody})
    return Candidate(pool, tuple(signals), prices, persons_in(everybody, policies, uow))


def begin(signals: Sequence[Signal], uow: DemandUnitOfWork) -> Pool:
    """Begin a pool with open signals that can be served together."""
    first, *others = sorted(signals, key=lambda signal: signal.signal_id)
    pool_id = _begin(first, uow).pool_id
    pool = uow.pools.find(pool_id, lock=True)
    if pool is None:
        raise AssertionError("a pool that was just saved is there")
    put_into(pool, others, uow)
    return regather(pool, uow)


def put_into(pool: Pool, signals: Iterable[Signal], uow: DemandUnitOfWork) -> None:
    """Put open signals into a pool, which then has to be made anew."""
    for signal in signals:
        uow.signals.save(signal.pooled(pool.pool_id))


def _begin(signal: Signal, uow: DemandUnitOfWork) -> Signal:
    now, pool_id = uow.clock.now(), PoolId(new_id_of_the_hour())
    common = uow.merger.common([signal])
    if isinstance(common, Misfit):
        raise AssertionError(f"a signal does not fit itself: {common.why['en']}")
    pool, happened = Pool.formed(pool_id, signal, common, now, last_moment(pool_id, uow))
    uow.pools.save(pool)
    ready = (f"{READY_POOL}:{pool_id}", pool.gather_until, READY_POOL, {"pool_id": str(pool_id)})
    uow.timers.set_many([ready, at_next_tick(pool_id, uow)])
    look_again(pool.partition, uow)
    publish(happened, uow)
    joined = signal.pooled(pool_id)
    uow.signals.save(joined)
    return joined


def derive(pool: Pool, signals: Sequence[Signal], uow: DemandUnitOfWork) -> tuple[Pool, list[Event]]:
    """Return the pool as ``signals`` make it, and what is to be told of that; nothing is saved."""
    common: Common | Misfit | None = uow.merger.common(signals) if signals else None
    policies = uow.communities.policies(signal.community_id for signal in signals)
    persons = persons_in(signals, policies, uow)
    return pool.regathered(signals, policies, None if isinstance(common, Misfit) else common, persons)


def regather(pool: Pool, uow: DemandUnitOfWork, signals: Sequence[Signal] | None = None) -> Pool:
    """Make the pool anew from the signals that are in it now (as known, or as read); an empty one is dissolved."""
    if signals is None:
        signals = uow.signals.of_pool(pool.pool_id)
    after, happened = derive(pool, signals, uow)
    uow.pools.save(after)
    if after.state is PoolState.DISSOLVED:
        forget_gathering(pool.pool_id, uow)
    if after.state is PoolState.GATHERING and after.version > pool.version:
        look_again(after.partition, uow)
    publish(happened, uow)
    return after


def look_again(partition: str, uow: DemandUnitOfWork) -> None:
    """Let the pools of a partition that has changed be looked at together, soon but not all the time."""
    due = uow.clock.now() + uow.policy.reoptimise_every
    uow.timers.keep(f"{REOPTIMISE}:{partition}", due, REOPTIMISE, {"partition": partition})


def regather_changed(signal: Signal, pool: Pool | None, uow: DemandUnitOfWork) -> Signal:
    """Keep a changed signal in its ``pool`` if it still fits there, and put it into one anew otherwise."""
    uow.signals.save(signal)
    alone = uow.pins.is_apart(signal.signal_id)
    if pool is None:
        return gather(signal, uow, alone=alone)
    others = tuple(one for one in uow.signals.of_pool(pool.pool_id) if one.signal_id != signal.signal_id)
    candidate = candidate_of(pool, others, [signal], uow)
    fits = not others or uow.merger.misfit(signal, candidate, uow.clock.now()) is None
    if fits and signal.partition == pool.partition:
        regather(pool, uow)
        return signal
    opened = signal.reopened()
    uow.signals.save(opened)
    regather(pool, uow)
    return gather(opened, uow, alone=alone)


def release(signals: Iterable[Signal], uow: DemandUnitOfWork) -> list[Signal]:
    """Take signals out of their pool; those whose time is over expire. Return those that still wait."""
    waiting = []
    for signal in signals:
        opened = signal.reopened()
        if opened.expires_at > uow.clock.now():
            uow.signals.save(opened)
            waiting.append(opened)
            continue
        ended, happened = opened.ended("expired")
        uow.signals.save(ended)
        publish(happened, uow)
    return waiting


def gather_all(signals: Iterable[Signal], uow: DemandUnitOfWork, *, alone: bool = False) -> None:
    """Put released signals into pools anew, oldest first."""
    for signal in sorted(signals, key=lambda signal: signal.signal_id):
        watch_expiry(signal, uow)
        gather(signal, uow, alone=alone or uow.pins.is_apart(signal.signal_id))
