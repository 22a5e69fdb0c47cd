"""Pools in the making, and who is in which."""

from collections.abc import Iterable

from services.demand.domain.pooling.ground import Draft, Ground

# Needs that may be built anew in all, one counted as often as it is: plenty for a few hundred needs, and beyond that a
# share of them, so that the time grows with their number.
EFFORT, FEW = 1500, 300
EFFORT_SHARE = 0.1


class State:
    """Pools that change, and who is in which."""

    def __init__(self, ground: Ground, drafts: Iterable[Draft]) -> None:
        self.ground = ground
        self.of: dict[int, Draft] = {}
        self._served: dict[int, bool] = {}
        count = len(ground.field.needs)
        self.effort = max(EFFORT_SHARE * count, EFFORT * min(1.0, FEW / count))
        self.tried: set[tuple[frozenset[int], int]] = set()
        for draft in drafts:
            self.put(draft)

    def put(self, draft: Draft) -> None:
        """Let ``draft`` be the pool of its rows."""
        for row in draft.rows:
            self.of[row] = draft
        self._served.pop(id(draft), None)

    def served(self, row: int) -> bool:
        """Tell whether the pool of ``row`` comes to a delivery."""
        return self.comes(self.of[row])

    def comes(self, draft: Draft) -> bool:
        """Tell whether ``draft`` comes to a delivery."""
        known = self._served.get(id(draft))
        if known is None:
            known = self._served[id(draft)] = self.ground.serves(draft.rows)
        return known

    def drafts(self) -> list[Draft]:
        """Return the pools as they are now, in the order of their first need."""
        return [draft for row, draft in sorted(self.of.items()) if row == min(draft.rows)]

    def left_out(self) -> list[int]:
        """Return those whose pools do not come to a delivery."""
        return [row for row in self.of if not self.served(row)]

    def without(self, draft: Draft, rows: Iterable[int]) -> list[int]:
        """Return who would be left in ``draft`` without ``rows``."""
        gone = set(rows)
        return [row for row in draft.rows if row not in gone]

    def spares(self, row: int, also: Iterable[int] = ()) -> bool:
        """Tell whether the pool of ``row`` can do without it and ``also``."""
        draft = self.of[row]
        if row in draft.tied:
            return False
        rest = self.without(draft, [row, *also])
        return not rest or (self.ground.serves(rest) and self.ground.may(rest))

    def found(self, draft: Draft) -> None:
        """Let ``draft`` be a pool; its rows leave those they are in."""
        for old in {id(one): one for one in (self.of[row] for row in draft.rows)}.values():
            if old is not draft:
                old.rows = self.without(old, draft.rows)
                self._settled(old)
        self.put(draft)

    def _settled(self, draft: Draft) -> None:
        self._served.pop(id(draft), None)
        if not draft.rows or self.ground.may(draft.rows):
            return
        kept = self.ground.admitted(draft.rows, first=sorted(draft.tied))
        for row in self.without(draft, kept):
            self.put(self.ground.alone(row))
        draft.rows = kept

    def pools_near(self, row: int) -> list[Draft]:
        """Return the pools of those near ``row`` but for its own, those with most of them first."""
        counted: dict[int, int] = {}
        pools = {}
        for other in self.ground.near(row).tolist():
            draft = self.of.get(other)
            if draft is not None and draft is not self.of[row]:
                counted[id(draft)] = counted.get(id(draft), 0) + 1
                pools[id(draft)] = draft
        return sorted(pools.values(), key=lambda draft: (-counted[id(draft)], min(draft.rows)))


def placed(ground: Ground, draft: Draft, row: int) -> Draft | None:
    """Return ``draft`` with ``row`` in it, moved to where that is possible, or None if it is not."""
    rows = [*draft.rows, row]
    if not ground.may(rows):
        return None
    if ground.hosts(draft, row):
        return Draft(rows, draft.seat, draft.tied)
    spot = ground.fitted(rows, [row, *draft.rows])
    return None if spot is None else ground.draft(spot, rows, draft.tied)
