"""The process in which a public instance is solved; see ``services.chassis.solvers``."""

import json
import sys
from typing import Any

import numpy as np

from services.supplier.domain.assignment.classic.model import Instance, Solved


def main() -> None:
    """Read an instance and ``seconds``, write lines of progress and the result."""
    asked = json.load(sys.stdin)
    sign = -1.0 if asked["most"] else 1.0
    given = {name: np.array(asked[name], dtype=float) for name in ("capacity", "opening", "demand", "cost")}
    instance = Instance(given["capacity"], given["opening"], given["demand"], sign * given["cost"])

    def say(phase: str, value: float | None, bound: float | None) -> None:
        state = {"phase": phase, "objective": _number(value, sign), "bound": _number(bound, sign)}
        print(json.dumps({"progress": state}), flush=True)

    print(json.dumps({"result": _told(_solve(instance, asked, say), sign)}), flush=True)


def _solve(instance: Instance, asked: dict[str, Any], say: Any) -> Solved:
    if asked["splittable"]:
        from services.supplier.domain.assignment.classic.splittable import solve_splittable

        return solve_splittable(instance, asked["seconds"], say)
    from services.supplier.domain.assignment.classic.single_source import solve_single_source

    return solve_single_source(instance, asked["seconds"], say)


def _told(solved: Solved, sign: float) -> dict[str, Any]:
    assignment: list[Any] | None = None
    if solved.home is not None:
        assignment = [int(one) for one in solved.home]
    elif solved.shares is not None:
        assignment = [
            [[int(i), round(float(column[i]), 9)] for i in np.flatnonzero(column > 1e-9)] for column in solved.shares.T
        ]
    return {
        "objective": _number(solved.objective, sign),
        "bound": _number(solved.bound, sign),
        "gap": None if solved.gap is None else round(solved.gap, 9),
        "seconds": round(solved.seconds, 3),
        "assignment": assignment,
    }


def _number(value: float | None, sign: float) -> float | int | None:
    if value is None or not np.isfinite(value):
        return None
    shown = round(sign * value, 6)
    return int(shown) if shown == int(shown) else shown


if __name__ == "__main__":
    main()
