"""A plan: for each pool the number of its column, or none. It is made of columns only, so it can be judged quickly."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from services.supplier.domain.assignment.columns import Columns

NONE = -1


@dataclass(frozen=True)
class Plan:
    """``chosen[pool]`` is a column or ``NONE``."""

    columns: Columns
    chosen: np.ndarray

    @classmethod
    def empty(cls, columns: Columns) -> "Plan":
        """Return the plan in which nobody gets anything."""
        return cls(columns, np.full(len(columns.problem.pools), NONE, dtype=np.int64))

    @classmethod
    def of(cls, columns: Columns, used: Iterable[int]) -> "Plan":
        """Return the plan that uses these columns."""
        made = cls.empty(columns)
        for column in used:
            made.chosen[columns.pool[column]] = column
        return made

    @property
    def used(self) -> np.ndarray:
        """The columns that are used, in the order of pools."""
        return self.chosen[self.chosen != NONE]

    @property
    def served(self) -> int:
        """How many people get a seat."""
        return int(self.columns.people[self.used].sum())

    @property
    def cost(self) -> int:
        """What they pay together (minor units)."""
        return int(self.columns.cost[self.used].sum())

    @property
    def tie(self) -> int:
        """What decides among plans that are equal in all else."""
        return int(self.columns.tie[self.used].sum())

    @property
    def order(self) -> tuple[int, int, int]:
        """The key by which plans are ranked, best first."""
        return -self.served, self.cost, self.tie
