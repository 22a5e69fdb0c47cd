"""The plan of somebody in a hurry: pool by pool, the most people first, each in the cheapest slot that takes it.

It is the yardstick of the bench, and what a round falls back on when there is no time for anything else.
"""

from collections import defaultdict

import numpy as np

from services.supplier.domain.assignment.columns import Columns
from services.supplier.domain.assignment.plans import Plan


def greedy(columns: Columns) -> Plan:
    """Return a plan that keeps every constraint. Groups that stay too small are given up and their pools try again."""
    closed: set[int] = set()
    while True:
        hand = _Hand(columns, closed)
        order = sorted(range(len(columns.problem.pools)), key=lambda pool: (-_size(columns, pool), pool))
        for pool in order:
            hand.place(pool)
        small = hand.too_small()
        if not small:
            return Plan.of(columns, hand.columns_used())
        closed |= small


def _size(columns: Columns, pool: int) -> int:
    return sum(columns.problem.pools[pool].people.values())


class _Hand:
    """Places one pool after the other and remembers what is taken. ``closed`` slots are not used."""

    def __init__(self, columns: Columns, closed: set[int]) -> None:
        self.columns, self.closed = columns, closed
        self.of_pools, self.of_slots = columns.of_pools(), columns.of_slots()
        self.inside: dict[int, dict[int, int]] = defaultdict(dict)  # slot -> pool -> people
        self.apart: dict[int, set[int]] = defaultdict(set)
        for clique in columns.cliques:
            for slot in clique:
                self.apart[slot] |= set(clique) - {slot}
        self.left = [most for _, most in columns.limits]
        self.limits_of: dict[int, list[int]] = defaultdict(list)
        for number, (limited, _) in enumerate(columns.limits):
            for column in limited:
                self.limits_of[column].append(number)

    def place(self, pool: int) -> None:
        """Put a pool where it costs least now; nowhere if there is no room."""
        ranked = sorted(self.of_pools[pool], key=lambda one: (self.columns.price[one], self.columns.tie[one], one))
        for column in ranked:
            cell = self.columns.cells[self.columns.cell[column]]
            people = int(self.columns.people[column])
            if self._is_free(cell.slot, column) and self._has_room(cell.slot, pool, people):
                self.inside[cell.slot][pool] = people
                for number in self.limits_of[column]:
                    self.left[number] -= 1
                return

    def _is_free(self, slot: int, column: int) -> bool:
        taken = any(self.inside.get(other) for other in self.apart[slot])
        return slot not in self.closed and not taken and all(self.left[number] for number in self.limits_of[column])

    def _has_room(self, slot: int, pool: int, people: int) -> bool:
        """Tell whether a group with this pool still has a level that all of it can pay, or may reach one."""
        group = {**self.inside[slot], pool: people}
        cells = self.of_slots[slot]
        if any(self.columns.cells[cell].single for cell in cells):
            return len(group) == 1
        total = sum(group.values())
        return any(
            total <= self.columns.cells[cell].most
            and all(self._column(one, cell) is not None for one in group)
            # A group below the least of its level may grow; one that has reached it must be able to pay it.
            and (total >= self.columns.cells[cell].least or cell == cells[0])
            for cell in cells
        )

    def _column(self, pool: int, cell: int) -> int | None:
        return next((one for one in self.of_pools[pool] if self.columns.cell[one] == cell), None)

    def _cell_of(self, slot: int) -> int | None:
        group = self.inside[slot]
        total = sum(group.values())
        for cell in reversed(self.of_slots[slot]):
            level = self.columns.cells[cell]
            if level.least <= total <= level.most and all(self._column(one, cell) is not None for one in group):
                return cell
        return None

    def too_small(self) -> set[int]:
        """Return the slots whose group has not become a group."""
        return {slot for slot, group in self.inside.items() if group and self._cell_of(slot) is None}

    def columns_used(self) -> np.ndarray:
        """Return the columns of all pools that are placed."""
        used = []
        for slot, group in self.inside.items():
            cell = self._cell_of(slot)
            used += [self._column(pool, cell) for pool in group if cell is not None]
        return np.array(sorted(column for column in used if column is not None), dtype=np.int64)
