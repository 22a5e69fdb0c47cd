"""Rounds that are too large for one model: bounds are bounds, nothing is broken, and it is better than greedy."""

from hypothesis import given, settings

from bench.supply_rounds import city
from services.supplier.domain.assignment import breaches, solve
from services.supplier.domain.assignment import solving as solving_module
from services.supplier.domain.assignment.columns import columns_of
from services.supplier.domain.assignment.greedy import greedy
from services.supplier.domain.assignment.hurdles import chances_of
from services.supplier.domain.assignment.large import compile_loops, search
from tests.builders_assignment import best_by_brute_force, rounds
from tests.effort import EFFORT


@settings(max_examples=round(10 * EFFORT), deadline=None)
@given(rounds())
def test_bounds_hold_against_brute_force(problem):
    columns = columns_of(problem, chances_of(problem))
    if not len(columns):
        return
    start = greedy(columns)
    compile_loops(columns)
    proof = search(columns, start, 0.05, lambda *said: None)
    people, cost = best_by_brute_force(problem)
    assert start.served <= proof.plan.served <= -people <= proof.served_bound
    # The bound on cost is one for whoever serves as many people as the plan.
    if proof.plan.served == -people:
        assert proof.cost_bound <= cost <= proof.plan.cost


def test_a_round_of_a_city_keeps_every_rule_and_beats_greedy(monkeypatch):
    monkeypatch.setattr(solving_module, "SMALL", 0)
    monkeypatch.setattr(solving_module, "WHOLE", 0)
    problem = city(150, 30, half_km=4)
    quick = greedy(columns_of(problem, chances_of(problem)))
    result = solve(problem, 1.0)
    assert breaches(problem, result) == []
    assert quick.served < result.served <= result.served_bound
    assert result.gap < 0.1
    assert len(result.assigned) + len(result.unassigned) == 150
