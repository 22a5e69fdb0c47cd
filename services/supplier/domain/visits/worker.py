"""What runs in the solver's process: a day as JSON in, a plan as JSON out, progress on the way."""

from collections.abc import Callable
from typing import Any

from services.supplier.domain.visits import wire
from services.supplier.domain.visits.promising import promised
from services.supplier.domain.visits.replanning import old_of, replan
from services.supplier.domain.visits.solving import solve

WHAT = f"{__name__}:run"

Wire = dict[str, Any]


def run(problem: Wire, say: Callable[[Wire], None]) -> Wire:
    """Return the plan of ``{"day", "seconds"}``; with an old ``plan``, what has to become of it.

    The answer has ``plan``, ``promises`` (home to span), ``moved`` and ``searched``.
    """
    day, seconds = wire.day_of(problem["day"]), float(problem["seconds"])
    moved: tuple[str, ...] = ()
    searched = True
    if problem.get("plan"):
        done = replan(day, old_of(wire.plan_of(problem["plan"])), seconds, say)
        plan, moved, searched = done.plan, done.moved, done.searched
    else:
        plan = solve(day, seconds, say)
    told = promised(day, plan).homes
    return {
        "plan": wire.plan_wire(plan),
        "promises": {home.home_id: home.promised.to_wire() for home in told if home.promised},
        "moved": list(moved),
        "searched": searched,
    }


def solomon(problem: Wire, say: Callable[[Wire], None]) -> Wire:
    """Return the tours of ``{"text", "seconds"}``, an instance in Solomon's format."""
    from services.supplier.domain.visits import solomon as benchmark

    instance = benchmark.read(problem["text"])
    return benchmark.solve(instance, float(problem["seconds"]), say)
