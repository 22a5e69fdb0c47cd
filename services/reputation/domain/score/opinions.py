"""Opinions as arrays, weighed so that no community is the majority by its number of raters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

LEVELS = 5
LEAST_CAP = 3.0  # opinions of one community about one supplier that count in full, however few others have


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one rater says of one supplier, from 0 to 1, over all its orders."""

    rater: str
    supplier: str
    share: float
    community: str = ""


class Table:
    """Opinions as arrays: ``row`` says whose, ``column`` of which supplier; who is ``settled`` is looked at no more."""

    def __init__(self, opinions: Sequence[Opinion]) -> None:
        self.raters = sorted({one.rater for one in opinions})
        self.suppliers = sorted({one.supplier for one in opinions})
        rows = {rater: number for number, rater in enumerate(self.raters)}
        columns = {supplier: number for number, supplier in enumerate(self.suppliers)}
        self.row = np.array([rows[one.rater] for one in opinions])
        self.column = np.array([columns[one.supplier] for one in opinions])
        self.share = np.array([one.share for one in opinions])
        self.level = np.rint(self.share * (LEVELS - 1)).astype(int)
        self.known = np.bincount(self.row, minlength=len(self.raters))
        # Who is known by one supplier alone is no witness against others: of these there may be any number.
        self.settled = self.known == 1
        self.weight = self._weights([one.community for one in opinions])

    def _weights(self, communities: Sequence[str]) -> np.ndarray:
        """Return what each opinion weighs: those of one community no more than those of the middle one.

        Otherwise whoever mints raters is the majority, and everybody else would contradict it.
        """
        _, community = np.unique(communities, return_inverse=True)
        about = self.column * 2 + self.settled[self.row]
        cell, place, size = np.unique(
            np.column_stack([about, community]), axis=0, return_inverse=True, return_counts=True
        )
        cap = np.full(2 * len(self.suppliers), LEAST_CAP)
        for number in np.unique(about):
            cap[number] = max(LEAST_CAP, np.median(size[cell[:, 0] == number]))
        return np.minimum(1.0, cap[about] / size[place.ravel()])

    @property
    def free(self) -> np.ndarray:
        """Whose opinions may still turn out to be those of a ring."""
        return ~self.settled[self.row]

    def settle(self, members: np.ndarray) -> None:
        """Take ``members`` out of the search."""
        self.settled |= members

    def levels(self, chosen: np.ndarray) -> list[sparse.csr_matrix]:
        """Return for each level who of the ``chosen`` opinions gave it to whom."""
        shape = (len(self.raters), len(self.suppliers))
        found = []
        for level in range(LEVELS):
            at = chosen & (self.level == level)
            found.append(sparse.csr_matrix((np.ones(at.sum()), (self.row[at], self.column[at])), shape=shape))
        return found

    def mean(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how much the ``chosen`` opinions about each supplier weigh, and their mean."""
        column, weight = self.column[chosen], self.weight[chosen]
        count = np.bincount(column, weight, len(self.suppliers))
        total = np.bincount(column, weight * self.share[chosen], len(self.suppliers))
        return count, total / np.maximum(count, 1e-9)

    def count(self, chosen: np.ndarray, power: int = 1) -> np.ndarray:
        """Return how much the ``chosen`` opinions weigh, by level and supplier."""
        found = np.zeros((LEVELS, len(self.suppliers)))
        np.add.at(found, (self.level[chosen], self.column[chosen]), self.weight[chosen] ** power)
        return found
