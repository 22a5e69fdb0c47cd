"""The searches for visit plans: taken up under a lease, done in a process of their own, settled in a transaction."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakSet

from services.chassis.solvers import SolverFailedError, run_solver
from services.kernel.timespan import Timespan
from services.supplier.domain.events import VisitPlanned
from services.supplier.domain.visits import wire
from services.supplier.domain.visits.plans import PlanState, VisitPlan
from services.supplier.domain.visits.worker import MODULE
from services.supplier.handlers.access import publish
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

log = logging.getLogger(__name__)

AT_ONCE = 1  # solvers of one process: each keeps a core busy

Wire = dict[str, Any]
Solver = Callable[[str, Wire, float, Callable[[Wire], None]], Wire]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Search:
    """A version of a plan and what its solver gets; nobody's name is in it."""

    plan_id: UUID
    version: int
    seconds: float
    asked: Wire


@dataclass(frozen=True, slots=True)
class Found:
    """What a solver came back with; ``failure`` says in a line why there is no answer."""

    search: Search
    answer: Wire | None
    failure: str | None = None


class VisitErrands:
    """Searches for the plans that wait. ``new_uow`` makes the transactions in which progress is noted."""

    def __init__(self, new_uow: Callable[[], SupplierUnitOfWork], solver: Solver = run_solver) -> None:
        self._new_uow = new_uow
        self._solver = solver
        # Weak, because a search that was taken in a transaction that failed is nobody's.
        self._out: WeakSet[Search] = WeakSet()

    def take(self, uow: SupplierUnitOfWork, most: int) -> Sequence[Search]:
        """Take plans that wait for a search, no more than there is room for."""
        taken, now = [], uow.clock.now()
        for waiting in uow.visit_plans.take_due(now, max(0, min(most, AT_ONCE - len(self._out)))):
            plan = waiting.taken(now)
            uow.visit_plans.save(plan)
            if plan.state is PlanState.SOLVING:
                taken.append(_search(uow, plan))
        self._out.update(taken)
        return taken

    def next_due(self, uow: SupplierUnitOfWork) -> datetime | None:
        """Return when the next search is due; nobody asks for one while there is no room."""
        return uow.visit_plans.next_due() if len(self._out) < AT_ONCE else None

    def go(self, errand: Search) -> Found:
        """Search, and note how far it is."""

        def say(state: Wire) -> None:
            with self._new_uow() as uow:
                uow.visit_plans.progress(errand.plan_id, errand.version, int(state["percent"]))
                uow.commit()

        try:
            return Found(errand, self._solver(MODULE, errand.asked, errand.seconds, say))
        except SolverFailedError as failure:
            log.warning("a search for a visit plan failed", extra={"plan_id": str(errand.plan_id)})
            return Found(errand, None, str(failure))
        finally:
            self._out.discard(errand)

    def settle(self, came: Found, uow: SupplierUnitOfWork) -> None:
        """Keep the plan and what homes are promised; the answer to an older version is thrown away."""
        plan = uow.visit_plans.find(came.search.plan_id, lock=True)
        if plan is None or (plan.version, plan.state) != (came.search.version, PlanState.SOLVING):
            return
        if came.answer is None:
            uow.visit_plans.save(plan.failed(came.failure or "the search gave no answer"))
            return
        promises = {home_id: Timespan.from_wire(span) for home_id, span in came.answer["promises"].items()}
        uow.visit_homes.save(one.told(promises) for one in uow.visit_homes.of(plan.plan_id))
        done = plan.found(wire.plan_of(came.answer["plan"]), came.answer["moved"])
        uow.visit_plans.save(done)
        publish(uow, VisitPlanned(done))


def _search(uow: SupplierUnitOfWork, plan: VisitPlan) -> Search:
    """Return what the solver gets: homes that were told no times yet are free, and if all are, it begins anew."""
    all_homes, now = uow.visit_homes.of(plan.plan_id), uow.clock.now()
    told = {one.home_id for one in all_homes if plan.is_told(one.community_id, now)}
    homes = [one.home if one.home_id in told else replace(one.home, promised=None) for one in all_homes]
    before = wire.plan_wire(plan.plan) if plan.plan and told else None
    day = wire.day_wire(plan.day(homes), personal=False)
    return Search(plan.plan_id, plan.version, plan.seconds, {"day": day, "plan": before, "seconds": plan.seconds})
