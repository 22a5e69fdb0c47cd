# ruff: noqa: ANN001, ANN202 - numba infers the types of all that it compiles
"""Ruin and recreate (Schrimpf and others 2000), compiled: some slots near each other are emptied and filled anew.

``grid`` is (slots, cells, pool, people, cost, least, most, single, apart, apart_of, supplier, slot_of, pool_starts,
pool_columns), ``plan`` is (chosen, busy, left): the column of each pool, which slots are used, and how many pools each
supplier may still take.
"""

import numpy as np
from numba import njit

from services.supplier.domain.assignment._kernels import NEVER, best_of_slot

MOST_SLOTS = 14
THRIFT = 0.1  # people that the highest price of one is worth, where plans are compared on the way


@njit(cache=True, nogil=True)
def _near(grid, found):
    """Write slots that share pools into ``found``, from a random one on; return how many."""
    slots, cells, pool, slot_of, pool_starts, pool_columns = grid[0], grid[1], grid[2], grid[11], grid[12], grid[13]
    size = np.random.randint(2, len(found) + 1)
    found[0] = np.random.randint(len(slots) - 1)
    count = 1
    for _ in range(4 * size):
        slot = found[np.random.randint(count)]
        first, last = cells[slots[slot]], cells[slots[slot + 1]]
        if first == last or count == size:
            continue
        one = pool[np.random.randint(first, last)]
        other = slot_of[pool_columns[np.random.randint(pool_starts[one], pool_starts[one + 1])]]
        known = False
        for at in range(count):
            known = known or found[at] == other
        if not known:
            found[count] = other
            count += 1
    return count


@njit(cache=True, nogil=True)
def _empty(grid, plan, near, removed):
    """Take everybody out of the slots ``near``; write their columns into ``removed``; return columns, people, cost."""
    slots, cells, pool, people, cost, supplier = grid[0], grid[1], grid[2], grid[3], grid[4], grid[10]
    chosen, busy, left = plan
    taken, served, paid = 0, 0, 0
    for slot in near:
        for column in range(cells[slots[slot]], cells[slots[slot + 1]]):
            if chosen[pool[column]] == column:
                removed[taken] = column
                taken += 1
                served += people[column]
                paid += cost[column]
                chosen[pool[column]] = -1
                left[supplier[slot]] += 1
        busy[slot] = False
    return taken, served, paid


@njit(cache=True, nogil=True)
def _fill_one(grid, plan, slot, cell, inside):
    """Give a cell to who is ``inside`` it, if the supplier may take so many; return people and cost."""
    cells, pool, people, cost, supplier = grid[1], grid[2], grid[3], grid[4], grid[10]
    chosen, busy, left = plan
    members, served, paid = 0, 0, 0
    for column in range(cells[cell], cells[cell + 1]):
        members += inside[column]
    if members > left[supplier[slot]]:
        return 0, 0
    busy[slot] = True
    left[supplier[slot]] -= members
    for column in range(cells[cell], cells[cell + 1]):
        if inside[column]:
            chosen[pool[column]] = column
            served += people[column]
            paid += cost[column]
    return served, paid


@njit(cache=True, nogil=True)
def _is_free(grid, plan, slot):
    apart, apart_of, supplier = grid[8], grid[9], grid[10]
    free = not plan[1][slot] and plan[2][supplier[slot]] > 0
    for other in range(apart[slot], apart[slot + 1]):
        free = free and not plan[1][apart_of[other]]
    return free


@njit(cache=True, nogil=True)
def _fill(grid, plan, near, prices, thrift, space):
    """Let the slots ``near`` choose among who has nothing, first by prices, then whoever is left; people and cost."""
    slots, cells, pool, people, cost, least, most, single = grid[:8]
    table, kept, inside, worth = space
    share = np.random.random() * 1.2
    served, paid = 0, 0
    for again in range(2):
        for slot in near:
            if not _is_free(grid, plan, slot):
                continue
            for column in range(cells[slots[slot]], cells[slots[slot + 1]]):
                one = pool[column]
                worth[column] = people[column] - thrift * cost[column] - (0.0 if again else share * prices[one])
                if plan[0][one] >= 0:
                    worth[column] = NEVER
            cell, _ = best_of_slot(slot, slots, cells, people, worth, least, most, single, table, kept, inside)
            if cell >= 0:
                more, dearer = _fill_one(grid, plan, slot, cell, inside)
                served += more
                paid += dearer
    return served, paid


@njit(cache=True, nogil=True)
def _restore(grid, plan, near, removed, spare):
    """Put things back as they were before ``_empty``."""
    pool, supplier, slot_of = grid[2], grid[10], grid[11]
    _empty(grid, plan, near, spare)
    for column in removed:
        plan[0][pool[column]] = column
        plan[1][slot_of[column]] = True
        plan[2][supplier[slot_of[column]]] -= 1


@njit(cache=True, nogil=True)
def ruin(seed, rounds, heat, prices, grid, plan):
    """Empty and fill slots ``rounds`` times; ``plan`` ends as the best that was found.

    A change for the worse is taken with a chance that falls with it and with time, from ``heat`` people on (simulated
    annealing). Slots choose by people, less a random share of what a pool is worth elsewhere by the bound (``prices``).
    """
    np.random.seed(seed)
    slots, cells, people, cost, most = grid[0], grid[1], grid[3], grid[4], grid[6]
    space = (
        np.zeros(int(most.max()) + 1),
        np.zeros((int((cells[1:] - cells[:-1]).max()), int(most.max()) + 1), dtype=np.bool_),
        np.zeros(len(people), dtype=np.bool_),
        np.zeros(len(people)),
    )
    found = np.zeros(min(MOST_SLOTS, len(slots) - 1) if len(slots) > 2 else 2, dtype=np.int64)
    removed, spare = np.zeros(len(people), dtype=np.int64), np.zeros(len(people), dtype=np.int64)
    best = (plan[0].copy(), plan[1].copy(), plan[2].copy())
    thrift = THRIFT / max(1.0, (cost / people).max())
    served, paid, most_served, least_paid = 0, 0, 0, 0
    for number in range(rounds):
        warm = heat * (1.0 - number / rounds)
        near = found[: _near(grid, found)]
        taken, old, old_cost = _empty(grid, plan, near, removed)
        np.random.shuffle(near)
        new, new_cost = _fill(grid, plan, near, prices, thrift, space)
        score = new - old - thrift * (new_cost - old_cost)
        if score < 0 and (warm <= 0 or np.random.random() >= np.exp(score / warm)):
            _restore(grid, plan, near, removed[:taken], spare)
            continue
        served, paid = served + new - old, paid + new_cost - old_cost
        if served > most_served or (served == most_served and paid < least_paid):
            most_served, least_paid = served, paid
            best[0][:], best[1][:], best[2][:] = plan[0], plan[1], plan[2]
    plan[0][:], plan[1][:], plan[2][:] = best[0], best[1], best[2]
