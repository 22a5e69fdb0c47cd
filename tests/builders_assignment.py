"""Matching rounds for tests: cards with sensible values, random small rounds, and the best answer by brute force."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import strategies as st

from services.kernel.geo import Area, Place
from services.kernel.timespan import Timespan
from services.supplier.domain.assignment.model import Limit, OfferCard, PoolCard, Problem, SlotCard, Tier

DAY = datetime(2026, 5, 23, tzinfo=UTC)
HERE = Place(31.2, 121.4)


def span(start, hours=2):
    return Timespan(DAY + timedelta(hours=start), DAY + timedelta(hours=start + hours))


def pool(name, people=5, **fields):
    values = {
        "category": "pottery",
        "people": people if isinstance(people, dict) else {"a": people},
        "area": Area(HERE, 5),
        "windows": (span(0, 24),),
        "minutes": 60,
    }
    return PoolCard(name, **{**values, **fields})


def slot(name, start=9, capacity=10, **fields):
    return SlotCard(name, span(start), capacity, **fields)


def offer(name, slots=None, tiers=((1, 100), (8, 80)), **fields):
    values = {
        "supplier": f"s-{name}",
        "category": "pottery",
        "min_group": 1,
        "max_group": 50,
        "place": HERE,
        "slots": slots if slots is not None else (slot(f"{name}-1"),),
    }
    return OfferCard(name, tiers=tuple(Tier(*one) for one in tiers), **{**values, **fields})


def _tiers(draw):
    starts = sorted(draw(st.sets(st.integers(1, 9), min_size=1, max_size=3)))
    prices = sorted(draw(st.lists(st.integers(5, 12), min_size=len(starts), max_size=len(starts))), reverse=True)
    return tuple(zip(starts, prices, strict=True))


@st.composite
def rounds(draw):
    """Rounds that are small enough to try everything and hold every kind of constraint."""
    pools = tuple(
        pool(
            f"p{i}",
            draw(st.sampled_from([{"a": 1}, {"a": 2}, {"a": 3}, {"b": 4}, {"a": 2, "b": 3}])),
            ceiling=draw(st.sampled_from([None, None, 6, 8, 10])),
            windows=(draw(st.sampled_from([span(0, 24), span(8, 4)])),),
            area=Area(HERE, draw(st.sampled_from([5, 5, 0.5]))),
            grades=draw(st.sampled_from([None, None, frozenset({"grade_a"})])),
        )
        for i in range(draw(st.integers(1, 5)))
    )
    offers = []
    grades = {name: draw(st.sampled_from(["grade_a", "probation", "suspended"])) for name in ("s1", "s2")}
    for i in range(draw(st.integers(1, 2))):
        least = draw(st.integers(1, 5))
        slots = tuple(
            slot(
                f"o{i}-{k}",
                draw(st.sampled_from([9, 10, 14])),
                draw(st.integers(1, 9)),
                after=draw(st.sampled_from([0, 60])),
            )
            for k in range(draw(st.integers(1, 2)))
        )
        offers.append(
            offer(
                f"o{i}",
                slots,
                _tiers(draw),
                min_group=least,
                max_group=least + draw(st.integers(0, 6)),
                joint=draw(st.sampled_from([True, True, False])),
                travel_km=draw(st.sampled_from([None, None, 3.0])),
                supplier=(supplier := draw(st.sampled_from(["s1", "s2"]))),
                grade=grades[supplier],
                communities=draw(st.sampled_from([None, frozenset({"a"})])),
                place=draw(st.sampled_from([HERE, Place(31.21, 121.4)])),
            )
        )
    limits = draw(st.sampled_from([{}, {"probation": Limit(pools=1)}, {"probation": Limit(people=4)}]))
    return Problem(pools, tuple(offers), limits=limits)


def best_by_brute_force(problem):
    """Return (people, cost) of the best assignment, trying every one; it shares no code with the solvers."""
    slots = list(problem.slots())
    choices = [[None, *(k for k, (o, s) in enumerate(slots) if _fits(problem, one, o, s))] for one in problem.pools]
    values = (_value(problem, slots, chosen) for chosen in product(*choices))
    return min((value for value in values if value is not None), default=(0, 0))


def _fits(problem, one, o, s):
    reach = one.area.radius_km if o.travel_km is None else o.travel_km
    return (
        o.category == one.category
        and o.grade not in ("suspended", "removed")
        and (one.grades is None or o.grade in one.grades)
        and one.area.centre.distance_km(o.place) <= reach
        and any(window.contains(s.span) for window in one.windows)
        and one.those_who_may_use(o) > 0
    )


def _value(problem, slots, chosen):
    people = cost = 0
    used = [k for k in range(len(slots)) if k in chosen]
    for a in used:
        for b in used:
            (one, s), (other, t) = slots[a], slots[b]
            if a < b and one.supplier == other.supplier and s.busy.start < t.busy.end and t.busy.start < s.busy.end:
                return None
    taken = {}
    for k in used:
        o, s = slots[k]
        limit = problem.limits.get(o.grade, Limit())
        room = min(s.capacity, o.max_group, s.capacity if limit.people is None else limit.people)
        mine = [
            (one, min(one.those_who_may_use(o), room)) for one, at in zip(problem.pools, chosen, strict=True) if at == k
        ]
        taken.setdefault(o.supplier, [0, 99])
        taken[o.supplier][0] += len(mine)
        taken[o.supplier][1] = min(taken[o.supplier][1], 99 if limit.pools is None else limit.pools)
        if o.travel_km is not None and len(mine) > 1:
            return None
        together = sum(seats for _, seats in mine)
        if together > s.capacity:
            return None
        for one, seats in mine:
            group = together if o.joint else seats
            price = o.price_at(group)
            if not o.min_group <= group <= room or (one.ceiling is not None and price > one.ceiling):
                return None
            people, cost = people + seats, cost + seats * price
    return None if any(n > most for n, most in taken.values()) else (-people, cost)
