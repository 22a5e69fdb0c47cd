"""One round, from cards to an explained answer, within a time limit. See ASSIGNMENT.md."""

from collections.abc import Callable
from time import monotonic

from services.supplier.domain.assignment.columns import columns_of
from services.supplier.domain.assignment.exact import Proof, prove
from services.supplier.domain.assignment.explaining import explain
from services.supplier.domain.assignment.greedy import greedy
from services.supplier.domain.assignment.hurdles import chances_of
from services.supplier.domain.assignment.model import Problem, Result
from services.supplier.domain.assignment.plans import Plan

Say = Callable[[dict[str, object]], None]

# With more columns the model as a whole is too large to be solved within a minute.
WHOLE = 20_000


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
    else:
        proof, method = prove(columns, plan, begun + seconds * 0.95, say), "CP-SAT"
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
