"""The book of open needs: each that comes, changes or goes changes its pool in one step.

A need joins the pool of most people in which it fits, and of equals the one of longest standing; else it begins one.
That is quick, and depends on who came first; ``reoptimise`` corrects it where that gains enough.
"""

from collections.abc import Iterable, Iterator
from itertools import count

from services.demand.domain.pooling.model import Need, NeedId, Pins, Pool, Rules, payable
from services.demand.domain.pooling.near import Near
from services.demand.domain.pooling.reoptimising import Shift, shifts
from services.demand.domain.pooling.standing import Standing
from services.kernel.errors import ConflictError, NotFoundError

# Looking for another place for a pool takes long; the largest pools are worth it.
MOVED = 12


class Book:
    """Open needs and their standing pools, which are known by whole numbers."""

    def __init__(self, rules: Rules | None = None, pins: Pins | None = None) -> None:
        self.rules, self.pins = rules or Rules(), pins if pins is not None else Pins()
        self._pools: dict[int, Standing] = {}
        self._home: dict[NeedId, Standing] = {}
        self._near: dict[str, Near] = {}
        self._touched: set[str] = set()
        self._ids = count(1)

    def __len__(self) -> int:
        return len(self._home)

    def pool_of(self, need_id: NeedId) -> int:
        """Return the pool in which a need is; raise ``NotFoundError`` for an unknown need."""
        return self._standing(need_id).id

    def pools(self) -> Iterator[tuple[int, Pool]]:
        """Yield all pools with their ids, the oldest first."""
        return ((one.id, one.pool(self.rules)) for one in self._pools.values())

    def add(self, need: Need) -> int:
        """Take in a new need and return its pool; raise ``ConflictError`` for one that is known."""
        if need.id in self._home:
            raise ConflictError(f"need {need.id} is in the book already", pool=self._home[need.id].id)
        return self._place(need).id

    def change(self, need: Need) -> int:
        """Take a need as it is now. It stays in its pool as long as it fits; return the pool in which it is."""
        old = self._standing(need.id)
        if len(old.needs) > 1 and old.topic == need.topic:
            before = old.needs.pop(need.id)
            old.refresh()
            if self._taken(old, need, [0 if old.frozen else 1]):
                self._settle(old)
                return old.id
            old.needs[before.id] = before
        self.remove(need.id, keep_pins=True)
        return self._place(need, own=None if old.needs else old.id).id

    def remove(self, need_id: NeedId, *, keep_pins: bool = False) -> None:
        """Let a need go; raise ``NotFoundError`` for an unknown one."""
        pool = self._standing(need_id)
        del pool.needs[need_id], self._home[need_id]
        if not keep_pins:
            self.pins.forget(need_id)
        self._settle(pool)

    def freeze(self, pool_id: int) -> None:
        """Leave a pool as it is from now on: a campaign rests on it. Its needs may still be withdrawn."""
        self._pools[pool_id].frozen = True
        self._near[self._pools[pool_id].topic].drop(pool_id)

    def thaw(self, pool_id: int) -> None:
        """Let a pool gather again."""
        self._pools[pool_id].frozen = False
        self._settle(self._pools[pool_id])

    def tie(self, ids: Iterable[NeedId]) -> int | None:
        """Put needs together by hand, with all who are tied to them; return their pool, or None if it cannot be."""
        group = frozenset().union(*(self.pins.tied(one) for one in ids)) & self._home.keys()
        needs = sorted((self._standing(one).needs[one] for one in group), key=Need.content)
        if any(self._home[one].frozen for one in group) or any(self.pins.avoids(one) & group for one in group):
            return None
        made = Standing(next(self._ids), needs[0])
        for need in needs[1:]:
            spans = made.spans_with(need)
            place = made.place_with(need) if spans else None
            if place is None:
                return None
            made.take(need, place, spans)
        if not payable(needs, made.topic, self.rules) or len({need.topic for need in needs}) > 1:
            return None
        self.pins.tie(group)
        for one in group:
            self.remove(one, keep_pins=True)
        self._stand(made)
        return made.id

    def part(self, one: NeedId, other: NeedId) -> None:
        """Keep two needs apart by hand; the second leaves if they are together. Raise ``ConflictError`` if tied."""
        if other in self.pins.tied(one):
            raise ConflictError(f"needs {one} and {other} are kept together by hand")
        self.pins.part(one, other)
        pool = self._home.get(other)
        if pool is not None and pool is self._home.get(one) and not pool.frozen:
            need = pool.needs[other]
            self.remove(other, keep_pins=True)
            self._place(need)

    def reoptimise(self, topics: Iterable[str] | None = None) -> list[Shift]:
        """Move needs between the open pools of ``topics`` (those with changes since) where that gains enough.

        What the batch finds is taken over wherever it serves more people by ``Rules.gain``, or as many in larger
        pools by ``Rules.joined``; elsewhere all stays as it is. Returns what was moved, and for what gain.
        """
        chosen = sorted(self._touched if topics is None else topics)
        done = []
        for topic in chosen:
            standing = [pool for pool in self._pools.values() if pool.topic == topic and not pool.frozen]
            for shift in shifts(standing, self.rules, self.pins):
                self._shift(shift)
                done.append(shift)
        self._touched -= set(chosen)
        return done

    def _shift(self, shift: Shift) -> None:
        needs = {one: self._home[one].needs[one] for _, pool in shift.pools for one in pool.needs}
        for old in shift.dissolved:
            self._drop(self._pools[old])
        for keeps, pool in shift.pools:
            first, *others = (needs[one] for one in pool.needs)
            made = Standing(next(self._ids) if keeps is None else keeps, first)
            made.needs |= {need.id: need for need in others}
            made.place = pool.place
            made.refresh()
            self._stand(made)

    def _standing(self, need_id: NeedId) -> Standing:
        if need_id not in self._home:
            raise NotFoundError(f"there is no need {need_id} in the book")
        return self._home[need_id]

    def _place(self, need: Need, own: int | None = None) -> Standing:
        tied = [self._home[one] for one in self.pins.tied(need.id) if one in self._home]
        moves = [MOVED]
        for pool in tied or self._candidates(need):
            if not pool.frozen and self._taken(pool, need, moves):
                self._stand(pool)
                return pool
        if tied:
            self.pins.release(need.id)  # a tie that no delivery can serve any longer
        made = Standing(own or next(self._ids), need)
        self._stand(made)
        return made

    def _candidates(self, need: Need) -> list[Standing]:
        near = self._near.get(need.topic)
        found = [] if near is None else [self._pools[one] for one in near.around(need.place, need.radius_km)]
        return sorted(found, key=lambda pool: (-pool.people, pool.id))

    def _taken(self, pool: Standing, need: Need, moves: list[int]) -> bool:
        """Let ``pool`` take in ``need`` if it fits; ``moves`` holds how many pools may still be moved for it."""
        spans = pool.spans_with(need)
        if not spans or not pool.may_have(need, self.rules, self.pins):
            return False
        if not pool.is_reached_by(need):
            if moves[0] <= 0:
                return False
            moves[0] -= 1
        place = pool.place_with(need)
        if place is not None:
            pool.take(need, place, spans)
        return place is not None

    def _stand(self, pool: Standing) -> None:
        self._pools[pool.id] = pool
        self._home.update(dict.fromkeys(pool.needs, pool))
        self._touched.add(pool.topic)
        if not pool.frozen:
            self._near.setdefault(pool.topic, Near()).put(pool.id, pool.place, pool.reach)

    def _drop(self, pool: Standing) -> None:
        del self._pools[pool.id]
        self._touched.add(pool.topic)
        self._near[pool.topic].drop(pool.id)

    def _settle(self, pool: Standing) -> None:
        """After somebody left: who cannot pay the price that fewer people have goes on into another pool."""
        if not pool.needs:
            self._drop(pool)
            return
        leaving: list[Need] = []
        while not pool.frozen and not pool.is_payable(self.rules):
            named = (need for need in pool.needs.values() if need.ceiling is not None)
            least = min(named, key=lambda need: (need.ceiling.minor, need.content()))
            leaving.append(pool.needs.pop(least.id))
            self.pins.release(least.id)
        self._resettle(pool, leaving)

    def _resettle(self, pool: Standing, leaving: list[Need]) -> None:
        for need in leaving:
            del self._home[need.id]
        if pool.needs:
            pool.refresh()
            self._stand(pool)
        else:
            self._drop(pool)
        for need in sorted(leaving, key=Need.content):
            self._place(need)
