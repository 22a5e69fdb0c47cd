"""Whether an answer keeps every promise of a round. It reads the problem and the answer only, and no solver's form."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from services.supplier.domain.assignment.model import CLOSED, Assigned, OfferCard, PoolCard, Problem, Result, SlotCard


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is broken, and by what."""

    rule: str
    about: str


def breaches(problem: Problem, result: Result) -> list[Breach]:
    """Return every rule that the answer breaks; none if it is sound."""
    offers = {offer.id: offer for offer in problem.offers}
    slots = {slot.id: (offer, slot) for offer, slot in problem.slots()}
    found = []
    told = sorted([*(one.pool for one in result.assigned), *(one.pool for one in result.unassigned)])
    if told != sorted(problem.pool_by_id):
        found.append(Breach("each pool is told once", str(told)))
    for one in result.assigned:
        offer, slot = slots[one.slot]
        if offers.get(one.offer) is not offer:
            found.append(Breach("a slot belongs to its offer", one.slot))
        found += [Breach(rule, one.pool) for rule in _of_one(problem, problem.pool_by_id[one.pool], offer, slot, one)]
    found += _of_slots(problem, result, slots)
    found += _of_keepers(result, slots)
    if result.served != sum(one.people for one in result.assigned):
        found.append(Breach("people add up", str(result.served)))
    if result.cost != sum(one.people * one.price for one in result.assigned):
        found.append(Breach("costs add up", str(result.cost)))
    if result.served > result.served_bound or result.cost < result.cost_bound:
        found.append(Breach("bounds hold", f"{result.served_bound} {result.cost_bound}"))
    return found


def _of_one(problem: Problem, pool: PoolCard, offer: OfferCard, slot: SlotCard, one: Assigned) -> list[str]:
    km = pool.area.centre.distance_km(offer.place)
    limit = problem.limit_of(offer)
    rules = {
        "category": pool.category == offer.category,
        "named offers": pool.offers is None or offer.id in pool.offers,
        "shared": 0 < one.people <= pool.those_who_may_use(offer),
        "reach": km <= (pool.area.radius_km if offer.travel_km is None else offer.travel_km) + 0.002,
        "grade": offer.grade not in CLOSED and (pool.grades is None or offer.grade in pool.grades),
        "time": any(window.contains(slot.span) for window in pool.windows),
        "length": slot.span.length >= timedelta(minutes=pool.minutes),
        "ceiling": pool.ceiling is None or one.price <= pool.ceiling,
        "price": one.price == offer.price_at(one.group),
        "group": offer.min_group <= one.group <= offer.max_group,
        "limit of people": limit.people is None or one.group <= limit.people,
    }
    return [rule for rule, kept in rules.items() if not kept]


def _of_slots(problem: Problem, result: Result, slots: dict[str, tuple[OfferCard, SlotCard]]) -> list[Breach]:
    inside: dict[str, list[Assigned]] = defaultdict(list)
    pools: dict[str, int] = defaultdict(int)
    for one in result.assigned:
        inside[one.slot].append(one)
        pools[slots[one.slot][0].supplier] += 1
    found = []
    for slot_id, group in inside.items():
        offer, slot = slots[slot_id]
        people = sum(one.people for one in group)
        if people > slot.capacity:
            found.append(Breach("capacity", slot_id))
        if offer.travel_km is not None and len(group) > 1:
            found.append(Breach("one place at a time", slot_id))
        joint = offer.joint and offer.travel_km is None
        if any(one.group != (people if joint else one.people) for one in group):
            found.append(Breach("size of the group", slot_id))
        limit = problem.limit_of(offer).pools
        if limit is not None and pools[offer.supplier] > limit:
            found.append(Breach("limit of pools", offer.supplier))
    return found


def _of_keepers(result: Result, slots: dict[str, tuple[OfferCard, SlotCard]]) -> list[Breach]:
    by_keeper: dict[str, list[SlotCard]] = defaultdict(list)
    for slot_id in {one.slot for one in result.assigned}:
        by_keeper[slots[slot_id][0].keeper].append(slots[slot_id][1])
    return [
        Breach("two places at once", keeper)
        for keeper, mine in by_keeper.items()
        for one, other in combinations(mine, 2)
        if one.busy.intersect(other.busy) is not None
    ]
