"""Rounds as JSON: both ways without loss, and mistakes that are named."""

import copy

import pytest
from hypothesis import given, settings

from services.kernel.errors import InvalidError
from services.supplier.domain.assignment import (
    problem_from_wire,
    problem_to_wire,
    result_from_wire,
    result_to_wire,
    solve,
)
from services.supplier.domain.assignment.model import Problem
from tests.builders_assignment import offer, pool, rounds, slot

WIRE = problem_to_wire(Problem((pool("p1"),), (offer("o"),)))


@settings(max_examples=10, deadline=None)
@given(rounds())
def test_a_round_is_read_as_it_was_written(problem):
    assert problem_from_wire(problem_to_wire(problem)) == problem


def test_an_answer_is_read_as_it_was_written():
    result = solve(Problem((pool("p1", 4), pool("p2", 9)), (offer("o"),)))
    assert result_from_wire(result_to_wire(result)) == result
    wire = result_to_wire(result)
    assert (wire["objective"], wire["bound"], wire["gap"]) == (9, 9, 0)
    assert wire["cost"] == {"amount": "7.20", "currency": "CNY"}


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("pools",), None, "pools is missing"),
        (("pools", 0, "id"), "", "pools[0].id '' is no text"),
        (("pools", 0, "people"), {}, "pools[0].people {} has nobody"),
        (("pools", 0, "people", "a"), 0, "pools[0].people.a 0 is not a possible number"),
        (("pools", 0, "windows", 0), ["x"], "pools[0].windows[0] \"['x']\" is no window"),
        (("pools", 0, "ceiling"), {"amount": "9", "currency": "EUR"}, "currency is CNY and EUR"),
        (("offers", 0, "grade"), "best", "offers[0].grade 'best' is unknown"),
        (("offers", 0, "max_group"), 0, "offers[0].max_group 0 is not a possible number"),
        (("offers", 0, "tiers", 0, "seats"), 9, "offers[0].tiers are out of order"),
        (("offers", 0, "slots", 0, "capacity"), "many", "offers[0].slots[0].capacity 'many' is not"),
        (("offers", 0, "slots", 0, "end"), "2020-01-01T00:00:00Z", "offers[0].slots[0].span.end"),
        (("offers", 0, "place", "lat"), 99, "offers[0].place.lat 99 is not a possible number"),
    ],
)
def test_a_mistake_names_its_field(where, value, said):
    wire = copy.deepcopy(WIRE)
    inner = wire
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    with pytest.raises(InvalidError) as refused:
        problem_from_wire(wire)
    assert str(refused.value).startswith(said)


def test_ids_are_unique():
    with pytest.raises(InvalidError, match="slots has 'one' twice"):
        Problem((pool("p1"),), (offer("o", (slot("one"),)), offer("q", (slot("one"),))))


def test_a_supplier_has_one_grade():
    with pytest.raises(InvalidError, match="grade of supplier 's' is grade_a and probation"):
        Problem((), (offer("o", supplier="s"), offer("q", supplier="s", grade="grade_a")))
