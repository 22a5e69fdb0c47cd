"""Whatever waits and is offered, a round serves as many people as brute force finds, and breaks nothing."""

from collections import Counter
from dataclasses import replace
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kernel.ids import new_id
from services.supplier.domain.admission import Admission, AdmissionPolicy, Limits
from services.supplier.domain.registry import SupplierStanding
from services.supplier.domain.rounds import Outcome
from services.supplier.domain.terms import Where
from tests.builders_supplier import ALL, named, supplier, tiers
from tests.effort import EFFORT
from tests.rounding import Town

COMMUNITIES = [new_id() for _ in range(3)]
SMALL = st.integers(2, 9)


@st.composite
def shops(draw):
    """What one supplier offers: to whom, of what size, at what price, within which limit, and whether it travels."""
    least = draw(st.integers(1, 4))
    return {
        "shared": draw(st.none() | st.sets(st.sampled_from(COMMUNITIES), min_size=1)),
        "min_group": least,
        "max_group": draw(st.integers(least, 9)),
        "price": draw(st.sampled_from(("120.00", "140.00"))),
        "most": draw(st.none() | st.integers(1, 2)),
        "travels": draw(st.booleans()),
        "capacity": draw(st.integers(4, 12)),
        "resource": draw(st.none() | st.integers(1, 2)),
    }


@st.composite
def needs(draw):
    """The communities of a pool, each with so many people."""
    return draw(st.dictionaries(st.sampled_from(COMMUNITIES), SMALL, min_size=1, max_size=2))


def build(shop_list, need_list):
    town = Town()
    town.stalls = []
    for one in shop_list:
        of = supplier(sharing=ALL if one["shared"] is None else named(*one["shared"]))
        if one["most"] is not None:
            limits = {SupplierStanding.PROBATION: Limits(live_matches=one["most"])}
            town.uow.admissions.save(AdmissionPolicy(of.community_id, Admission.REVIEWED, limits=limits))
        travel = {"where": Where.COMMUNITY, "travel_km": 10.0} if one["travels"] else {}
        price = tiers((one["min_group"], one["price"]))
        sizes = {"min_group": one["min_group"], "max_group": one["max_group"], "tiers": price}
        _, _, (slot,) = town.shop(one["capacity"], of=of, resource=one["resource"], **sizes, **travel)
        town.stalls.append(replace(slot))
    town.waiting = [town.pool(*need.values(), community_ids=list(need)) for need in need_list]
    return town


def people_of(need, shop):
    """How many of a pool the shop can serve, or 0; written anew, so that it agrees with nothing by itself."""
    usable = sum(count for who, count in need.items() if shop["shared"] is None or who in shop["shared"])
    if usable < shop["min_group"] or shop["capacity"] < shop["min_group"] or shop["price"] == "140.00":
        return 0
    return min(usable, shop["max_group"], shop["capacity"])


def possible(choice, shop_list, need_list):
    """Return how many people an assignment serves, or -1 where it breaks a rule."""
    used = Counter(index for index in choice if index is not None)
    seats: Counter[int] = Counter()
    for need, index in zip(need_list, choice, strict=True):
        if index is not None:
            people = people_of(need, shop_list[index])
            if not people:
                return -1
            seats[index] += people
    resources = Counter(shop_list[index]["resource"] for index in used)
    broken = any(
        seats[index] > shop_list[index]["capacity"]
        or (shop_list[index]["travels"] and count > 1)
        or (shop_list[index]["most"] is not None and count > shop_list[index]["most"])
        for index, count in used.items()
    )
    broken = broken or any(count > 1 for resource, count in resources.items() if resource is not None)
    return -1 if broken else sum(seats.values())


def effort(count):
    return settings(max_examples=round(count * EFFORT), deadline=None, suppress_health_check=list(HealthCheck))


@effort(20)
@given(st.lists(shops(), min_size=1, max_size=3), st.lists(needs(), min_size=1, max_size=4))
def test_a_round_serves_as_many_people_as_brute_force_finds(shop_list, need_list):
    town = build(shop_list, need_list)
    one = town.play()
    index_of = {slot.slot_id: index for index, slot in enumerate(town.stalls)}
    choice = []
    for pool in town.waiting:
        found = town.matches(pool)
        choice.append(index_of[found[0].slot_id] if found else None)
        assert len(found) == (town.result(one, pool).outcome is Outcome.MATCHED)
    every = product([None, *range(len(shop_list))], repeat=len(need_list))
    best = max(possible(each, shop_list, need_list) for each in every)
    assert possible(choice, shop_list, need_list) == best
    assert (one.figures.people, one.figures.objective, one.figures.optimal) == (best, best, True)


@effort(10)
@given(st.lists(shops(), min_size=1, max_size=3), st.lists(needs(), min_size=1, max_size=4), st.data())
def test_whatever_is_booked_during_the_search_nothing_is_held_that_may_not_be(shop_list, need_list, data):
    town = build(shop_list, need_list)
    town.open()
    (errand,) = town.errands.take(town.uow, 1)
    came = town.errands.go(errand)
    gone = [data.draw(st.integers(0, shop["capacity"])) for shop in shop_list]
    for slot, count in zip(town.stalls, gone, strict=True):
        town.uow.slots.add(replace(slot, confirmed=count))
    town.errands.settle(came, town.uow)
    while town.search():
        pass
    for slot, count in zip(town.stalls, gone, strict=True):
        now = town.uow.slots.find(slot.slot_id)
        assert now.confirmed == count
        assert now.held == sum(match.seats for match in town.matches() if match.slot_id == slot.slot_id)
        assert now.held + now.confirmed <= now.capacity
    taken = Counter(town.uow.slots.find(slot.slot_id).resource for slot in town.stalls if _is_booked(town, slot))
    held = {match.slot_id for match in town.matches()}
    clashing = {resource for resource, count in taken.items() if resource is not None and count > 1}
    assert not any(slot.slot_id in held and slot.resource in clashing for slot in town.stalls)


def _is_booked(town, slot):
    return town.uow.slots.find(slot.slot_id).is_booked
