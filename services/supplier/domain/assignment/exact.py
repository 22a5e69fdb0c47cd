"""The round as a CP-SAT model: one literal for a pool in a cell, one for a cell that is used.

Three objectives one after the other, each held to what the one before has found: most people, least cost, ties.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from services.supplier.domain.assignment.columns import Columns
from services.supplier.domain.assignment.plans import Plan

SEED = 7
WORKERS = 2
SHARES = (0.5, 0.7, 1.0)  # of the time that is left: for people, for cost, for ties


@dataclass(frozen=True, slots=True)
class Proof:
    """The best plan found, with proved bounds on people and (at no fewer people) cost; ``optimal``: ties as well."""

    plan: Plan
    served_bound: int
    cost_bound: int
    optimal: bool


class Model:
    """The linear constraints of some columns (all, unless told), over literals of CP-SAT.

    ``shut`` cells cannot be used, and ``left`` says how many pools each limit still allows (as in the columns, unless
    told): both are for a part of a round, the rest of which stays as it is.
    """

    def __init__(
        self,
        columns: Columns,
        part: Iterable[int] | None = None,
        shut: Iterable[int] = (),
        left: Sequence[int] | None = None,
    ) -> None:
        from ortools.sat.python import cp_model

        self.columns, self.model = columns, cp_model.CpModel()
        closed = set(shut)
        self.part = [
            one for one in (range(len(columns)) if part is None else part) if int(columns.cell[one]) not in closed
        ]
        self.take = {one: self.model.new_bool_var(f"x{one}") for one in self.part}
        self.use = {
            cell: self.model.new_bool_var(f"z{cell}") for cell in sorted({int(columns.cell[i]) for i in self.part})
        }
        self._pools()
        self._cells()
        self._together()
        for (mine, most), allowed in zip(columns.limits, left or [m for _, m in columns.limits], strict=True):
            here = [self.take[one] for one in mine if one in self.take]
            if len(here) > min(most, allowed):
                self.model.add(sum(here) <= min(most, allowed))

    def _pools(self) -> None:
        by_pool: dict[int, list[int]] = defaultdict(list)
        for one in self.part:
            by_pool[int(self.columns.pool[one])].append(one)
        for mine in by_pool.values():
            if len(mine) > 1:
                self.model.add_at_most_one(self.take[one] for one in mine)

    def _cells(self) -> None:
        by_cell: dict[int, list[int]] = defaultdict(list)
        for one in self.part:
            by_cell[int(self.columns.cell[one])].append(one)
        for number, mine in by_cell.items():
            cell, used = self.columns.cells[number], self.use[number]
            people = sum(int(self.columns.people[one]) * self.take[one] for one in mine)
            self.model.add(people <= cell.most * used)
            self.model.add(people >= cell.least * used)
            for one in mine:
                self.model.add_implication(self.take[one], used)
            if cell.single:
                self.model.add_at_most_one(self.take[one] for one in mine)

    def _together(self) -> None:
        by_slot: dict[int, list[int]] = defaultdict(list)
        for cell in self.use:
            by_slot[self.columns.cells[cell].slot].append(cell)
        for slots in (*((slot,) for slot in by_slot), *self.columns.cliques):
            here = [self.use[cell] for slot in slots for cell in by_slot.get(slot, ())]
            if len(here) > 1:
                self.model.add_at_most_one(here)

    def total(self, weights: np.ndarray) -> object:
        """Return the sum of what the columns weigh."""
        return sum(int(weights[one]) * self.take[one] for one in self.part)

    def hint(self, used: Iterable[int]) -> None:
        """Begin with these columns."""
        self.model.clear_hints()
        taken = set(map(int, used))
        busy = {int(self.columns.cell[one]) for one in taken}
        for one, literal in self.take.items():
            self.model.add_hint(literal, one in taken)
        for cell, literal in self.use.items():
            self.model.add_hint(literal, cell in busy)

    def solve(self, seconds: float, workers: int = WORKERS) -> tuple[list[int] | None, float, bool]:
        """Return the columns used (None: nothing found), the bound of the objective and whether it is proved."""
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = SEED
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, float("inf"), False
        used = [one for one, literal in self.take.items() if solver.boolean_value(literal)]
        return used, solver.best_objective_bound, status == cp_model.OPTIMAL


def prove(columns: Columns, start: Plan, until: float, say: Callable[[str, Plan], None]) -> Proof:
    """Improve ``start`` until nothing better exists or the clock (monotonic seconds) says ``until``."""
    model, plan = Model(columns), start
    served_bound, cost_bound = int(sum(_most_by_pool(columns))), 0
    best, bound, people_proved = _stage(model, plan, columns.people, until, SHARES[0], most=True)
    plan = best if best.order < plan.order else plan
    served_bound = min(served_bound, int(bound)) if bound is not None else served_bound
    say("people", plan)
    model.model.add(model.total(columns.people) >= plan.served)
    best, bound, cost_proved = _stage(model, plan, columns.cost, until, SHARES[1])
    plan = best if best.order < plan.order else plan
    cost_bound = max(0, int(np.ceil(bound - 1e-6))) if bound is not None else 0
    say("cost", plan)
    model.model.add(model.total(columns.cost) <= plan.cost)
    best, _, ties_proved = _stage(model, plan, columns.tie, until, SHARES[2])
    plan = best if best.order < plan.order else plan
    say("ties", plan)
    optimal = people_proved and cost_proved and ties_proved
    return Proof(plan, max(served_bound, plan.served), min(cost_bound, plan.cost), optimal)


def _stage(
    model: Model, plan: Plan, weights: np.ndarray, until: float, share: float, *, most: bool = False
) -> tuple[Plan, float | None, bool]:
    left = (until - monotonic()) * share
    if left <= 0.01:
        return plan, None, False
    model.hint(plan.used)
    (model.model.maximize if most else model.model.minimize)(model.total(weights))
    used, bound, proved = model.solve(left)
    if used is None:
        return plan, None, False
    return Plan.of(plan.columns, used), bound, proved


def _most_by_pool(columns: Columns) -> np.ndarray:
    most = np.zeros(len(columns.problem.pools), dtype=np.int64)
    np.maximum.at(most, columns.pool, columns.people)
    return most
