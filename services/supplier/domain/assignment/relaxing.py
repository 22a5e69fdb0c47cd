"""A bound for a round of any size, and plans on the way to it.

Relaxed are that a pool is in one slot only, and the limits of suppliers. What is left falls apart into slots: the best
group of each level is a knapsack over people, the best slots of who cannot be in two places an interval schedule, both
exact. Multipliers (what a pool is worth elsewhere) move by subgradients (Held and Karp 1971).
"""

from collections import defaultdict
from dataclasses import dataclass
from time import monotonic

import numpy as np

from services.supplier.domain.assignment._kernels import fill, relaxed
from services.supplier.domain.assignment._ruin import ruin
from services.supplier.domain.assignment.columns import Columns
from services.supplier.domain.assignment.plans import NONE, Plan

PATIENCE = 30  # iterations without a better bound after which steps become shorter
SHORTEST = 0.005
PLANS = 5  # a plan is made once in so many iterations
UNLIMITED = 1 << 40


def _starts(keys: np.ndarray, size: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=size))]).astype(np.int64)


class Grid:
    """The columns as flat arrays for the kernels; they are in the order of cells, and cells in that of slots."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.least = np.array([cell.least for cell in columns.cells], dtype=np.int64)
        self.most = np.array([cell.most for cell in columns.cells], dtype=np.int64)
        self.single = np.array([cell.single for cell in columns.cells], dtype=np.bool_)
        slot_of = np.array([cell.slot for cell in columns.cells], dtype=np.int64)
        self.slot_of = slot_of[columns.cell]
        self.slots = _starts(slot_of, len(columns.slots))
        self.cells = _starts(columns.cell, len(columns.cells))
        self.pools = len(columns.problem.pools)
        self.pool_starts = _starts(columns.pool, self.pools)
        self.pool_columns = np.argsort(columns.pool, kind="stable")
        self._keepers()
        self._apart()
        names = {name: number for number, name in enumerate(dict.fromkeys(o.supplier for o, _ in columns.slots))}
        self.supplier = np.array([names[offer.supplier] for offer, _ in columns.slots], dtype=np.int64)
        self.left = np.full(len(names), UNLIMITED, dtype=np.int64)
        for mine, most in columns.limits:
            self.left[self.supplier[self.slot_of[mine[0]]]] = most

        self.allowed = np.array([*([1] * self.pools), *(most for _, most in columns.limits)], dtype=float)
        self.limit = np.full(len(columns), NONE, dtype=np.int64)
        for number, (mine, _) in enumerate(columns.limits):
            self.limit[list(mine)] = self.pools + number

    def weigh(self, prices: np.ndarray) -> np.ndarray:
        """Return what each column uses up: the price of its pool, and that of its supplier's limit."""
        return prices[self.columns.pool] + np.where(self.limit == NONE, 0.0, prices[self.limit])

    def taken(self, inside: np.ndarray) -> np.ndarray:
        """Return how often each pool, and each supplier with a limit, is taken."""
        found = np.bincount(self.columns.pool[inside], minlength=len(self.allowed)).astype(float)
        limited = self.limit[inside]
        return found + np.bincount(limited[limited != NONE], minlength=len(self.allowed))

    def _keepers(self) -> None:
        by_keeper: dict[str, list[int]] = defaultdict(list)
        for index, (offer, _) in enumerate(self.columns.slots):
            by_keeper[offer.keeper].append(index)
        starts, order, before = [0], [], []
        for mine in by_keeper.values():
            busy = sorted((self.columns.slots[index][1].busy.end, index) for index in mine)
            ends = [end for end, _ in busy]
            for _, index in busy:
                start = self.columns.slots[index][1].busy.start
                before.append(sum(end <= start for end in ends))
                order.append(index)
            starts.append(len(order))
        self.keepers, self.order, self.before = (np.array(one, dtype=np.int64) for one in (starts, order, before))

    def _apart(self) -> None:
        apart: list[set[int]] = [set() for _ in self.columns.slots]
        for clique in self.columns.cliques:
            for slot in clique:
                apart[slot] |= set(clique) - {slot}
        self.apart = _starts(np.repeat(np.arange(len(apart)), [len(one) for one in apart]), len(apart))
        self.apart_of = np.array([other for one in apart for other in sorted(one)], dtype=np.int64)

    def ruined(self, plan: Plan, prices: np.ndarray, seed: int, rounds: int, heat: float) -> Plan:
        """Return the best plan that ruin and recreate finds from ``plan``."""
        columns, chosen, left = self.columns, plan.chosen.copy(), self.left.copy()
        used = self.slot_of[plan.used]
        np.subtract.at(left, self.supplier[used], 1)
        busy = np.zeros(len(columns.slots), dtype=np.bool_)
        busy[used] = True
        head = (self.slots, self.cells, columns.pool, columns.people, columns.cost, self.least, self.most, self.single)
        tail = (self.apart, self.apart_of, self.supplier, self.slot_of, self.pool_starts, self.pool_columns)
        ruin(seed, rounds, heat, prices, (*head, *tail), (chosen, busy, left))
        return Plan(columns, chosen)

    def plan(self, worth: np.ndarray, values: np.ndarray, start: Plan | None = None) -> Plan:
        """Return the plan in which slots choose in the order of their ``values``, added to ``start``."""
        chosen = np.full(self.pools, NONE, dtype=np.int64) if start is None else start.chosen.copy()
        left = self.left.copy()
        used = chosen[chosen != NONE]
        np.subtract.at(left, self.supplier[self.slot_of[used]], 1)
        order = np.argsort(-values, kind="stable")
        head = (self.slots, self.cells, self.columns.pool, self.columns.people, worth, self.least, self.most)
        fill(order, *head, self.single, self.apart, self.apart_of, self.supplier, left, chosen)
        return Plan(self.columns, chosen)


@dataclass
class Bound:
    """The least upper bound found of the sum of ``worth``, with the values of slots and the multipliers.

    ``prices`` are those of pools, then those of limits.
    """

    value: float
    prices: np.ndarray
    slots: np.ndarray


def relax(grid: Grid, worth: np.ndarray, best: Plan, until: float) -> tuple[Bound, Plan]:
    """Lower the bound until steps are too short to matter or the clock (monotonic) says ``until``.

    Returns it with the best plan by people and cost among those made on the way and ``best``.
    """
    columns = grid.columns
    prices = np.zeros(grid.pools + len(columns.limits))
    state = Bound(np.inf, prices, np.zeros(len(columns.slots)))
    inside, values = np.zeros(len(columns), dtype=np.bool_), np.zeros(len(columns.slots))
    scale, stale, number, target = 1.0, 0, 0, float(worth[best.used].sum())
    while scale > SHORTEST:
        reduced = worth - grid.weigh(prices)
        total = relaxed(
            *(grid.slots, grid.cells, columns.people, reduced, grid.least, grid.most, grid.single),
            *(grid.keepers, grid.order, grid.before, inside, values),
        )
        bound = float(prices @ grid.allowed + total)
        stale = 0 if bound < state.value * (1 - 1e-4) else stale + 1
        if bound < state.value:
            state = Bound(bound, prices, values.copy())
        if number % PLANS == 0:
            plan = grid.plan(reduced, values)
            plan = grid.plan(worth, -values, plan)
            best = min(best, plan, key=lambda one: one.order)
            target = max(target, float(worth[plan.used].sum()))
        if stale > PATIENCE:
            scale, stale, prices = scale / 2, 0, state.prices
        if monotonic() > until or state.value - target < 1e-6:
            break
        short = grid.taken(inside) - grid.allowed
        short[(short < 0) & (prices <= 0)] = 0
        length = float(short @ short)
        if not length:
            break
        prices = np.maximum(0.0, prices + scale * (bound - target) / length * short)
        number += 1
    return state, best
