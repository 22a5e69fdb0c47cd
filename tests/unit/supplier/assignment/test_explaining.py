"""Each answer says why; the reasons are those that stopped the pool."""

import pytest

from services.kernel.geo import Area, Place
from services.supplier.domain.assignment import solve
from services.supplier.domain.assignment.model import Limit, Problem
from tests.builders_assignment import offer, pool, slot, span


def why(problem, name="p1"):
    return next(one for one in solve(problem).unassigned if one.pool == name)


def test_who_got_a_slot_is_told_the_group_the_price_and_the_choice():
    result = solve(Problem((pool("p1", 4), pool("p2", 4)), (offer("o"), offer("far", place=Place(32, 121.4)))))
    told = result.assigned[0].why
    assert told.data == {"group": 8, "pools": 2, "km": 0.0, "possible": 1}
    assert told.en.startswith("2 pools make a group of 8 at 0.80 CNY each")
    assert "2 个需求池共 8 人成团，每人 0.80 CNY" in told.zh


def test_a_pool_that_is_larger_than_the_slot_is_told_how_many_find_room():
    assert "room for 10 of 12 people" in solve(Problem((pool("p1", 12),), (offer("o"),))).assigned[0].why.en


@pytest.mark.parametrize(
    ("hurdle", "one", "theirs"),
    [
        ("no_offer", {"category": "singing"}, {}),
        ("not_allowed", {"offers": frozenset({"another"})}, {}),
        ("not_shared", {}, {"communities": frozenset({"b"})}),
        ("out_of_reach", {"area": Area(Place(31.3, 121.4), 5)}, {}),
        ("out_of_reach", {"area": Area(Place(31.3, 121.4), 500)}, {"travel_km": 5.0}),
        ("grade", {}, {"grade": "suspended"}),
        ("grade", {"grades": frozenset({"grade_a"})}, {"grade": "grade_b"}),
        ("group_too_small", {}, {"min_group": 9, "joint": False}),
        ("no_time", {"windows": (span(9, 1),)}, {}),
        ("no_time", {"minutes": 180}, {}),
        ("no_room", {}, {"min_group": 11}),
        ("too_expensive", {"ceiling": 79}, {}),
    ],
)
def test_a_pool_without_a_slot_is_told_the_hurdle(hurdle, one, theirs):
    told = why(Problem((pool("p1", **one),), (offer("o", **theirs),)))
    assert (told.why.code, dict(told.hurdles), told.competitors) == (hurdle, {hurdle: 1}, ())
    assert told.why.zh
    assert told.why.en


def test_a_pool_that_lost_is_told_to_whom():
    told = why(Problem((pool("p1", 4), pool("p2", 9)), (offer("o"),)))
    assert (told.why.code, told.competitors) == ("full", ("p2",))
    assert told.why.en == (
        "1 slots would suit, none was left: other pools have the seats (1 of 1); 1 pools competed for them"
    )


def test_a_pool_is_told_that_the_supplier_is_elsewhere():
    slots = (slot("one"), slot("other"))
    told = why(Problem((pool("p1", 4), pool("p2", 9)), (offer("o", slots),)))
    assert (told.why.code, told.why.data["lost"]) == ("keeper_busy", {"full": 1, "keeper_busy": 1})


@pytest.mark.parametrize(
    ("code", "pools", "theirs", "limits"),
    [
        ("group_not_reached", (pool("p1", 4),), {"min_group": 6}, {}),
        ("too_expensive_together", (pool("p1", 4, ceiling=80),), {}, {}),
        ("limit_reached", (pool("p1", 4), pool("p2", 5)), {}, {"probation": Limit(pools=1)}),
    ],
)
def test_a_pool_is_told_what_would_have_to_be_otherwise(code, pools, theirs, limits):
    assert why(Problem(pools, (offer("o", **theirs),), limits=limits)).why.code == code


def test_no_sentence_names_another_pool():
    told = why(Problem((pool("p1", 4), pool("secret", 9)), (offer("o"),)))
    assert "secret" not in told.why.zh + told.why.en + str(told.why.data)
