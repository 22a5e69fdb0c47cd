"""Rings: raters who agree with each other, and contradict everybody else, on several suppliers. See SCORE.md.

Three steps, each of which asks for more than the one before.

1. Seed. For each pair of raters: on how many suppliers do both give the same of five levels, and how many would two
   raters of these suppliers on average? The surplus, in standard deviations, is a weighted graph; its leading
   eigenvectors (as in spectral clustering) show a group even where no single pair stands out.
2. Membership. A rater belongs to the group if it agrees with it more often than one who draws from what the outsiders
   say of the same suppliers, and from its own habit, by MEMBER standard deviations.
3. Harm. Only suppliers count of which the group says something else than the outsiders, by EFFECT and by CLEAR standard
   errors; a ring needs LEAST_HIT of these. A group that says what everybody says does no harm and is no ring.

A chorus is the same about one supplier: raters who are known by it alone, against those who are known elsewhere too.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from scipy import sparse

LEVELS = 5
LEAST_MEMBERS = 3
LEAST_SHARED = 3
LEAST_HIT = 3
MEMBER = 3.0
HABIT = 15.0  # opinions after which a rater's own habit weighs as much as that of everybody
EFFECT = 0.25
CLEAR = 2.0
CHORUS_CLEAR = 3.0
MARK_VARIANCE = 0.1
ROUNDS = 8
ITERATIONS = 50
LEAST_CAP = 3.0  # opinions of one community about one supplier that count in full, however few others have


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one rater says of one supplier, from 0 to 1, over all its orders."""

    rater: str
    supplier: str
    share: float
    community: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    """Raters who speak with one voice of these suppliers; ``shift`` is how far from the outsiders, on average."""

    kind: str
    raters: frozenset[str]
    suppliers: frozenset[str]
    shift: float


def find_rings(opinions: Sequence[Opinion]) -> list[Ring]:
    """Return the rings and choruses in ``opinions``, of which there is one per rater and supplier; deterministic."""
    if not opinions:
        return []
    table = _Table(sorted(opinions, key=lambda one: (one.rater, one.supplier)))
    rings = []
    for _ in range(ROUNDS):
        members = _group(table)
        if members is None:
            break
        hit, shift = _harm(table, members)
        table.settle(members)
        if len(hit) >= LEAST_HIT:
            rings.append(table.ring("ring", members, hit, shift))
    return [*rings, *_choruses(table)]


class _Table:
    """Opinions as arrays: ``row`` says whose, ``column`` of which supplier, ``free`` whether it may
    be part of a ring, and is in none yet."""

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
        return ~self.settled[self.row]

    def settle(self, members: np.ndarray) -> None:
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

    def ring(self, kind: str, members: np.ndarray, hit: np.ndarray, shift: float) -> Ring:
        raters = frozenset(self.raters[number] for number in np.flatnonzero(members))
        return Ring(kind, raters, frozenset(self.suppliers[number] for number in hit), round(float(shift), 4))


def _group(table: _Table) -> np.ndarray | None:
    """Return the most conspicuous group of raters that are in no ring yet, or None."""
    extreme = (table.level == 0) | (table.level == LEVELS - 1)
    for members in chain(_seeds(table, table.free), _seeds(table, table.free & extreme)):
        for _ in range(10):
            before = members
            members = _belonging(table, before)
            if members.sum() < LEAST_MEMBERS or (members == before).all():
                break
        if members.sum() >= LEAST_MEMBERS:
            return members
    return None


def _surplus(table: _Table, chosen: np.ndarray) -> sparse.csr_matrix | None:
    """Return by how many standard deviations each pair agrees more often than pairs do on the same suppliers."""
    levels = table.levels(chosen)
    counts, squares = table.count(chosen), table.count(chosen, 2)
    total = counts.sum(0)
    if total.sum() == 0:
        return None
    pairs = total**2 - squares.sum(0)
    expected = np.clip(((counts**2 - squares).sum(0) + 0.4) / (pairs + 2), 0.02, 0.98)
    rated = sum(levels[1:], levels[0])
    agreed = sum((level @ level.T for level in levels[1:]), levels[0] @ levels[0].T)
    surplus = (agreed - rated @ sparse.diags(expected) @ rated.T).tocsr()
    spread = (rated @ sparse.diags(expected * (1 - expected)) @ rated.T).tocsr()
    spread.data = 1 / np.sqrt(spread.data + 0.25)
    surplus = surplus.multiply(spread).tocsr()
    surplus.setdiag(0)
    surplus.eliminate_zeros()
    return surplus


def _seeds(table: _Table, chosen: np.ndarray) -> Iterator[np.ndarray]:
    """Yield groups to begin with: the ends of the leading eigenvectors, and the closest friends of the closest pair."""
    surplus = _surplus(table, chosen)
    if surplus is None or surplus.nnz == 0:
        return
    size = surplus.shape[0]
    known = np.empty((size, 0))
    lift = float(abs(surplus).sum(1).max())
    random = np.random.default_rng(0)
    for _ in range(4):
        vector = random.random(size)
        for _ in range(ITERATIONS):
            vector = surplus @ vector + 0.1 * lift * vector
            vector -= known @ (known.T @ vector)
            vector /= np.linalg.norm(vector) or 1.0
        known = np.column_stack([known, vector])
        for side in (vector, -vector):
            yield side > side.max() / 2
    near = np.asarray(surplus[int(np.argmax(surplus.max(1).toarray()))].todense()).ravel()
    yield near >= near.max() / 2


def _belonging(table: _Table, members: np.ndarray) -> np.ndarray:
    """Return who agrees with the ``members`` more often than chance, as the outsiders' words have it, explains."""
    inside = table.free & members[table.row]
    within, outside = table.count(inside), table.count(table.free & ~members[table.row])
    everybody = (outside.sum(1) + 1) / (outside.sum() + LEVELS)
    chance = (outside + 2 * everybody[:, None]) / (outside.sum(0) + 2)
    chance_here = _in_the_habit(table, chance, everybody)
    # One's own word is no agreement with the group, so it is taken out of the group for oneself.
    own = inside * table.weight
    size = within.sum(0)[table.column] - own
    here = np.flatnonzero(table.free & (size >= 0.99))
    column = table.column[here]
    agreed = (within[table.level[here], column] - own[here]) / size[here]
    spoken = within[:, column] - 0.0
    spoken[table.level[here], np.arange(len(here))] -= own[here]
    spoken /= size[here]
    mean = (chance_here[:, here] * spoken).sum(0)
    spread = (chance_here[:, here] * spoken**2).sum(0) - mean**2
    rater, count = table.row[here], len(table.raters)
    surplus = np.bincount(rater, agreed - mean, count)
    deviation = np.sqrt(np.bincount(rater, spread, count) + 0.05)
    shared = np.bincount(rater, minlength=count)
    return (surplus / deviation >= MEMBER) & (shared >= LEAST_SHARED) & ~table.settled


def _in_the_habit(table: _Table, chance: np.ndarray, everybody: np.ndarray) -> np.ndarray:
    """Return for each opinion how likely the levels were, for this supplier and for what its rater likes to give."""
    given = np.zeros((LEVELS, len(table.raters)))
    np.add.at(given, (table.level, table.row), 1)
    habit = (given + HABIT * everybody[:, None]) / (given.sum(0) + HABIT)
    likely = chance[:, table.column] * (habit / everybody[:, None])[:, table.row]
    return likely / likely.sum(0)


def _harm(table: _Table, members: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the suppliers of which the group clearly says something else than the outsiders, and how much."""
    inside, outside = members[table.row], table.free & ~members[table.row]
    return _apart(*table.mean(inside), *table.mean(outside), CLEAR)


def _apart(ours, mine, theirs, other, clear: float) -> tuple[np.ndarray, float]:  # noqa: ANN001 (arrays)
    shift = np.abs(mine - other)
    error = np.sqrt(MARK_VARIANCE / np.maximum(ours, 1) + MARK_VARIANCE / np.maximum(theirs, 1))
    hit = np.flatnonzero((ours >= 2) & (theirs >= 2) & (shift >= EFFECT) & (shift >= clear * error))
    return hit, float(shift[hit].mean()) if len(hit) else 0.0


def _choruses(table: _Table) -> list[Ring]:
    """Return, by supplier, those known by it alone, where they clearly contradict those known elsewhere too."""
    alone = table.known[table.row] == 1
    known = table.free & (table.known[table.row] > 1)
    hit, _ = _apart(*table.mean(alone), *table.mean(known), CHORUS_CLEAR)
    raters: dict[int, list[int]] = defaultdict(list)
    for row, column in zip(table.row[alone], table.column[alone], strict=True):
        raters[int(column)].append(int(row))
    (_, mine), (_, other) = table.mean(alone), table.mean(known)
    found = []
    for column in hit:
        if len(raters[int(column)]) >= LEAST_MEMBERS:
            members = np.zeros(len(table.raters), bool)
            members[raters[int(column)]] = True
            found.append(table.ring("chorus", members, np.array([column]), abs(mine[column] - other[column])))
    return found
