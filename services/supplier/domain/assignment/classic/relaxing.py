"""A bound by Lagrangian relaxation, and solutions on the way to it.

Each customer served exactly once is relaxed; what is left is a knapsack for each facility, solved exactly, so the bound
is at least that of the linear relaxation. Multipliers move by deflected subgradients (Held and Karp 1971; Camerini,
Fratta and Maffioli 1975). For single-source location: Holmberg, Rönnqvist and Yuan, EJOR 113 (1999).
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np

from services.supplier.domain.assignment.classic._kernels import forced, improve, knapsacks, place
from services.supplier.domain.assignment.classic.model import Instance

PATIENCE = 20  # iterations without a better bound after which steps become shorter
ITERATIONS = 5000
DEFLECT = 0.7  # share of the direction before that is kept
SHORTEST = 0.001


@dataclass
class Relaxed:
    """The best bound with its multipliers, and the best solution (None: none was found)."""

    bound: float
    prices: np.ndarray
    home: np.ndarray | None
    value: float

    def keep(self, instance: Instance, home: np.ndarray) -> bool:
        """Take a solution if it is better than what is known; tell whether it is."""
        value = instance.value(home)
        if value >= self.value - 1e-9 or not instance.is_kept(home):
            return False
        self.home, self.value = home.copy(), value
        return True

    def is_proved(self, instance: Instance) -> bool:
        """Tell whether nothing better can exist."""
        return self.value - self.bound < (1 - 1e-6 if instance.whole else 1e-6 * max(1.0, abs(self.value)))


def relax(
    instance: Instance,
    until: float,
    *,
    state: Relaxed | None = None,
    say: Callable[[Relaxed], None] = lambda state: None,
) -> Relaxed:
    """Raise the bound until steps are too short to matter, the two meet, or the clock (monotonic) says ``until``.

    It goes on from ``state`` if there is one.
    """
    if state is None:
        state = Relaxed(-np.inf, _first_prices(instance), None, np.inf)
        first_solutions(instance, state)
    prices = state.prices.copy()
    take = np.zeros(instance.cost.shape, dtype=np.bool_)
    direction, scale, stale = np.zeros(len(prices)), 1.5, 0
    for number in range(ITERATIONS):
        profits = knapsacks(prices[None, :] - instance.cost, instance.demand, instance.capacity, take)
        worth = np.minimum(0.0, instance.opening - profits)
        bound = float(prices.sum() + worth.sum())
        opened = worth < 0
        if bound > state.bound + 1e-9 * abs(bound):
            stale = 0 if bound > state.bound + 1e-5 * abs(bound) else stale + 1
            state.bound, state.prices = bound, prices.copy()
        else:
            stale += 1
        if stale >= PATIENCE:
            scale, stale, prices = scale / 2, 0, state.prices.copy()
            direction[:] = 0
        if number % 10 == 0 or stale == 0:
            repair(instance, state, opened, take, prices)
            say(state)
        if state.is_proved(instance) or scale < SHORTEST or monotonic() > until:
            break
        missing = 1 - take[opened].sum(axis=0)
        direction = DEFLECT * direction + (1 - DEFLECT) * missing
        length = float(direction @ direction)
        if length < 1e-3:
            # Steps to and fro have cancelled each other; where nothing is missing either, this is a solution.
            direction, length = missing.astype(float), float(missing @ missing)
            if not length:
                break
        target = state.value if np.isfinite(state.value) else abs(bound) * 1.05 + 1
        prices = prices + scale * max(target - bound, 1e-3 * abs(bound) + 1e-6) * direction / length
    return state


def _first_prices(instance: Instance) -> np.ndarray:
    """Return prices at which no knapsack is worth opening: the bound of the linear relaxation with shared openings."""
    share = instance.demand / np.maximum(instance.capacity, 1)[:, None]
    return (instance.cost + instance.opening[:, None] * share).min(axis=0)


def first_solutions(instance: Instance, state: Relaxed) -> None:
    """Try what is at hand without any bound: the largest customers first, each where it costs least."""
    for key in (-instance.demand.mean(axis=0), -np.ptp(instance.cost, axis=0), instance.cost.min(axis=0)):
        place_in(instance, state, np.argsort(key, kind="stable"), np.ones(len(instance.capacity), dtype=bool))


def place_in(instance: Instance, state: Relaxed, order: np.ndarray, opened: np.ndarray) -> None:
    """Place all customers in an order, improve by local search, and keep it if it is better."""
    home = np.zeros(instance.cost.shape[1], dtype=np.int64)
    if place(instance.cost, instance.demand, instance.capacity, instance.opening, opened.copy(), order, home):
        improve(instance.cost, instance.demand, instance.capacity, instance.opening, home)
        state.keep(instance, home)


def repair(instance: Instance, state: Relaxed, opened: np.ndarray, take: np.ndarray, prices: np.ndarray) -> None:
    """Make a solution of what the knapsacks hold: who is in one stays, the others follow by their prices."""
    if not opened.any():
        return
    inside = take & opened[:, None]
    hard = np.where(inside.any(axis=0), 1, 0)
    regret = np.partition(np.where(opened[:, None], instance.cost, np.inf), 1, axis=0)[1] if opened.sum() > 1 else 0
    for key in ((prices, hard), (np.asarray(prices - regret), hard), (instance.demand.mean(axis=0),)):
        place_in(instance, state, np.lexsort([-np.nan_to_num(one, posinf=1e12) for one in key]), opened)


def possible(instance: Instance, state: Relaxed) -> np.ndarray:
    """Return which facility may serve which customer in a better solution; the others are ruled out by the bound.

    A pair is ruled out when the relaxation with it forced in costs as much as the best solution known.
    """
    profit = state.prices[None, :] - instance.cost
    take = np.zeros(instance.cost.shape, dtype=np.bool_)
    worth = np.minimum(0.0, instance.opening - knapsacks(profit, instance.demand, instance.capacity, take))
    best = instance.opening[:, None] - forced(profit, instance.demand, instance.capacity)
    with_it = state.prices.sum() + worth.sum() - worth[:, None] + best
    slack = 1 - 1e-6 if instance.whole else -1e-9
    return with_it <= state.value - slack
