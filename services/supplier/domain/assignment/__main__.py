"""The process in which a round is solved: a problem on stdin, lines of progress and one line of answer on stdout."""

import json
import sys

from services.supplier.domain.assignment.answers import result_to_wire
from services.supplier.domain.assignment.solving import solve
from services.supplier.domain.assignment.wire import problem_from_wire


def main() -> None:
    """Read ``{"seconds": 10, "problem": {…}}``, write ``{"progress": {…}}`` lines and at last ``{"result": {…}}``."""
    asked = json.load(sys.stdin)

    def tell(kind: str, what: dict[str, object]) -> None:
        print(json.dumps({kind: what}, ensure_ascii=False), flush=True)

    problem = problem_from_wire(asked["problem"])
    tell("result", result_to_wire(solve(problem, float(asked["seconds"]), lambda state: tell("progress", state))))


if __name__ == "__main__":
    main()
