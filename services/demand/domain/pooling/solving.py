"""From needs to pools: topic by topic, first the heaviest spots, then what can be made better of it."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import numpy as np

from services.demand.domain.pooling.field import Field, moment
from services.demand.domain.pooling.greedy import gather, seeds
from services.demand.domain.pooling.ground import NOBODY, Draft, Ground
from services.demand.domain.pooling.improve import improved
from services.demand.domain.pooling.model import Need, NeedId, Pins, Pool, Rules, Solution, count_people, payable
from services.kernel.geo import Place
from services.kernel.timespan import Timespan

Work = Callable[[list[Need]], tuple[list[Pool], list[frozenset[NeedId]]]]
Mapper = Callable[[Work, Sequence[list[Need]]], Iterable[tuple[list[Pool], list[frozenset[NeedId]]]]]


def solve(needs: Iterable[Need], rules: Rules, pins: Pins = NOBODY, *, mapper: Mapper = map) -> Solution:
    """Return the pools that serve most people: each need is in exactly one, who can be with nobody in one alone.

    Most people in pools that reach their minimum come first, then few and large pools. The answer depends on what the
    needs say, not on their order or their ids. ``mapper`` applies the work to the topics, as ``map`` does; topics
    do not depend on each other, so that it may do so in several processes.
    """
    ordered = sorted(needs, key=Need.content)
    topics = [list(found) for _, found in groupby(ordered, key=lambda need: need.topic)]
    pools: list[Pool] = []
    refused: list[frozenset[NeedId]] = []
    for found, not_tied in mapper(lambda group: solve_topic(group, rules, pins), topics):
        pools += found
        refused += not_tied
    return Solution(tuple(sorted(pools, key=lambda pool: (-pool.people, pool.topic))), tuple(refused))


def solve_topic(needs: list[Need], rules: Rules, pins: Pins = NOBODY) -> tuple[list[Pool], list[frozenset[NeedId]]]:
    """Return the pools of needs of one topic, which are in the order of their content, and the ties that cannot be."""
    if len(needs) == 1:
        ground = Ground(Field(needs), needs[0].topic, rules, pins)
        return [pool_of(ground, ground.alone(0))], []
    ground = Ground(Field(needs), needs[0].topic, rules, pins)
    drafts, refused = seeds(ground)
    taken = {row for draft in drafts for row in draft.rows}
    drafts += gather(ground, np.array([row for row in range(len(needs)) if row not in taken], dtype=np.int64))
    return [pool_of(ground, draft) for draft in improved(ground, drafts)], refused


def pool_of(ground: Ground, draft: Draft) -> Pool:
    """Return a draft as a pool."""
    needs = [ground.field.needs[row] for row in sorted(draft.rows)]
    span = Timespan(moment(draft.seat.start), moment(draft.seat.start + draft.seat.length))
    return made_pool(ground.topic, needs, draft.seat.place, span, ground.rules)


def made_pool(topic: str, needs: Sequence[Need], place: Place, span: Timespan, rules: Rules) -> Pool:
    """Return the pool of ``needs`` at ``place`` during ``span``, its people counted."""
    people = count_people(needs)
    brought: dict[str, list[Need]] = {}
    for need in needs:
        brought.setdefault(need.community, []).append(need)
    communities = tuple(sorted((community, count_people(found)) for community, found in brought.items()))
    price = rules.prices.at(topic, people)
    ids = tuple(need.id for need in needs)
    served = rules.reached(topic, len(needs), people) and payable(needs, topic, rules)
    return Pool(topic, ids, people, communities, place, span, price, served)
