"""Rounds that are too large for one model: bounds, then ruin and recreate, then CP-SAT in neighbourhoods.

The difference between bound and plan is a sum over pools and slots; neighbourhoods begin where it is large.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import numpy as np

from services.supplier.domain.assignment.columns import Columns
from services.supplier.domain.assignment.exact import SEED, WORKERS, Model, Proof
from services.supplier.domain.assignment.plans import NONE, Plan
from services.supplier.domain.assignment.relaxing import Bound, Grid, relax

PEOPLE, COST, RUIN = 0.2, 0.12, 0.8  # shares of the time for the two bounds, at most, and for ruin and recreate
HEAT = 1.0  # people; how much worse a plan may become for a while
TRIAL = 4_000  # rounds by which is measured how many there is time for
PART = 1_500  # columns in a neighbourhood
BURST = 1.5  # seconds for one, at most
WORTH = 1.2  # of a person in the bound on cost, as a multiple of the highest price: people go first


def compile_loops(columns: Columns) -> None:
    """Call each loop once, so that it is compiled before the clock runs."""
    grid = Grid(columns)
    bound, plan = relax(grid, columns.people.astype(float), Plan.empty(columns), 0)
    grid.ruined(plan, bound.prices, SEED, 1, 0.0)


def search(columns: Columns, start: Plan, seconds: float, say: Callable[[str, Plan], None]) -> Proof:
    """Return the best plan within ``seconds`` with its bounds."""
    begun = monotonic()
    grid = Grid(columns)
    people = columns.people.astype(float)
    by_people, plan = relax(grid, people, start, begun + PEOPLE * seconds)
    say("bound on people", plan)
    price = WORTH * float(columns.price.max())
    worth = price * people - columns.cost
    by_cost, plan = relax(grid, worth, plan, begun + (PEOPLE + COST) * seconds)
    say("bound on cost", plan)
    plan = _ruin(grid, plan, by_people.prices, RUIN * (begun + seconds - monotonic()), say)
    plan = _Neighbourhoods(grid, worth, by_cost).improve(plan, begun + seconds, say)
    served_bound = int(np.floor(by_people.value + 1e-6))
    # Whoever serves as many people is worth no more than the bound, so their cost is at least what is missing to it.
    cost_bound = max(0, int(np.ceil(price * plan.served - by_cost.value - 1e-6)))
    return Proof(plan, max(served_bound, plan.served), min(cost_bound, plan.cost), False)


def _ruin(grid: Grid, plan: Plan, prices: np.ndarray, seconds: float, say: Callable[[str, Plan], None]) -> Plan:
    """Return the best plan of as many chains of ruin and recreate as there are cores, each of which cools down once."""

    def chain(seed: int) -> Plan:
        begun = monotonic()
        first = grid.ruined(plan, prices, seed, TRIAL, 0.0)
        taken = max(1e-6, monotonic() - begun)
        rounds = int(TRIAL * max(0.0, seconds - taken) / taken)
        return grid.ruined(first, prices, seed + 1, rounds, HEAT) if rounds else first

    with ThreadPoolExecutor(WORKERS) as pool:
        best = min(pool.map(chain, (SEED + 2 * worker for worker in range(WORKERS))), key=lambda one: one.order)
    say("ruin and recreate", best)
    return min(plan, best, key=lambda one: one.order)


class _Neighbourhoods:
    """Parts of a round that are solved exactly while the rest stays as it is."""

    def __init__(self, grid: Grid, worth: np.ndarray, bound: Bound) -> None:
        self.grid, self.columns, self.worth, self.bound = grid, grid.columns, worth, bound
        self.of_pools, self.weight = self.columns.of_pools(), grid.weigh(bound.prices)
        self.of_slots = [
            np.arange(grid.cells[grid.slots[slot]], grid.cells[grid.slots[slot + 1]])
            for slot in range(len(self.columns.slots))
        ]
        self.random = np.random.default_rng(SEED)
        self.seen = np.zeros(len(self.columns.slots))

    def improve(self, plan: Plan, until: float, say: Callable[[str, Plan], None]) -> Plan:
        """Return the plan after as many neighbourhoods as there is time for, two at a time that do not touch."""
        with ThreadPoolExecutor(WORKERS) as pool:
            while monotonic() < until:
                parts = self._parts(plan)
                if not parts:
                    break
                seconds = min(BURST, until - monotonic())
                found = [pool.submit(self._solve, plan, *part, seconds) for part in parts]
                for better in (one.result() for one in found):
                    if better is not None:
                        merged = plan.chosen.copy()
                        merged[better[0]] = better[1]
                        plan = min(plan, Plan(self.columns, merged), key=lambda one: one.order)
                say("neighbourhoods", plan)
        return plan

    def _losses(self, plan: Plan) -> np.ndarray:
        """Return for each slot what it lacks of its value in the bound, with the pools around it that got nothing."""
        gained = np.zeros(len(self.columns.slots))
        used = plan.used
        np.add.at(gained, self.grid.slot_of[used], self.worth[used] - self.weight[used])
        loss = np.maximum(0.0, self.bound.slots - gained)
        left = np.flatnonzero(plan.chosen == NONE)
        share = np.zeros(self.grid.pools)
        share[left] = self.bound.prices[left]
        around = np.bincount(self.grid.slot_of, weights=share[self.columns.pool], minlength=len(loss))
        return loss + around / max(1, len(self.columns) // max(1, self.grid.pools))

    def _parts(self, plan: Plan) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return sets of slots, with the pools that may move in them, that have nothing to do with each other."""
        loss = self._losses(plan) / (1 + self.seen) ** 2
        if not loss.any():
            return []
        parts: list[tuple[np.ndarray, np.ndarray]] = []
        closed: set[int] = set()
        for _ in range(WORKERS):
            chances = np.array([0.0 if slot in closed else loss[slot] for slot in range(len(loss))])
            if not chances.any():
                break
            slots, pools = self._grow(plan, int(self.random.choice(len(loss), p=chances / chances.sum())), closed)
            self.seen[slots] += 1
            parts.append((slots, pools))
            closed |= set(map(int, slots))
            for pool in pools:
                closed |= {int(self.grid.slot_of[column]) for column in self.of_pools[pool]}
            # Slots of one keeper or supplier are bound to each other.
            mine = {int(self.grid.supplier[slot]) for slot in slots}
            closed |= {slot for slot in range(len(loss)) if int(self.grid.supplier[slot]) in mine}
        return parts

    def _grow(self, plan: Plan, seed: int, closed: set[int]) -> tuple[np.ndarray, np.ndarray]:
        slots, queue, pools, size = {seed}, [seed], set(), 0
        home = np.where(plan.chosen == NONE, NONE, self.grid.slot_of[plan.chosen])
        while queue and size < PART:
            slot = queue.pop(0)
            mine = self.columns.pool[self.of_slots[slot]]
            here = [int(pool) for pool in np.unique(mine) if home[pool] in (slot, NONE) and pool not in pools]
            pools |= set(here)
            size += len(self.of_slots[slot])
            others = {int(self.grid.slot_of[column]) for pool in here for column in self.of_pools[pool]}
            fresh = sorted(others - slots - closed)
            self.random.shuffle(fresh)
            for other in fresh:
                slots.add(other)
                queue.append(other)
        grown = np.array(sorted(slots - set(queue)), dtype=np.int64)
        inside = np.isin(home, grown)
        free = np.array([pool in pools for pool in range(self.grid.pools)]) & (inside | (home == NONE))
        return grown, np.flatnonzero(free | inside)

    def _solve(
        self, plan: Plan, slots: np.ndarray, pools: np.ndarray, seconds: float
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return pools with their new columns if that serves more people, or as many for less."""
        columns, grid = self.columns, self.grid
        movable = np.zeros(grid.pools, dtype=bool)
        movable[pools] = True
        here = np.concatenate([self.of_slots[slot] for slot in slots])
        part = here[movable[columns.pool[here]]]
        stay = plan.chosen[(plan.chosen != NONE) & ~movable]
        busy = {int(grid.slot_of[column]) for column in stay}
        shut = [
            cell
            for slot in slots
            if any(int(other) in busy for other in grid.apart_of[grid.apart[slot] : grid.apart[slot + 1]])
            for cell in range(grid.slots[slot], grid.slots[slot + 1])
        ]
        staying = set(map(int, stay))
        left = [most - sum(one in staying for one in mine) for mine, most in columns.limits]
        model = Model(columns, map(int, part), shut, left)
        if not model.part:
            return None
        # One person more is worth more than all that the others could save.
        person = int(columns.cost[part].sum()) + 1
        model.model.maximize(model.total(person * columns.people - columns.cost))
        now = plan.chosen[pools]
        model.hint(now[now != NONE])
        used, _, _ = model.solve(seconds, 1)
        if used is None:
            return None
        chosen = np.full(grid.pools, NONE, dtype=np.int64)
        chosen[columns.pool[used]] = used
        return pools, chosen[pools]
