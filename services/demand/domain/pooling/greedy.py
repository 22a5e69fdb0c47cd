"""A first solution: the heaviest spot of all becomes a pool, then the heaviest of those who are left, and so on."""

from heapq import heapify, heappop, heappush

import numpy as np

from services.demand.domain.pooling.ground import Draft, Ground
from services.demand.domain.pooling.model import NeedId

SURE = 1e6  # the weight of who has to be there, against that of anybody


def seeds(ground: Ground) -> tuple[list[Draft], list[frozenset[NeedId]]]:
    """Return the pools of those who are tied by hand, each grown as far as it goes, and the ties that cannot be.

    Whoever is tied to others can only be served with them, so that they choose first.
    """
    if not ground.pins:
        return [], []
    row_of = {need.id: row for row, need in enumerate(ground.field.needs)}
    groups = {frozenset(row_of[one] for one in ground.pins.tied(need) if one in row_of) for need in row_of}
    made, refused, taken = [], [], set().union(*(group for group in groups if len(group) > 1))
    free = set(row_of.values()) - taken
    for group in sorted((group for group in groups if len(group) > 1), key=lambda one: (-ground.people(one), min(one))):
        draft = _grown(ground, group, free)
        if draft is None:
            refused.append(frozenset(ground.field.needs[row].id for row in group))
        else:
            free -= set(draft.rows)
            made.append(draft)
    return made, refused


def _grown(ground: Ground, group: frozenset[int], free: set[int]) -> Draft | None:
    if not ground.may(sorted(group)):
        return None
    common = sorted(group)
    near = set(ground.near(common[0]).tolist()).intersection(*(ground.near(row).tolist() for row in common[1:]))
    if not group <= near:
        return None
    table = np.asarray(sorted((near & free) | group))
    weights = np.where(np.isin(table, common), SURE, ground.field.people[table])
    best = None
    for around in table:
        spot = ground.spot(int(around), table, weights, best.weight if best else SURE * len(common) - 0.5)
        best = spot or best
    if best is None:
        return None
    rows = ground.admitted(best.rows.tolist(), first=common)
    return ground.draft(best, rows, tied=group) if group <= set(rows) else None


def gather(ground: Ground, rows: np.ndarray) -> list[Draft]:
    """Return pools of ``rows``, the heaviest spot first.

    A spot gets only lighter when needs leave, so that what it weighed before is a bound: only those whose bound is
    the highest are looked at again (lazy greedy; Minoux, 1978).
    """
    free = np.zeros(len(ground.field.needs), dtype=bool)
    free[rows] = True
    people = ground.field.people.astype(float)
    heap = [(-float(people[(near := ground.near(int(row)))[free[near]]].sum()), int(row)) for row in rows]
    heapify(heap)
    made = []
    while heap:
        bound, around = heappop(heap)
        if not free[around]:
            continue
        near = ground.near(around)
        near = near[free[near]]
        spot = ground.spot(around, near, people[near]) if len(near) > 1 else None
        if spot is None:
            free[around] = False
            made.append(ground.alone(around))
        elif heap and (-spot.weight, around) > heap[0] and spot.weight < -bound:
            heappush(heap, (-spot.weight, around))
        else:
            chosen = ground.admitted(spot.rows.tolist(), first=(around,))
            free[chosen] = False
            made.append(ground.draft(spot, chosen))
    return made
