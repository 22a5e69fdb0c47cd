"""What runs in the solver's process: a day as JSON in, a plan as JSON out, progress on the way."""

from collections.abc import Callable
from typing import Any

from services.supplier.domain.visits import solomon, wire
from services.supplier.domain.visits.promising import promised
from services.supplier.domain.visits.replanning import old_of, replan
from services.supplier.domain.visits.solving import solve

Wire = dict[str, Any]
Say = Callable[[Wire], None]

MODULE = "services.supplier.domain.visits"


def run(asked: Wire, say: Say) -> Wire:
    """Return the plan of ``{"day", "plan", "seconds"}``, or the tours of ``{"solomon", "seconds"}``."""
    seconds = float(asked["seconds"])
    if "solomon" in asked:
        return solomon.solve(solomon.read(asked["solomon"]), seconds, say)
    return plan_day(asked["day"], asked.get("plan"), seconds, say)


def plan_day(day_wire: Wire, before: Wire | None, seconds: float, say: Say | None = None) -> Wire:
    """Return the plan of a day; where there is one from ``before``, what has to become of it.

    The answer has ``plan``, ``promises`` (home to span), ``moved`` (homes with another crew) and ``searched``.
    """
    day = wire.day_of(day_wire)
    if before:
        done = replan(day, old_of(wire.plan_of(before)), seconds, say)
        plan, moved, searched = done.plan, done.moved, done.searched
    else:
        plan, moved, searched = solve(day, seconds, say), (), True
    told = promised(day, plan).homes
    return {
        "plan": wire.plan_wire(plan),
        "promises": {home.home_id: home.promised.to_wire() for home in told if home.promised},
        "moved": list(moved),
        "searched": searched,
    }
