"""Rounds in a process of their own: the answer comes back, a solver that does not end is ended."""

import time
from itertools import pairwise

import eventlet
import pytest

from services.chassis.solvers import SolverFailedError, _Clock, run_solver
from services.supplier.domain.assignment.model import Problem
from services.supplier.handlers.solving import solve_in_process
from tests.builders_assignment import offer, pool


def test_the_answer_and_the_progress_come_back_while_others_go_on():
    ticks, phases = [], []

    def others():
        while True:
            ticks.append(time.monotonic())
            eventlet.sleep(0.02)

    other = eventlet.spawn(others)
    problem = Problem((pool("p1", 4), pool("p2", 4)), (offer("o"),))
    result = solve_in_process(problem, 5, lambda state: phases.append(state["phase"]))
    other.kill()
    assert (result.served, result.optimal) == (8, True)
    assert phases[:2] == ["candidates", "greedy"]
    assert len(ticks) > 10
    assert max(later - sooner for sooner, later in pairwise(ticks)) < 0.5


def test_a_solver_that_does_not_end_is_killed_in_one_readable_line():
    with pytest.raises(SolverFailedError, match=r"killed: no answer within 0 seconds and its grace"):
        run_solver("timeit", {"endless": True}, 0, grace=0.2)


def test_a_solver_that_refuses_says_why():
    with pytest.raises(SolverFailedError, match=r"ended with code 1: .*pools is missing"):
        run_solver("services.supplier.domain.assignment", {"seconds": 1, "problem": {}}, 1)


def test_the_time_of_a_solver_begins_anew_when_it_has_compiled():
    clock = _Clock(5)
    first = clock.until
    clock.see({"phase": "compiling"})
    assert clock.until > first + 100
    clock.see({"phase": "greedy"})
    assert clock.until < first + 1
