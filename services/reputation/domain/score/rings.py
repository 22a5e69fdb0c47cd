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

from services.reputation.domain.score.opinions import LEVELS, Opinion, Table

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
    table = Table(sorted(opinions, key=lambda one: (one.rater, one.supplier)))
    rings = []
    for _ in range(ROUNDS):
        members = _group(table)
        if members is None:
            break
        hit, shift = _harm(table, members)
        table.settle(members)
        if len(hit) >= LEAST_HIT:
            rings.append(_ring(table, "ring", members, hit, shift))
    return [*rings, *_choruses(table)]


def _ring(table: Table, kind: str, members: np.ndarray, hit: np.ndarray, shift: float) -> Ring:
    raters = frozenset(table.raters[number] for number in np.flatnonzero(members))
    return Ring(kind, raters, frozenset(table.suppliers[number] for number in hit), round(float(shift), 4))


def _group(table: Table) -> np.ndarray | None:
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


def _surplus(table: Table, chosen: np.ndarray) -> sparse.csr_matrix | None:
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


def _seeds(table: Table, chosen: np.ndarray) -> Iterator[np.ndarray]:
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


def _belonging(table: Table, members: np.ndarray) -> np.ndarray:
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


def _in_the_habit(table: Table, chance: np.ndarray, everybody: np.ndarray) -> np.ndarray:
    """Return for each opinion how likely the levels were, for this supplier and for what its rater likes to give."""
    given = np.zeros((LEVELS, len(table.raters)))
    np.add.at(given, (table.level, table.row), 1)
    habit = (given + HABIT * everybody[:, None]) / (given.sum(0) + HABIT)
    likely = chance[:, table.column] * (habit / everybody[:, None])[:, table.row]
    return likely / likely.sum(0)


def _harm(table: Table, members: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the suppliers of which the group clearly says something else than the outsiders, and how much."""
    inside, outside = members[table.row], table.free & ~members[table.row]
    return _apart(*table.mean(inside), *table.mean(outside), CLEAR)


def _apart(ours, mine, theirs, other, clear: float) -> tuple[np.ndarray, float]:  # noqa: ANN001 (arrays)
    shift = np.abs(mine - other)
    error = np.sqrt(MARK_VARIANCE / np.maximum(ours, 1) + MARK_VARIANCE / np.maximum(theirs, 1))
    hit = np.flatnonzero((ours >= 2) & (theirs >= 2) & (shift >= EFFECT) & (shift >= clear * error))
    return hit, float(shift[hit].mean()) if len(hit) else 0.0


def _choruses(table: Table) -> list[Ring]:
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
            found.append(_ring(table, "chorus", members, np.array([column]), abs(mine[column] - other[column])))
    return found
