"""Loading what a reader sees of a visit plan."""

from services.kernel.caller import Caller
from services.supplier.domain.standing import MatchState
from services.supplier.domain.visits.cards import VisitCard
from services.supplier.domain.visits.plans import VisitPlan
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def card_of(uow: SupplierUnitOfWork, plan: VisitPlan, caller: Caller) -> VisitCard:
    """Return the plan as the caller sees it now."""
    match = uow.matches.find(plan.match_id)
    confirmed = match is not None and match.state is MatchState.CONFIRMED
    return VisitCard(plan, tuple(uow.visit_homes.of(plan.plan_id)), confirmed, caller, uow.clock.now())
