"""Each customer from one facility: single-source location, and generalised assignment where opening costs nothing.

A Lagrangian bound with solutions on its way, then everything that the bound rules out is left away and CP-SAT solves
what remains; where that is large, CP-SAT improves neighbourhoods of the best solution first (large neighbourhood
search), because each improvement rules out more.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import numpy as np

from services.supplier.domain.assignment.classic.model import Instance, Say, Solved
from services.supplier.domain.assignment.classic.relaxing import Relaxed, possible, relax
from services.supplier.domain.assignment.exact import SEED, WORKERS

FIRST = 0.1  # share of the time for a first solution, where none was found on the way to the bound
RELAXING = 0.3  # share of the time for the bound, at most
WHOLE = 800  # pairs up to which CP-SAT gets all that remains at once
SEARCHING = 0.6  # share of what is left for neighbourhoods where more remain
PART = (250, 900)  # pairs in a neighbourhood, from the smallest to the largest
BURST = 2.0  # seconds for one neighbourhood, at most
SCALE = 1000  # CP-SAT counts in whole numbers: costs that are not whole are taken to three places


# The loops are compiled when they are first called; an instance of one makes that happen before the clock runs.
_TINY = Instance(np.array([2.0]), np.array([1.0]), np.array([[1.0, 1.0]]), np.array([[1.0, 1.0]]))


def solve_single_source(instance: Instance, seconds: float, say: Say) -> Solved:
    """Return the best solution within ``seconds``. All demands and capacities have to be whole numbers."""
    say("compiling", None, None)
    relax(_TINY, 0)
    possible(_TINY, relax(_TINY, 0))
    begun = monotonic()
    until = begun + seconds

    def tell(phase: str, state: Relaxed) -> None:
        say(phase, state.value if state.home is not None else None, state.bound)

    state = relax(instance, begun + RELAXING * seconds, say=lambda now: tell("bound", now))
    if state.home is None:
        # Capacity is so tight that no quick way finds room for all.
        tell("first", state)
        found, _, done = solve_pairs(instance, possible(instance, state), state, FIRST * seconds, WORKERS, first=True)
        if done and found is None:
            return Solved(None, state.bound, monotonic() - begun)
        if found is not None:
            state.keep(instance, found)
            relax(instance, begun + (RELAXING + FIRST) * seconds, state=state, say=lambda now: tell("bound", now))
    pairs = possible(instance, state)
    if not state.is_proved(instance) and pairs.sum() > WHOLE:
        _search(instance, state, pairs, monotonic() + SEARCHING * (until - monotonic()), tell)
        pairs = possible(instance, state)
    if not state.is_proved(instance) and monotonic() < until:
        tell("exact", state)
        found, bound, done = solve_pairs(instance, pairs, state, until - monotonic(), WORKERS)
        if found is not None:
            state.keep(instance, found)
        # What the bound rules out costs at least as much as what is known, so the two bounds are one.
        state.bound = max(state.bound, min(state.value, bound))
        if done:
            state.bound = state.value
    if state.is_proved(instance):
        state.bound = state.value
    objective = state.value if state.home is not None else None
    return Solved(objective, state.bound, monotonic() - begun, home=state.home)


def solve_pairs(
    instance: Instance,
    pairs: np.ndarray,
    state: Relaxed,
    seconds: float,
    workers: int,
    *,
    free: np.ndarray | None = None,
    first: bool = False,
) -> tuple[np.ndarray | None, float, bool]:
    """Solve over the ``pairs`` that are allowed; return the best home of each customer, the bound, and if it is all.

    With ``free`` customers only these move, into the room that the others leave; a facility of the others is open.
    """
    from ortools.sat.python import cp_model

    factor = 1 if instance.whole else SCALE
    customers = np.arange(instance.cost.shape[1]) if free is None else free
    model, take, terms, base = _model(instance, pairs, state, customers, factor)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.05, seconds)
    solver.parameters.num_workers, solver.parameters.random_seed = workers, SEED
    solver.parameters.stop_after_first_solution = first
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        # Infeasible: nothing better is possible than what is known.
        return None, state.value if status == cp_model.INFEASIBLE else -np.inf, status == cp_model.INFEASIBLE
    home = state.home.copy() if state.home is not None else np.zeros(instance.cost.shape[1], dtype=np.int64)
    for (facility, customer), literal in take.items():
        if solver.boolean_value(literal):
            home[customer] = facility
    bound = base + solver.best_objective_bound / factor - (0 if factor == 1 else terms / (2 * SCALE))
    return home, bound, status == cp_model.OPTIMAL and factor == 1


def _model(
    instance: Instance, pairs: np.ndarray, state: Relaxed, customers: np.ndarray, factor: int
) -> tuple[Any, dict, int, float]:
    """Return the model, the literal of each pair, how many terms its objective has, and what the others cost."""
    from ortools.sat.python import cp_model

    room, opened, base = _rest(instance, state, customers)
    model, take, use = cp_model.CpModel(), {}, {}
    for facility in np.flatnonzero(pairs[:, customers].any(axis=1)):
        mine = customers[pairs[facility, customers]]
        for customer in mine:
            take[facility, customer] = model.new_bool_var("")
        use[facility] = model.new_constant(1) if opened[facility] else model.new_bool_var("")
        load = sum(int(instance.demand[facility, one]) * take[facility, one] for one in mine)
        model.add(load <= int(room[facility]) * use[facility])
        if not opened[facility]:
            for one in mine:
                model.add_implication(take[facility, one], use[facility])
    for customer in customers:
        model.add_exactly_one(take[f, customer] for f in np.flatnonzero(pairs[:, customer]))
    terms = [(round(factor * instance.cost[pair]), literal) for pair, literal in take.items()]
    terms += [(round(factor * instance.opening[f]), literal) for f, literal in use.items() if not opened[f]]
    model.minimize(sum(weight * literal for weight, literal in terms))
    _hint(model, state, take, use, opened)
    return model, take, len(terms), base


def _rest(instance: Instance, state: Relaxed, customers: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the room that is left beside those who stay, which facilities they hold open, and what they cost."""
    stay = np.setdiff1d(np.arange(instance.cost.shape[1]), customers)
    if not len(stay) or state.home is None:
        return instance.capacity, np.zeros(len(instance.capacity), dtype=bool), 0.0
    at = state.home[stay]
    load = np.bincount(at, weights=instance.demand[at, stay], minlength=len(instance.capacity))
    opened = np.isin(np.arange(len(instance.capacity)), at)
    return instance.capacity - load, opened, float(instance.cost[at, stay].sum() + instance.opening[opened].sum())


def _hint(model: object, state: Relaxed, take: dict, use: dict, opened: np.ndarray) -> None:
    if state.home is None:
        return
    for (facility, customer), literal in take.items():
        model.add_hint(literal, bool(state.home[customer] == facility))
    for facility, literal in use.items():
        if not opened[facility]:
            model.add_hint(literal, bool((state.home == facility).any()))


def _search(instance: Instance, state: Relaxed, pairs: np.ndarray, until: float, tell: object) -> None:
    """Improve neighbourhoods, two at a time; each begins from the best that is known when it begins."""
    if state.home is None:
        return
    near = _near(instance)
    random = np.random.default_rng(SEED)

    def work(order: np.ndarray) -> np.ndarray | None:
        share = min(1.0, (monotonic() - begun) / max(1e-9, until - begun))
        size = PART[0] + share * (PART[1] - PART[0])
        free, allowed = _neighbourhood(instance, state, pairs, order, size)
        return solve_pairs(instance, allowed, state, min(BURST, max(0.05, until - monotonic())), 1, free=free)[0]

    begun = monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        while monotonic() < until and not state.is_proved(instance):
            for found in pool.map(work, list(_orders(random, near))):
                if found is not None and state.keep(instance, found):
                    tell("neighbourhoods", state)


def _near(instance: Instance) -> np.ndarray:
    """Return for each facility the others, the most alike first: those that serve the same customers cheaply."""
    cheap = instance.cost - instance.cost.min(axis=0)
    distance = ((cheap[:, None, :] - cheap[None, :, :]) ** 2).sum(axis=2)
    return np.argsort(distance, axis=1, kind="stable")


def _orders(random: np.random.Generator, near: np.ndarray) -> Iterator[np.ndarray]:
    for _ in range(WORKERS):
        ranked = near[random.integers(len(near))]
        # Near ones first, but not always the same.
        yield ranked[np.argsort(np.arange(len(ranked)) + random.gumbel(size=len(ranked)) * 3, kind="stable")]


def _neighbourhood(
    instance: Instance, state: Relaxed, pairs: np.ndarray, order: np.ndarray, size: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the customers of facilities in ``order`` and the pairs among them, until there are ``size`` pairs."""
    home = state.home
    allowed = np.zeros_like(pairs)
    inside = np.zeros(len(pairs), dtype=bool)
    free = np.zeros(pairs.shape[1], dtype=bool)
    for facility in order:
        inside[facility] = True
        free |= home == facility
        if pairs[np.ix_(inside, free)].sum() >= size:
            break
    allowed[np.ix_(inside, free)] = pairs[np.ix_(inside, free)]
    customers = np.flatnonzero(free)
    allowed[home[customers], customers] = True
    return customers, allowed
