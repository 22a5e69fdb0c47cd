"""Textbook instances against brute force: the optimum, a bound that is one, and nothing good ruled out."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from services.supplier.domain.assignment.classic.model import Instance
from services.supplier.domain.assignment.classic.relaxing import possible, relax
from services.supplier.domain.assignment.classic.single_source import solve_single_source
from services.supplier.domain.assignment.classic.splittable import solve_splittable
from tests.effort import EFFORT


@st.composite
def instances(draw):
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 5))

    def numbers(least, most, *shape):
        count = int(np.prod(shape))
        return np.array(draw(st.lists(st.integers(least, most), min_size=count, max_size=count)), float).reshape(shape)

    alike = draw(st.booleans())
    demand = numbers(1, 4, 1, columns).repeat(rows, 0) if alike else numbers(1, 4, rows, columns)
    return Instance(numbers(2, 12, rows), numbers(0, 8, rows), demand, numbers(-3, 9, rows, columns))


def homes(instance):
    rows, columns = instance.cost.shape
    found = (np.array(home) for home in product(range(rows), repeat=columns))
    return [home for home in found if instance.is_kept(home)]


@settings(max_examples=round(8 * EFFORT), deadline=None)
@given(instances())
def test_single_source_finds_what_brute_force_finds(instance):
    best = min((instance.value(home) for home in homes(instance)), default=None)
    solved = solve_single_source(instance, 5, lambda *said: None)
    assert solved.objective == best
    if best is None:
        assert solved.gap is None
    else:
        assert instance.is_kept(solved.home)
        assert instance.value(solved.home) == best
        assert (solved.bound, solved.gap) == (best, 0)


@settings(max_examples=round(8 * EFFORT), deadline=None)
@given(instances())
def test_the_bound_is_one_and_rules_out_nothing_that_is_better(instance):
    state = relax(instance, 1e12)
    kept = possible(instance, state)
    for home in homes(instance):
        value = instance.value(home)
        assert state.bound <= value + 1e-6
        if value < state.value - 0.5:
            assert kept[home, np.arange(len(home))].all()


def test_a_demand_that_may_be_split_is_split_where_that_is_cheaper():
    instance = Instance(
        np.array([10.0, 10.0, 10.0]), np.array([1.0, 1.0, 50.0]), np.full((3, 3), 6.0), np.arange(9.0).reshape(3, 3)
    )
    solved = solve_splittable(instance, 5, lambda *said: None)
    assert solved.objective == pytest.approx(_by_linear_programmes(instance))
    assert solved.gap == pytest.approx(0, abs=1e-6)
    assert np.allclose(solved.shares.sum(axis=0), 1)
    assert ((solved.shares > 0.01).sum(axis=0) == 2).sum() == 1


def _by_linear_programmes(instance):
    rows, columns = instance.cost.shape
    best = np.inf
    for opened in product((0, 1), repeat=rows):
        loads = np.kron(np.eye(rows), instance.demand[0])
        served = np.kron(np.ones(rows), np.eye(columns))
        room = instance.capacity * np.array(opened)
        found = linprog(instance.cost.ravel(), loads, room, served, np.ones(columns), bounds=(0, 1))
        if found.status == 0:
            best = min(best, found.fun + instance.opening @ np.array(opened))
    return best


def test_what_has_no_room_has_no_solution():
    instance = Instance(np.array([3.0]), np.array([0.0]), np.array([[2.0, 2.0]]), np.array([[1.0, 1.0]]))
    assert solve_single_source(instance, 2, lambda *said: None).objective is None
    assert solve_splittable(instance, 2, lambda *said: None).objective is None
