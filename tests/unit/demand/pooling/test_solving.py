"""From needs to pools: what a delivery can serve, whom it serves best, and that order and ids decide nothing."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.pooling import Need, Pins, Prices, Rules, Tier, solve, violations
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.money import Money
from tests.builders_pooling import assert_sound, need, some_needs, span, tiers, together, yuan

RULES = Rules()


def test_needs_with_a_point_and_a_span_in_common_become_one_pool_and_say_what_each_community_brings():
    needs = [need("x", people=2), need("y", east=3, people=3, community="b"), need("z", north=1, minutes=90)]
    (pool,) = solve(needs, RULES).pools
    assert_sound([pool], needs, RULES)
    assert (pool.people, pool.communities, pool.served) == (6, (("a", 3), ("b", 3)), True)
    assert pool.span.length.total_seconds() == 90 * 60


def test_a_disc_that_touches_two_others_does_not_make_the_three_meet():
    needs = [need("x"), need("y", east=3), need("z", east=6)]
    assert together(solve(needs, RULES)) in ([["x", "y"]], [["y", "z"]])


def test_three_who_meet_in_pairs_only_are_not_one_pool():
    corners = [need("x", radius=1.05), need("y", east=2, radius=1.05), need("z", east=1, north=1.732, radius=1.05)]
    assert [len(pool.needs) for pool in solve(corners, RULES).pools] == [2, 1]
    wider = [replace(one, radius_km=1.2) for one in corners]
    assert [len(pool.needs) for pool in solve(wider, RULES).pools] == [3]


def test_windows_that_overlap_less_than_the_service_takes_keep_needs_apart():
    early, late = need("x", minutes=90), need("y", windows=[span(2)], minutes=45)
    assert together(solve([early, late], RULES)) == []
    assert together(solve([replace(early, minutes=60), late], RULES)) == [["x", "y"]]


def test_two_windows_side_by_side_are_not_one_long_window():
    halves = need("x", windows=[span(0, 1), span(1, 1)], minutes=60)
    assert together(solve([halves, need("y", windows=[span(0.5, 1)])], RULES)) == []


def test_other_topics_and_other_currencies_stay_apart():
    cny, usd = need("x", ceiling=yuan(100)), need("y", ceiling=Money(2000, "USD"))
    assert together(solve([cny, usd, need("z", topic="u")], RULES)) == []


def test_who_cannot_pay_the_price_of_a_head_count_joins_when_more_people_make_it_cheaper():
    rules = Rules(prices=tiers(t={1: 100, 4: 80}))
    poor = need("p", ceiling=yuan(80))
    assert together(solve([poor, need("x", ceiling=yuan(100), people=2)], rules)) == []
    (pool,) = solve([poor, need("x", ceiling=yuan(100), people=3)], rules).pools
    assert pool.price == yuan(80)


def test_a_person_of_two_communities_is_counted_once():
    twice = [need("x", people=2, persons=frozenset({"k"})), need("y", community="b", persons=frozenset({"k"}))]
    (pool,) = solve(twice, RULES).pools
    assert (pool.people, pool.communities) == (2, (("a", 2), ("b", 1)))


def test_a_chain_of_four_is_served_in_pairs_although_the_middle_is_the_heaviest():
    chain = [need("a", east=0), need("b", east=3, people=3), need("c", east=6, people=3), need("d", east=9)]
    assert together(solve(chain, RULES)) == [["a", "b"], ["c", "d"]]


def test_a_pool_spares_people_for_another_that_misses_its_minimum():
    full = [need(f"x{i}", people=2) for i in range(4)]
    needs = [*full, need("s", east=3.5, people=2)]
    assert solve(needs, Rules(minimum=4)).served == 10


def test_a_minimum_of_people_may_be_reached_by_one_need_and_missed_by_two():
    assert solve([need(people=12)], Rules(minimum=10)).pools[0].served
    assert not solve([need(people=2), need(people=2)], Rules(minimum=10)).pools[0].served
    assert solve([need(people=2, topic="u")], Rules(minimum=10, minimum_of={"u": 2})).pools[0].served


def test_small_pools_go_into_larger_ones_of_the_same_point():
    needs = [need(str(i), east=i / 10) for i in range(7)]
    assert [len(pool.needs) for pool in solve(needs, RULES).pools] == [7]


def test_places_on_both_sides_of_the_date_line_meet_and_far_poles_do_not():
    fiji = need("x")
    west = replace(fiji, place=Place(-17.0, 179.995))
    east = replace(fiji, id="y", place=Place(-17.0, -179.995))
    anywhere = replace(fiji, id="z", place=Place(80, 10), radius_km=20_100)
    assert together(solve([west, east, anywhere], RULES)) == [["x", "y", "z"]]
    assert_sound(solve([west, east, anywhere], RULES).pools, [west, east, anywhere], RULES)


def test_who_goes_nowhere_is_served_at_home():
    needs = [need("x", radius=0, east=1), need("y", radius=0, east=1), need("z", radius=1.5)]
    (pool,) = solve(needs, RULES).pools
    assert pool.place == needs[0].place
    assert_sound([pool], needs, RULES)


def test_needs_tied_by_hand_stay_together_and_parted_ones_do_not_meet():
    needs = [need("x"), need("y", east=3.5), need("z", east=0.1, people=5), need("w", east=0.2)]
    pins = Pins(together=[("x", "y")], apart=[("x", "z")])
    solution = solve(needs, RULES, pins)
    assert_sound(solution.pools, needs, RULES, pins)
    assert solution.refused == ()


def test_a_tie_that_no_delivery_can_serve_is_refused_and_told():
    needs = [need("x"), need("y", east=9)]
    assert solve(needs, RULES, Pins(together=[("x", "y")])).refused == (frozenset({"x", "y"}),)


def test_ceilings_and_tiers_that_make_no_sense_are_refused():
    with pytest.raises(InvalidError, match="not higher"):
        Prices({"t": [Tier(2, yuan(50)), Tier(9, yuan(60))]})
    with pytest.raises(InvalidError, match="at most one for each"):
        need(people=1, persons=frozenset({"a", "b"}))


@given(st.lists(some_needs, max_size=12), st.sampled_from([None, 5, 9]), st.booleans(), st.randoms())
@settings(max_examples=40, deadline=None)
def test_any_answer_is_sound_and_neither_order_nor_ids_change_it(needs, minimum, priced, random):
    rules = Rules(minimum, prices=tiers(t={1: 100, 6: 80, 10: 60}) if priced else Prices())
    solution = solve(needs, rules)
    assert_sound(solution.pools, needs, rules)
    names = dict(zip([one.id for one in needs], random.sample(range(1000), len(needs)), strict=True))
    shuffled = [replace(one, id=names[one.id]) for one in random.sample(needs, len(needs))]
    assert [contents(solution, needs)] == [contents(solve(shuffled, rules), shuffled)]


def contents(solution, needs):
    said = {one.id: Need.content(one)[:-1] for one in needs}
    return sorted(sorted(said[one] for one in pool.needs) for pool in solution.pools)


def test_ties_and_partings_hold_in_any_small_world():
    random = Random(7)
    for _ in range(6):
        needs = [need(str(i), east=random.uniform(0, 3), people=random.randint(1, 3)) for i in range(9)]
        pins = Pins(together=[("0", "1")], apart=[("0", "2"), ("3", "4")])
        solution = solve(needs, RULES, pins)
        if not solution.refused:
            assert_sound(solution.pools, needs, RULES, pins)


def test_the_check_sees_each_kind_of_violation():
    needs = [need("x"), need("y", east=1, windows=[span(1)], ceiling=yuan(90))]
    rules = Rules(prices=tiers(t={1: 80}))
    (pool,) = solve(needs, rules).pools
    known = {one.id: one for one in needs}
    spoilt = {
        "out of reach": replace(pool, place=Place(0, 0)),
        "not in any window": replace(pool, span=span(0)),
        "too short": replace(pool, span=span(1, 0.5)),
        "another topic": replace(pool, topic="u"),
        "says 9 people, has 2": replace(pool, people=9),
        "is wrong about being served": replace(pool, served=False),
        "listed twice": replace(pool, needs=("x", "y", "x"), people=3),
    }
    for what, wrong in spoilt.items():
        assert what in [found.what for found in violations(wrong, known, rules)]
    assert "too dear" in [found.what for found in violations(pool, known, Rules(prices=tiers(t={1: 95})))]
    assert len(violations(pool, known, rules, Pins(apart=[("x", "y")]))) == 2
