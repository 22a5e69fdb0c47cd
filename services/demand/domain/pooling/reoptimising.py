"""From the pools that stand to those that the batch would make, as far as that is worth a move."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.demand.domain.pooling.model import Need, NeedId, Pins, Pool, Rules
from services.demand.domain.pooling.solving import solve_topic
from services.demand.domain.pooling.standing import Standing


@dataclass(frozen=True, slots=True)
class Shift:
    """An exchange between pools that stands for itself: ``gain`` people more are served by it.

    ``dissolved`` pools become ``pools``, each with the identity that it keeps (None: a new one); ``moved`` are the
    needs that find themselves in a pool of another identity. ``size`` is how many people a pool has for one of
    those concerned, before and after.
    """

    gain: int
    size: tuple[float, float]
    moved: tuple[NeedId, ...]
    dissolved: tuple[int, ...]
    pools: tuple[tuple[int | None, Pool], ...]

    @property
    def needs(self) -> tuple[NeedId, ...]:
        """All needs concerned."""
        return tuple(one for _, pool in self.pools for one in pool.needs)


def shifts(standing: Sequence[Standing], rules: Rules, pins: Pins) -> list[Shift]:
    """Return what the batch would change about open pools of one topic, each change for which it gains enough."""
    needs = sorted((need for pool in standing for need in pool.needs.values()), key=Need.content)
    if len(needs) < 2:
        return []
    wanted, refused = solve_topic(needs, rules, pins)
    # A tie that the batch cannot keep stays as it stands.
    broken = frozenset().union(*refused)
    home = {one: pool for pool in standing for one in pool.needs}
    found = [_shift(old, new, rules) for old, new in _exchanges(home, wanted)]
    return [shift for shift in found if _is_worth_it(shift, rules) and not broken & set(shift.needs)]


def _exchanges(home: dict[NeedId, Standing], wanted: Iterable[Pool]) -> list[tuple[list[Standing], list[Pool]]]:
    """Split all into the smallest parts in which old and new pools hold the same needs (connected components)."""
    part_of: dict[int, list] = {}
    for pool in wanted:
        joint: list = [{}, [pool]]
        for one in pool.needs:
            old = home[one]
            known = part_of.get(old.id)
            if known is None:
                joint[0][old.id] = old
            elif known is not joint:
                joint[0] |= known[0]
                joint[1] += known[1]
            for each in joint[0]:
                part_of[each] = joint
    parts = {id(part): part for part in part_of.values()}
    return [(list(olds.values()), news) for olds, news in parts.values()]


def _shift(old: list[Standing], new: list[Pool], rules: Rules) -> Shift:
    before, home = [pool.pool(rules) for pool in old], {one: pool.id for pool in old for one in pool.needs}
    kept = _identities(home, new)
    gain = sum(pool.people for pool in new if pool.served) - sum(pool.people for pool in before if pool.served)
    moved = tuple(one for keeps, pool in kept for one in pool.needs if home[one] != keeps)
    return Shift(gain, (_size(before), _size(new)), moved, tuple(pool.id for pool in old), kept)


def _identities(home: dict[NeedId, int], new: list[Pool]) -> tuple[tuple[int | None, Pool], ...]:
    shared: dict[tuple[int, int], int] = {}
    for index, pool in enumerate(new):
        for one in pool.needs:
            shared[home[one], index] = shared.get((home[one], index), 0) + 1
    keeps: dict[int, int] = {}
    for (old, index), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if index not in keeps and old not in keeps.values():
            keeps[index] = old
    return tuple((keeps.get(index), pool) for index, pool in enumerate(new))


def _size(pools: list[Pool]) -> float:
    return sum(pool.people**2 for pool in pools) / max(1, sum(pool.people for pool in pools))


def _is_worth_it(shift: Shift, rules: Rules) -> bool:
    if not shift.moved:
        return False
    before, after = shift.size
    return shift.gain >= rules.gain or (shift.gain >= 0 and after >= before * (1 + rules.joined))
