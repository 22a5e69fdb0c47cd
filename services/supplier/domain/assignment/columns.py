"""The round as columns and cells, the one form that every solver of ours reads.

A **cell** is a slot at one level of its prices: between ``least`` and ``most`` people each of whom pays the same. A
**column** is a pool in a cell. Where pools do not reach a price together, a slot has one cell and its columns have
prices of their own. What is left of the round is linear:

    each pool in at most one column; the people of a used cell between its least and most; of the cells of a slot, and
    of slots at the same time of who cannot be in two places, at most one used; pools of a supplier up to its limit.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from services.supplier.domain.assignment.hurdles import Chance, Chances, room_of, stands_alone
from services.supplier.domain.assignment.model import GRADES, OfferCard, Problem, SlotCard

FINGER = 4096  # of ties that are equal in all else, a digest of the ids decides


@dataclass(frozen=True, slots=True)
class Cell:
    """A slot between ``least`` and ``most`` people; ``single`` where one pool only can have it."""

    slot: int
    least: int
    most: int
    single: bool


@dataclass(frozen=True)
class Columns:
    """Arrays over columns: pool and cell (numbers), people, price of each, and what decides ties (less is better)."""

    problem: Problem
    slots: tuple[tuple[OfferCard, SlotCard], ...]
    cells: tuple[Cell, ...]
    pool: np.ndarray
    cell: np.ndarray
    people: np.ndarray
    price: np.ndarray
    tie: np.ndarray
    cliques: tuple[tuple[int, ...], ...]
    limits: tuple[tuple[tuple[int, ...], int], ...]

    def __len__(self) -> int:
        return len(self.pool)

    @property
    def cost(self) -> np.ndarray:
        """What the people of each column pay together."""
        return self.people * self.price

    def of_pools(self) -> list[list[int]]:
        """Return the columns of each pool."""
        return _grouped(self.pool, len(self.problem.pools))

    def of_cells(self) -> list[list[int]]:
        """Return the columns of each cell."""
        return _grouped(self.cell, len(self.cells))

    def of_slots(self) -> list[list[int]]:
        """Return the cells of each slot."""
        return _grouped([cell.slot for cell in self.cells], len(self.slots))


def _grouped(keys: Iterable[int], size: int) -> list[list[int]]:
    groups: list[list[int]] = [[] for _ in range(size)]
    for index, key in enumerate(keys):
        groups[key].append(index)
    return groups


def columns_of(problem: Problem, chances: Chances) -> Columns:
    """Return the columns of what is possible."""
    by_slot: dict[str, list[Chance]] = defaultdict(list)
    for chance in chances.found:
        by_slot[chance.slot.id].append(chance)
    number = {pool.id: index for index, pool in enumerate(problem.pools)}
    slots, cells, rows = [], [], []
    for offer, slot in problem.slots():
        if slot.id not in by_slot:
            continue
        slots.append((offer, slot))
        for cell, prices in _cells(problem, offer, slot, len(slots) - 1, by_slot[slot.id]):
            cells.append(cell)
            rows += [
                (number[chance.pool.id], len(cells) - 1, chance.people, price, _tie(chance, len(problem.pools)))
                for chance, price in prices
            ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    limits = _limits(problem, slots, cells, table[:, 1])
    return Columns(problem, tuple(slots), tuple(cells), *table.T, _cliques(slots), limits)


Priced = list[tuple[Chance, int]]


def _cells(
    problem: Problem, offer: OfferCard, slot: SlotCard, at: int, chances: Sequence[Chance]
) -> list[tuple[Cell, Priced]]:
    room = room_of(problem, offer, slot)
    if stands_alone(offer):
        priced = [(chance, offer.price_at(chance.people)) for chance in chances]
        # Whoever stands alone takes no more than the largest group, and several such groups may share the slot.
        return [(Cell(at, 1, slot.capacity, offer.travel_km is not None), priced)]
    most = min(room, sum(chance.people for chance in chances))
    found = []
    for least, up_to, price in _levels(offer, room):
        payable = [(one, price) for one in chances if one.pool.ceiling is None or price <= one.pool.ceiling]
        if least <= min(most, sum(one.people for one, _ in payable)):
            found.append((Cell(at, least, min(up_to, most), False), payable))
    return found


def _levels(offer: OfferCard, room: int) -> list[tuple[int, int, int]]:
    """Return (from people, up to people, price) from the smallest group on; equal prices are one level."""
    starts = [offer.min_group, *(tier.seats for tier in offer.tiers if offer.min_group < tier.seats <= room)]
    priced = [(start, offer.price_at(start)) for start in starts]
    kept = [priced[0], *(now for before, now in pairwise(priced) if now[1] != before[1])]
    ends = [*(start - 1 for start, _ in kept[1:]), room]
    return [(start, end, price) for (start, price), end in zip(kept, ends, strict=True)]


def _tie(chance: Chance, pools: int) -> int:
    """Among equals the better grade, then the shorter way (100 m), then a digest that belongs to the two ids."""
    grade = GRADES.index(chance.offer.grade)
    digest = hashlib.sha256(f"{chance.pool.id}\n{chance.slot.id}".encode()).digest()
    return (grade * 10_000 + min(9_999, round(chance.km * 10))) * FINGER * pools + int.from_bytes(digest[:4]) % FINGER


def _cliques(slots: Sequence[tuple[OfferCard, SlotCard]]) -> tuple[tuple[int, ...], ...]:
    """Return the largest sets of slots that one keeper cannot take both of; single slots are not among them."""
    by_keeper: dict[str, list[int]] = defaultdict(list)
    for index, (offer, _) in enumerate(slots):
        by_keeper[offer.keeper].append(index)
    found = []
    for mine in by_keeper.values():
        mine.sort(key=lambda index: (slots[index][1].busy.start, index))
        active: list[int] = []
        for index in mine:
            start = slots[index][1].busy.start
            still = [other for other in active if slots[other][1].busy.end > start]
            # A set is complete when somebody leaves it; what comes later cannot be at the time of all of them.
            if len(still) < len(active) and len(active) > 1:
                found.append(tuple(active))
            active = [*still, index]
        if len(active) > 1:
            found.append(tuple(active))
    return tuple(dict.fromkeys(found))


def _limits(
    problem: Problem, slots: Sequence[tuple[OfferCard, SlotCard]], cells: Sequence[Cell], cell_of: np.ndarray
) -> tuple[tuple[tuple[int, ...], int], ...]:
    limited: dict[str, int] = {}
    for offer, _ in slots:
        most = problem.limit_of(offer).pools
        if most is not None:
            limited[offer.supplier] = min(most, limited.get(offer.supplier, most))
    if not limited:
        return ()
    mine: dict[str, list[int]] = defaultdict(list)
    for column, cell in enumerate(cell_of):
        mine[slots[cells[cell].slot][0].supplier].append(column)
    return tuple((tuple(mine[supplier]), most) for supplier, most in sorted(limited.items()) if mine[supplier])
