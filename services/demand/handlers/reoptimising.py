"""Re-optimisation of a partition, in time: see domain/reoptimising.py and MERGING.md."""

from datetime import timedelta
from typing import Any

from services.demand.domain.events import PoolsRearranged
from services.demand.domain.merging import Candidate
from services.demand.domain.partition import category_of
from services.demand.domain.pool import Pool
from services.demand.domain.reoptimising import Gathering, Regrouping, regroupings, served
from services.demand.domain.signals import Signal
from services.demand.handlers.gathering import REOPTIMISE, begin, publish, put_into, regather
from services.demand.handlers.recognising import persons_in
from services.demand.storage.unit_of_work import DemandUnitOfWork

# Of a partition with more signals those in pools that have not come to anything yet are looked at, the oldest first.
MOST_SIGNALS = 3_000
TRY_AGAIN = timedelta(seconds=30)


def reoptimise(payload: dict[str, Any], uow: DemandUnitOfWork) -> None:
    """Move signals between the gathering pools of a partition where that serves more people.

    While others are at work in the partition it is put off: who places a signal waits for this timer's row, and must
    not be waited for.
    """
    partition = payload["partition"]
    if not uow.pools.try_lock_partition(partition):
        uow.timers.keep(f"{REOPTIMISE}:{partition}", uow.clock.now() + TRY_AGAIN, REOPTIMISE, payload)
        return
    gathering = _gathering(partition, uow)
    for one in regroupings(gathering, uow.merger, uow.solver, uow.clock.now(), uow.policy.reoptimise_gain):
        _regroup(one, uow)


def _gathering(partition: str, uow: DemandUnitOfWork) -> Gathering:
    pools = uow.pools.gathering(partition)
    signals = uow.signals.of_pools(pool.pool_id for pool in pools)
    pins = uow.pins.of_pools(pool.pool_id for pool in pools)
    prices = uow.prices.of(category_of(partition))
    candidates = [Candidate(pool, signals[pool.pool_id], prices) for pool in pools if pool.pool_id in signals]
    policies = uow.communities.policies({part.community_id for pool in pools for part in pool.communities})
    everybody = [signal for of_pool in signals.values() for signal in of_pool]
    return Gathering(
        candidates=_some(candidates),
        policies=policies,
        prices=prices,
        pinned=frozenset(pin.signal_id for of_pool in pins.values() for pin in of_pool),
        closed=frozenset(uow.pins.apart_in(pool.pool_id for pool in pools)),
        persons=persons_in(everybody, policies, uow),
    )


def _some(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    candidates.sort(key=lambda one: (served(one.signals, one.prices), one.pool.created_at, one.pool.pool_id))
    chosen, count = [], 0
    for candidate in candidates:
        count += len(candidate.signals)
        if count > MOST_SIGNALS and chosen:
            break
        chosen.append(candidate)
    return tuple(chosen)


def _regroup(regrouping: Regrouping, uow: DemandUnitOfWork) -> None:
    moved: list[tuple[Pool, bool]] = []
    for pool, signals in regrouping.groups:
        if pool is None:
            moved.append((begin([_opened(one, uow) for one in signals], uow), True))
            continue
        coming = [_opened(one, uow) for one in signals if one.pool_id != pool.pool_id]
        put_into(pool, coming, uow)
        moved.append((pool, bool(coming)))
    after = [(regather(pool, uow), came) for pool, came in moved]
    for pool, came in after:
        if came:
            publish([PoolsRearranged(pool, "reoptimised", regrouping.gain)], uow)


def _opened(signal: Signal, uow: DemandUnitOfWork) -> Signal:
    opened = signal.reopened()
    uow.signals.save(opened)
    return opened
