"""Re-optimisation: what the gathering pools of a partition would be like if everybody had come at once.

Signals are put into pools one by one, in the order in which they come; the engine of ``pooling`` looks at all of them
together. Its answer is taken where it serves more people, component by component: the pools that exchange signals
with each other, and no others. Only who may be moved without asking anybody is moved. See MERGING.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

from services.demand.domain.consenting import MergePolicy
from services.demand.domain.merging import Candidate, Merger, Misfit
from services.demand.domain.pool import Pool
from services.demand.domain.pooling.model import Need, Pins, Prices, Rules, Solution, Tier
from services.demand.domain.prices import PriceList, heads
from services.demand.domain.recognising import NOBODY_KNOWN, Persons
from services.demand.domain.sharing import Consent, Policies
from services.demand.domain.signals import Signal
from services.kernel.money import Money

Solver = Callable[[Sequence[Need], Rules, Pins], Solution]
# Where no offer says how many people a delivery takes, two signals have to come together.
FEWEST_SIGNALS = 2


@dataclass(frozen=True, slots=True)
class Gathering:
    """What gathers in one partition: pools with their signals, and what binds them."""

    candidates: tuple[Candidate, ...]
    policies: Policies
    prices: PriceList
    # Signals that were put where they are by hand, and pools into which nobody else may come.
    pinned: frozenset[UUID] = frozenset()
    closed: frozenset[UUID] = frozenset()
    persons: Persons = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Pools that exchange signals: for each what is in it afterwards (None: a new one), and what that gains in people.

    A pool that is named with nobody is empty afterwards.
    """

    groups: tuple[tuple[Pool | None, tuple[Signal, ...]], ...]
    gain: int


@dataclass(slots=True)
class _Plan:
    """The signals of pools that may exchange some: by id, the pool each is in, those of each pool, those that stay."""

    signals: dict[UUID, Signal] = field(default_factory=dict)
    now_in: dict[UUID, Pool] = field(default_factory=dict)
    before: dict[UUID, tuple[Signal, ...]] = field(default_factory=dict)
    staying: set[UUID] = field(default_factory=set)


def regroupings(
    gathering: Gathering, merger: Merger, solver: Solver, now: datetime, least_gain: int
) -> list[Regrouping]:
    """Return what should be moved: each regrouping serves at least ``least_gain`` more people than are served now."""
    plan = _plan(gathering)
    if len(plan.before) < 2 or len(plan.staying) == len(plan.signals):
        return []
    needs = [_need(signal, gathering.persons) for _, signal in sorted(plan.signals.items())]
    solution = solver(needs, _rules(gathering), _pins(plan))
    groups = _named([[plan.signals[one] for one in pool.needs] for pool in solution.pools], plan)
    found = (_regrouping(part, plan, gathering) for part in _components(groups, plan))
    return [one for one in found if one.gain >= least_gain and _is_possible(one, plan, gathering, merger, now)]


def served(signals: Sequence[Signal], prices: PriceList, persons: Persons = NOBODY_KNOWN) -> int:
    """Return how many people of a pool can hope for a delivery: all, or nobody where they are too few."""
    if not signals:
        return 0
    people = heads(signals, persons)
    least = prices.minimum({signal.community_id for signal in signals})
    reached = len(signals) >= FEWEST_SIGNALS if least is None else people >= least
    return people if reached else 0


def _plan(gathering: Gathering) -> _Plan:
    plan = _Plan()
    for candidate in gathering.candidates:
        pool = candidate.pool
        if pool.pool_id in gathering.closed or not _is_open(pool, gathering.policies):
            continue
        plan.before[pool.pool_id] = candidate.signals
        for signal in candidate.signals:
            plan.signals[signal.signal_id], plan.now_in[signal.signal_id] = signal, pool
    plan.staying = plan.signals.keys() & gathering.pinned
    return plan


def _is_open(pool: Pool, policies: Policies) -> bool:
    # Where somebody is asked, has answered or has rules, who is in the pool does not change by itself.
    return all(
        part.consent is Consent.NOT_NEEDED
        and policies[part.community_id].policy is MergePolicy.AUTO
        and not policies[part.community_id].rules
        for part in pool.communities
    )


def _need(signal: Signal, persons: Persons) -> Need:
    person = persons.get(signal.member_id)
    return Need(
        id=signal.signal_id,
        community=str(signal.community_id),
        topic=signal.category,
        people=signal.people,
        place=signal.place,
        radius_km=signal.radius_km,
        windows=signal.windows,
        minutes=signal.minutes,
        ceiling=signal.ceiling,
        persons=frozenset() if person is None else frozenset({person}),
    )


def _pins(plan: _Plan) -> Pins:
    # Who stays in one pool stays together, and apart from who stays in another.
    staying: dict[UUID, list[UUID]] = {}
    for signal_id in sorted(plan.staying):
        staying.setdefault(plan.now_in[signal_id].pool_id, []).append(signal_id)
    groups = list(staying.values())
    return Pins(together=groups, apart=[(one[0], other[0]) for one, other in combinations(groups, 2)])


def _rules(gathering: Gathering) -> Rules:
    signals = [signal for candidate in gathering.candidates for signal in candidate.signals]
    communities, category = {signal.community_id for signal in signals}, signals[0].category
    currencies = [signal.ceiling.currency for signal in signals if signal.ceiling is not None]
    currency = max(sorted(set(currencies)), key=currencies.count, default=None)
    tiers = [] if currency is None else _tiers(gathering.prices, communities, currency)
    least = gathering.prices.minimum(communities)
    return Rules(minimum_of={} if least is None else {category: least}, prices=Prices({category: tiers}))


def _tiers(prices: PriceList, communities: Iterable[UUID], currency: str) -> list[Tier]:
    """Return the best price from each head count on; with another offer it may only fall."""
    present, found = set(communities), []
    for seats in prices.breaks(present, currency):
        price = prices.at(seats, present, currency)
        if price is not None and (not found or price < found[-1].price):
            found.append(Tier(seats, Money(price.minor, currency)))
    return found


def _named(groups: list[list[Signal]], plan: _Plan) -> list[tuple[Pool | None, tuple[Signal, ...]]]:
    """Give each group the pool that has most people of it now, each pool to one group; those that stay decide first."""
    claims = []
    for number, group in enumerate(groups):
        there: dict[UUID, int] = {}
        for signal in group:
            pool_id = plan.now_in[signal.signal_id].pool_id
            weight = 10**9 if signal.signal_id in plan.staying else signal.people
            there[pool_id] = there.get(pool_id, 0) + weight
        claims += [(-people, pool_id, number) for pool_id, people in there.items()]
    pools = {pool.pool_id: pool for pool in plan.now_in.values()}
    chosen: dict[int, UUID] = {}
    for _, pool_id, number in sorted(claims):
        if number not in chosen and pool_id not in chosen.values():
            chosen[number] = pool_id
    return [(pools[chosen[number]] if number in chosen else None, tuple(group)) for number, group in enumerate(groups)]


def _components(
    groups: list[tuple[Pool | None, tuple[Signal, ...]]], plan: _Plan
) -> list[list[tuple[Pool | None, tuple[Signal, ...]]]]:
    """Return the groups that exchange signals with each other; a group that stays as it is is left out."""
    home: dict[UUID, int] = {}
    parent = list(range(len(groups)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for number, (_, group) in enumerate(groups):
        for signal in group:
            pool_id = plan.now_in[signal.signal_id].pool_id
            parent[root(number)] = root(home.setdefault(pool_id, number))
    found: dict[int, list[tuple[Pool | None, tuple[Signal, ...]]]] = {}
    for number, group in enumerate(groups):
        found.setdefault(root(number), []).append(group)
    return [part for part in found.values() if any(_changes(*group, plan) for group in part)]


def _changes(pool: Pool | None, signals: Iterable[Signal], plan: _Plan) -> bool:
    return pool is None or any(plan.now_in[one.signal_id].pool_id != pool.pool_id for one in signals)


def _regrouping(part: list, plan: _Plan, gathering: Gathering) -> Regrouping:
    pools = {pool.pool_id: pool for _, group in part for pool in (plan.now_in[one.signal_id] for one in group)}
    now = sum(served(plan.before[pool_id], gathering.prices, gathering.persons) for pool_id in pools)
    then = sum(served(group, gathering.prices, gathering.persons) for _, group in part)
    kept = {pool.pool_id for pool, _ in part if pool is not None}
    emptied = [(pools[one], ()) for one in sorted(pools.keys() - kept)]
    return Regrouping((*part, *emptied), then - now)


def _is_possible(regrouping: Regrouping, plan: _Plan, gathering: Gathering, merger: Merger, now: datetime) -> bool:
    return all(_fits(pool, signals, plan, gathering, merger, now) for pool, signals in regrouping.groups if signals)


def _fits(
    pool: Pool | None,
    signals: tuple[Signal, ...],
    plan: _Plan,
    gathering: Gathering,
    merger: Merger,
    now: datetime,
) -> bool:
    """Tell whether one delivery can serve them, nobody is in it against consent, and nobody is priced out by it."""
    common = merger.common(signals)
    if isinstance(common, Misfit):
        return False
    needed = timedelta(minutes=common.minutes)
    if not any(window.end - max(window.start, now) >= needed for window in common.windows):
        return False
    if pool is not None and not all(pool.admits(one.community_id, gathering.policies) for one in signals):
        return False
    prices, persons = gathering.prices, gathering.persons
    dear = [one for one in signals if prices.is_too_dear(one, signals, persons)]
    return all(prices.is_too_dear(one, plan.before[plan.now_in[one.signal_id].pool_id], persons) for one in dear)
