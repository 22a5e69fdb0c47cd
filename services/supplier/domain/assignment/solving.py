"""One round, from cards to an explained answer, within a time limit. See ASSIGNMENT.md."""

from collections.abc import Callable
from time import monotonic

from services.supplier.domain.assignment.columns import Columns, columns_of
from services.supplier.domain.assignment.exact import Proof, prove
from services.supplier.domain.assignment.explaining import explain
from services.supplier.domain.assignment.greedy import greedy
from services.supplier.domain.assignment.hurdles import chances_of
from services.supplier.domain.assignment.model import Problem, Result
from services.supplier.domain.assignment.plans import Plan

Say = Callable[[dict[str, object]], None]

SMALL = 400  # columns up to which CP-SAT has proved the best plan before anything else has begun
WHOLE = 8_000  # columns up to which it gets the rest of the time for the round as a whole
FIRST = 0.4  # share of the time for bounds and search before that
MARGIN = 0.95  # share of the time for solving; explaining and writing take the rest


def solve(problem: Problem, seconds: float = 10, progress: Say = lambda state: None) -> Result:
    """Return who gets what within about ``seconds``; ``progress`` is told the phase and the best plan so far.

    It blocks for as long as that: in a service it runs in a process of its own (``handlers.solving``).
    """
    begun = monotonic()

    def say(phase: str, plan: Plan | None = None) -> None:
        state: dict[str, object] = {"phase": phase, "seconds": round(monotonic() - begun, 2)}
        progress(state if plan is None else {**state, "served": plan.served, "cost": plan.cost})

    say("candidates")
    chances = chances_of(problem, lambda share: say("candidates"))
    columns = columns_of(problem, chances)
    plan = greedy(columns)
    say("greedy", plan)
    if not len(columns):
        proof, method = Proof(plan, 0, 0, True), "nothing to choose"
    elif len(columns) <= SMALL:
        proof, method = prove(columns, plan, begun + seconds * MARGIN, say), "CP-SAT"
    else:
        begun += _compile(columns, say)
        proof, method = _search(columns, plan, begun, seconds * MARGIN, say)
    assigned, unassigned = explain(columns, chances, proof.plan)
    return Result(
        assigned,
        unassigned,
        problem.currency,
        proof.plan.served,
        proof.served_bound,
        proof.plan.cost,
        proof.cost_bound,
        proof.optimal,
        round(monotonic() - begun, 3),
        method,
    )


def _compile(columns: Columns, say: Callable[..., None]) -> float:
    """Compile the loops of the search, where that was not done before; return the seconds that it took."""
    from services.supplier.domain.assignment.large import compile_loops

    begun = monotonic()
    say("compiling")
    compile_loops(columns)
    return monotonic() - begun


def _search(columns: Columns, plan: Plan, begun: float, seconds: float, say: Callable[..., None]) -> tuple[Proof, str]:
    from services.supplier.domain.assignment.large import search

    left, method = begun + seconds - monotonic(), "bounds, ruin and recreate, CP-SAT in neighbourhoods"
    if len(columns) > WHOLE:
        return search(columns, plan, left, say), method
    first = search(columns, plan, FIRST * left, say)
    then = prove(columns, first.plan, begun + seconds, say)
    # The bound on cost of the first holds for whoever serves as many people, so for whoever serves more.
    served, cost = min(first.served_bound, then.served_bound), max(first.cost_bound, then.cost_bound)
    return Proof(then.plan, max(served, then.plan.served), min(cost, then.plan.cost), then.optimal), f"{method}, CP-SAT"
