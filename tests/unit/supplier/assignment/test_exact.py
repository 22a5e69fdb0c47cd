"""The tier model against brute force: as many people, as little cost, and never a constraint broken."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings

from services.supplier.domain.assignment import breaches, solve
from services.supplier.domain.assignment.model import Limit, Problem
from tests.builders_assignment import best_by_brute_force, offer, pool, rounds, slot
from tests.effort import EFFORT


@settings(max_examples=round(40 * EFFORT), deadline=None)
@given(rounds())
def test_no_assignment_is_better_and_no_rule_is_broken(problem):
    result = solve(problem)
    assert breaches(problem, result) == []
    assert all(one.why.code != "not_found_in_time" for one in result.unassigned)
    people, cost = best_by_brute_force(problem)
    assert (result.served, result.cost) == (-people, cost)
    assert result.optimal
    assert (result.served_bound, result.cost_bound, result.gap, result.cost_gap) == (-people, cost, 0, 0)


def test_pools_reach_a_tier_together_that_none_reaches_alone():
    result = solve(Problem((pool("p1", 4), pool("p2", 4)), (offer("o"),)))
    assert [(one.group, one.price) for one in result.assigned] == [(8, 80), (8, 80)]
    assert result.assigned[0].together == ("p2",)


def test_pools_that_are_not_joint_pay_what_each_reaches():
    result = solve(Problem((pool("p1", 4), pool("p2", 4)), (offer("o", joint=False),)))
    assert [(one.group, one.price) for one in result.assigned] == [(4, 100), (4, 100)]


def test_a_ceiling_counts_at_the_price_that_is_reached():
    cheap = pool("p1", 4, ceiling=80)
    assert solve(Problem((cheap,), (offer("o"),))).served == 0
    assert solve(Problem((cheap, pool("p2", 4)), (offer("o"),))).served == 8


def test_more_people_go_before_less_cost():
    few, many = pool("p1", 3), pool("p2", 9)
    result = solve(Problem((few, many), (offer("o", tiers=((1, 10), (9, 9))),)))
    assert [one.pool for one in result.assigned] == ["p2"]


def test_a_supplier_is_not_in_two_places():
    slots = (slot("one", 9), slot("other", 10.5, after=30))
    pools = (pool("p1", 9), pool("p2", 9))
    assert solve(Problem(pools, (offer("o", slots),))).served == 9
    assert solve(Problem(pools, (offer("o", slots[:1]), offer("q", slots[1:])))).served == 18
    one = (offer("o", slots[:1], supplier="s"), offer("q", slots[1:], supplier="s"))
    assert solve(Problem(pools, one)).served == 9
    assert solve(Problem(pools, (one[0], replace(one[1], resource="second crew")))).served == 18


def test_a_grade_limits_pools_and_groups():
    pools = (pool("p1", 4), pool("p2", 4))
    for limit, served in ((Limit(), 8), (Limit(pools=1), 4), (Limit(people=5), 4), (Limit(pools=0), 0)):
        assert solve(Problem(pools, (offer("o"),), limits={"probation": limit})).served == served


def test_ties_are_broken_the_same_way_whatever_the_order():
    pools = [pool(f"p{i}", 5) for i in range(4)]
    offers = [offer(f"o{i}", grade=grade) for i, grade in enumerate(("probation", "grade_a", "probation"))]
    first = None
    for seed in range(3):
        Random(seed).shuffle(pools)
        Random(seed).shuffle(offers)
        result = solve(Problem(tuple(pools), tuple(offers)))
        found = [(one.pool, one.slot) for one in result.assigned]
        first = first or found
        assert found == first
        assert sum(one.offer == "o1" for one in result.assigned) == 2
