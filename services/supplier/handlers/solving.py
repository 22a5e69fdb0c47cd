"""A matching round solved in a process of its own."""

from collections.abc import Callable
from typing import Any

from services.chassis.solvers import run_solver
from services.supplier.domain.assignment import Problem, Result, problem_to_wire, result_from_wire

MODULE = "services.supplier.domain.assignment"


def solve_in_process(
    problem: Problem, seconds: float = 10, progress: Callable[[dict[str, Any]], None] = lambda state: None
) -> Result:
    """Return who gets what within about ``seconds``, without blocking the event loop; see ``assignment.solve``.

    ``progress`` is told ``{"phase", "seconds", "served", "cost"}`` now and then. Never call it inside a transaction.
    Raises ``SolverFailedError`` if the process was killed or gave no answer.
    """
    asked = {"seconds": seconds, "problem": problem_to_wire(problem)}
    return result_from_wire(run_solver(MODULE, asked, seconds, progress))
