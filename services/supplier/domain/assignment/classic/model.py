"""Facilities with capacities and opening costs, customers with demands, and what it costs to serve one from another.

The cost of an instance is the sum of the costs of serving plus the costs of the facilities that are open. Where a
customer has one facility only (single source) demands may differ by facility, which makes it generalised assignment.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Say = Callable[[str, float | None, float | None], None]
"""Told the phase, the best value so far and the bound so far."""


@dataclass(frozen=True)
class Instance:
    """Arrays: ``capacity`` and ``opening`` by facility, ``demand`` and ``cost`` by facility and customer."""

    capacity: np.ndarray
    opening: np.ndarray
    demand: np.ndarray
    cost: np.ndarray

    @property
    def whole(self) -> bool:
        """Whether all costs are whole numbers, so that a bound may be rounded up."""
        return bool(np.all(self.cost == np.rint(self.cost)) and np.all(self.opening == np.rint(self.opening)))

    def value(self, home: np.ndarray) -> float:
        """Return what it costs to serve each customer from the facility ``home`` of it."""
        customers = np.arange(self.cost.shape[1])
        return float(self.cost[home, customers].sum() + self.opening[np.unique(home)].sum())

    def is_kept(self, home: np.ndarray) -> bool:
        """Tell whether no facility has more demand than capacity."""
        customers = np.arange(self.cost.shape[1])
        load = np.bincount(home, weights=self.demand[home, customers], minlength=len(self.capacity))
        return bool(np.all(load <= self.capacity + 1e-9))


@dataclass(frozen=True)
class Solved:
    """The best solution found, a proved bound below it, the gap (share of the value) and how long it took.

    ``home`` has a facility for each customer; where demand may be split, ``shares`` has what part comes from where.
    None where there is no solution, or none was found.
    """

    objective: float | None
    bound: float
    seconds: float
    home: np.ndarray | None = None
    shares: np.ndarray | None = None

    @property
    def gap(self) -> float | None:
        """Which share of the value is at most too much."""
        if self.objective is None:
            return None
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-9)
