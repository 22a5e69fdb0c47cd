# ruff: noqa: ANN001, ANN202 - numba infers the types of all that it compiles
"""Loops that numba compiles: the best group for each cell, and plans made of them slot by slot.

Columns are sorted by cell, cells by slot; ``cells`` and ``slots`` are the starts of each in the arrays below them.
"""

import numpy as np
from numba import njit

NEVER = -1e300


@njit(cache=True, nogil=True)
def best_group(first, last, people, worth, least, most, single, table, kept, inside):
    """Return the most worth of a group between ``least`` and ``most`` people; mark who is ``inside``.

    A knapsack by dynamic programming over the number of people; ``worth`` may be below zero, where somebody is needed
    to reach the least. Columns of no worth at all (``NEVER``) are left out.
    """
    inside[first:last] = False
    if single:
        at, best = -1, NEVER
        for column in range(first, last):
            if worth[column] > best and least <= people[column] <= most:
                at, best = column, worth[column]
        if at >= 0:
            inside[at] = True
        return best
    table[: most + 1] = NEVER
    table[0] = 0.0
    reached = 0
    for column in range(first, last):
        row, need, gain = column - first, people[column], worth[column]
        reached = min(most, reached + need)
        kept[row, : most + 1] = False
        if gain <= NEVER:
            continue
        for total in range(reached, need - 1, -1):
            if table[total - need] > NEVER and table[total - need] + gain > table[total]:
                table[total] = table[total - need] + gain
                kept[row, total] = True
    total = least
    for other in range(least, most + 1):
        if table[other] > table[total]:
            total = other
    best = table[total]
    if best <= NEVER:
        return NEVER
    for column in range(last - 1, first - 1, -1):
        if kept[column - first, total]:
            inside[column] = True
            total -= people[column]
    return best


@njit(cache=True, nogil=True)
def best_of_slot(slot, slots, cells, people, worth, least, most, single, table, kept, inside):
    """Return the cell of a slot whose best group is worth most, and how much; -1 where none is worth anything."""
    at, best = -1, 0.0
    for cell in range(slots[slot], slots[slot + 1]):
        first, last = cells[cell], cells[cell + 1]
        value = best_group(first, last, people, worth, least[cell], most[cell], single[cell], table, kept, inside)
        if value > best:
            at, best = cell, value
    for cell in range(slots[slot], slots[slot + 1]):
        if cell != at:
            inside[cells[cell] : cells[cell + 1]] = False
    return at, best


@njit(cache=True, nogil=True)
def relaxed(slots, cells, people, worth, least, most, single, keepers, order, before, inside, values):
    """Return what all slots are worth at most when pools may be in many; ``values`` of slots, who is ``inside``.

    ``order`` are the slots of each keeper by their end, ``before`` for each how many of them end before it begins: of
    slots at one time the best are used (weighted interval scheduling).
    """
    table = np.zeros(int(most.max()) + 1)
    kept = np.zeros((int((cells[1:] - cells[:-1]).max()), int(most.max()) + 1), dtype=np.bool_)
    total = 0.0
    for slot in range(len(slots) - 1):
        _, values[slot] = best_of_slot(slot, slots, cells, people, worth, least, most, single, table, kept, inside)
    for keeper in range(len(keepers) - 1):
        first, last = keepers[keeper], keepers[keeper + 1]
        best = np.zeros(last - first + 1)
        for at in range(first, last):
            with_it = best[before[at]] + values[order[at]]
            best[at - first + 1] = max(best[at - first], with_it)
        total += best[last - first]
        at = last - first
        while at > 0:
            if best[at] > best[at - 1]:
                at = before[first + at - 1]
                continue
            slot = order[first + at - 1]
            for cell in range(slots[slot], slots[slot + 1]):
                inside[cells[cell] : cells[cell + 1]] = False
            at -= 1
    return total


@njit(cache=True, nogil=True)
def fill(order, slots, cells, pool, people, worth, least, most, single, apart, apart_of, supplier, left, chosen):
    """Give each slot in ``order`` the best group of those who have nothing yet; ``chosen`` and ``left`` are changed.

    ``apart_of`` lists for each slot those that its keeper cannot take as well; ``left`` pools of each supplier.
    """
    table = np.zeros(int(most.max()) + 1)
    kept = np.zeros((int((cells[1:] - cells[:-1]).max()), int(most.max()) + 1), dtype=np.bool_)
    inside = np.zeros(len(pool), dtype=np.bool_)
    open_now = worth.copy()
    busy = np.zeros(len(slots) - 1, dtype=np.bool_)
    for slot in range(len(slots) - 1):
        for column in range(cells[slots[slot]], cells[slots[slot + 1]]):
            if chosen[pool[column]] == column:
                busy[slot] = True
    for slot in order:
        if busy[slot]:
            continue
        taken = False
        for at in range(apart[slot], apart[slot + 1]):
            taken = taken or busy[apart_of[at]]
        if taken or left[supplier[slot]] <= 0:
            continue
        first, last = cells[slots[slot]], cells[slots[slot + 1]]
        for column in range(first, last):
            open_now[column] = NEVER if chosen[pool[column]] >= 0 else worth[column]
        at, _ = best_of_slot(slot, slots, cells, people, open_now, least, most, single, table, kept, inside)
        count = 0
        for column in range(first, last):
            count += inside[column]
        if at < 0 or count > left[supplier[slot]]:
            continue
        busy[slot] = True
        left[supplier[slot]] -= count
        for column in range(cells[at], cells[at + 1]):
            if inside[column]:
                chosen[pool[column]] = column
