# ruff: noqa: ANN001, ANN202 - numba infers the types of all that it compiles
"""Loops that numba compiles: knapsacks by dynamic programming, and local search over assignments."""

import numpy as np
from numba import njit

TINY = 1e-7


@njit(cache=True, nogil=True)
def knapsacks(profit, weight, capacity, take):
    """Fill each knapsack (a row) with the most profit; return the profits and mark in ``take`` what is inside."""
    rows, items = profit.shape
    best = np.zeros(rows)
    most = int(capacity.max())
    table = np.zeros(most + 1)
    kept = np.zeros((items, most + 1), dtype=np.bool_)
    for row in range(rows):
        room = int(capacity[row])
        table[: room + 1] = 0.0
        for item in range(items):
            gain, need = profit[row, item], int(weight[row, item])
            take[row, item] = False
            kept[item, : room + 1] = False
            if gain <= 0.0 or need > room:
                continue
            for left in range(room, need - 1, -1):
                other = table[left - need] + gain
                if other > table[left]:
                    table[left] = other
                    kept[item, left] = True
        best[row] = table[room]
        left = room
        for item in range(items - 1, -1, -1):
            if kept[item, left]:
                take[row, item] = True
                left -= int(weight[row, item])
    return best


@njit(cache=True, nogil=True)
def forced(profit, weight, capacity):
    """Return for each row and item the most profit of the knapsack when the item has to be inside."""
    rows, items = profit.shape
    found = np.full((rows, items), -np.inf)
    most = int(capacity.max())
    before = np.zeros((items + 1, most + 1))
    after = np.zeros(most + 1)
    for row in range(rows):
        room = int(capacity[row])
        for item in range(items):
            gain, need = profit[row, item], int(weight[row, item])
            for left in range(room + 1):
                value = before[item, left]
                if gain > 0.0 and need <= left and before[item, left - need] + gain > value:
                    value = before[item, left - need] + gain
                before[item + 1, left] = value
        after[: room + 1] = 0.0
        for item in range(items - 1, -1, -1):
            gain, need = profit[row, item], int(weight[row, item])
            if need <= room:
                value = -np.inf
                for left in range(room - need + 1):
                    value = max(value, before[item, left] + after[room - need - left])
                found[row, item] = value + gain
            if gain > 0.0:
                for left in range(room, need - 1, -1):
                    after[left] = max(after[left], after[left - need] + gain)
    return found


@njit(cache=True, nogil=True)
def place(cost, demand, capacity, opening, is_open, order, home):
    """Put customers in ``order`` where they cost least now; tell whether all found room. ``home`` is written."""
    rows = len(cost)
    left = capacity.copy()
    for item in order:
        best, at = np.inf, -1
        for row in range(rows):
            if is_open[row] and demand[row, item] <= left[row] and cost[row, item] < best:
                best, at = cost[row, item], row
        if at < 0:
            for row in range(rows):
                if demand[row, item] <= left[row] and cost[row, item] + opening[row] < best:
                    best, at = cost[row, item] + opening[row], row
            if at < 0:
                return False
            is_open[at] = True
        home[item] = at
        left[at] -= demand[at, item]
    return True


@njit(cache=True, nogil=True)
def improve(cost, demand, capacity, opening, home):
    """Move single customers, swap pairs and empty facilities until none of it saves anything; ``home`` is changed."""
    rows, items = cost.shape
    left = capacity.copy()
    count = np.zeros(rows, dtype=np.int64)
    for item in range(items):
        left[home[item]] -= demand[home[item], item]
        count[home[item]] += 1
    moved = True
    while moved:
        moved = False
        for item in range(items):
            here = home[item]
            base = cost[here, item] + (opening[here] if count[here] == 1 else 0.0)
            best, at = -TINY, -1
            for row in range(rows):
                if row != here and demand[row, item] <= left[row]:
                    gain = cost[row, item] + (opening[row] if count[row] == 0 else 0.0) - base
                    if gain < best:
                        best, at = gain, row
            if at >= 0:
                left[here] += demand[here, item]
                left[at] -= demand[at, item]
                count[here] -= 1
                count[at] += 1
                home[item] = at
                moved = True
        for one in range(items):
            for other in range(one + 1, items):
                a, b = home[one], home[other]
                if a == b:
                    continue
                gain = cost[b, one] + cost[a, other] - cost[a, one] - cost[b, other]
                if (
                    gain < -TINY
                    and left[a] + demand[a, one] >= demand[a, other]
                    and left[b] + demand[b, other] >= demand[b, one]
                ):
                    left[a] += demand[a, one] - demand[a, other]
                    left[b] += demand[b, other] - demand[b, one]
                    home[one], home[other] = b, a
                    moved = True
        if not moved:
            moved = _close_one(cost, demand, opening, home, left, count)


@njit(cache=True, nogil=True)
def _close_one(cost, demand, opening, home, left, count):
    rows, items = cost.shape
    trial = home.copy()
    for shut in range(rows):
        if count[shut] == 0 or opening[shut] <= 0.0:
            continue
        room = left.copy()
        gain, good = -opening[shut], True
        for item in range(items):
            trial[item] = home[item]
            if home[item] != shut:
                continue
            best, at = np.inf, -1
            for row in range(rows):
                if row != shut and count[row] > 0 and demand[row, item] <= room[row] and cost[row, item] < best:
                    best, at = cost[row, item], row
            if at < 0:
                good = False
                break
            trial[item] = at
            room[at] -= demand[at, item]
            gain += best - cost[shut, item]
            if gain >= -TINY and best - cost[shut, item] > opening[shut]:
                good = False
                break
        if good and gain < -TINY:
            for item in range(items):
                if home[item] == shut:
                    home[item] = trial[item]
                    count[trial[item]] += 1
                    left[trial[item]] -= demand[trial[item], item]
                    left[shut] += demand[shut, item]
            count[shut] = 0
            return True
    return False
