"""Visit plans: made, changed, released, forgotten. The search itself is an errand, see visit_errands.py."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.kernel.caller import Caller, Role
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId, new_id
from services.supplier.domain.errors import CommunityUnknownError, MatchNotFoundError, MatchStateError
from services.supplier.domain.matches import Match
from services.supplier.domain.standing import MatchState
from services.supplier.domain.visits.cards import VisitCard
from services.supplier.domain.visits.commands import (
    ChangeVisitPlan,
    CreateVisitPlan,
    ReleaseVisitPlan,
    SolveVisitPlan,
)
from services.supplier.domain.visits.errors import (
    VisitHomeNotFoundError,
    VisitPlanExistsError,
    VisitPlanNotFoundError,
)
from services.supplier.domain.visits.model import Crew
from services.supplier.domain.visits.plans import KEPT, PlanState, VisitHome, VisitPlan
from services.supplier.domain.visits.wire import MOST_HOMES
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.storage.visit_cards import card_of

PLANNERS = (Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.PARTNER, Role.SUPPLIER)


def create_visit_plan(command: CreateVisitPlan, uow: SupplierUnitOfWork) -> VisitCard:
    """Make the visit plan of a confirmed match and let it be searched for as soon as it has homes and crews."""
    command.caller.require(*PLANNERS)
    match = _confirmed(uow, command.caller, command.match_id)
    known = uow.visit_plans.of_match(match.match_id)
    if known is not None:
        message = "the match has a visit plan already; add homes to that one"
        raise VisitPlanExistsError(message, state=str(known.state), plan_id=str(known.plan_id))
    _require_on_the_day(command.crews, match)
    plan = VisitPlan(
        plan_id=new_id(),
        match_id=match.match_id,
        supplier_id=match.supplier_id,
        community_ids=tuple(share.community_id for share in match.communities),
        service=match.span,
        state=PlanState.DRAFT,
        version=0,
        crews=command.crews,
        travel=command.travel,
        zone=command.zone,
        seconds=command.seconds,
        released=frozenset(),
        plan=None,
        moved=(),
        failure=None,
        job=None,
        created_at=uow.clock.now(),
    )
    homes = _homes(plan, command.caller, command.community_id, command.homes)
    plan = plan.asked(len(homes), uow.clock.now())
    uow.visit_plans.add(plan)
    uow.visit_homes.add(homes)
    key, payload = f"visits/{plan.plan_id}/forget", {"plan_id": str(plan.plan_id)}
    uow.timers.set(key, plan.service.end + KEPT, "forget_visits", payload)
    return card_of(uow, plan, command.caller)


def change_visit_plan(command: ChangeVisitPlan, uow: SupplierUnitOfWork) -> VisitCard:
    """Add homes, let homes drop out, set the crews; what is promised to the others is kept by the search."""
    command.caller.require(*PLANNERS)
    plan = _locked(uow, command.caller, command.plan_id)
    match = _confirmed(uow, command.caller, plan.match_id)
    have = uow.visit_homes.of(plan.plan_id)
    own = {one.home_id for one in have if _may_edit(command.caller, one.community_id)}
    for home_id in command.drop:
        if home_id not in own:
            raise VisitHomeNotFoundError("the plan has no such home", home_id=home_id)
    added = _homes(plan, command.caller, command.community_id, command.add)
    left = len(have) - len(set(command.drop)) + len(added)
    if left > MOST_HOMES:
        raise InvalidError("add", f"makes {left} homes", f"a plan of at most {MOST_HOMES}")
    uow.visit_homes.drop(command.drop)
    uow.visit_homes.add(added)
    if command.crews is not None:
        _require_on_the_day(command.crews, match)
        plan = replace(plan, crews=command.crews)
    plan = plan.asked(left, uow.clock.now())
    uow.visit_plans.save(plan)
    return card_of(uow, plan, command.caller)


def solve_visit_plan(command: SolveVisitPlan, uow: SupplierUnitOfWork) -> VisitCard:
    """Search again for a plan, such as after a failure."""
    command.caller.require(*PLANNERS)
    plan = _locked(uow, command.caller, command.plan_id)
    _confirmed(uow, command.caller, plan.match_id)
    plan = plan.asked(len(uow.visit_homes.of(plan.plan_id)), uow.clock.now())
    uow.visit_plans.save(plan)
    return card_of(uow, plan, command.caller)


def release_visit_plan(command: ReleaseVisitPlan, uow: SupplierUnitOfWork) -> VisitCard:
    """Let the supplier see the homes of one community, for as long as its match stands."""
    command.caller.require(Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.PARTNER)
    plan = _locked(uow, command.caller, command.plan_id)
    community_id = _community(plan, command.caller, command.community_id)
    plan = replace(plan, released=plan.released | {community_id})
    uow.visit_plans.save(plan)
    return card_of(uow, plan, command.caller)


def forget_visits(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Delete the homes of a plan and its times, when the timer fires some days after the service."""
    plan = uow.visit_plans.find(UUID(payload["plan_id"]), lock=True)
    if plan is not None:
        uow.visit_homes.forget(plan.plan_id)
        uow.visit_plans.save(plan.forgotten())


def _confirmed(uow: SupplierUnitOfWork, caller: Caller, match_id: UUID) -> Match:
    match = uow.matches.find(match_id)
    if match is None or not match.is_visible_to(caller):
        raise MatchNotFoundError("there is no such match", match_id=str(match_id))
    if match.state is not MatchState.CONFIRMED:
        message = f"the match is {match.state}; visits are planned when it is confirmed"
        raise MatchStateError(message, state=str(match.state), match_id=str(match_id))
    return match


def _locked(uow: SupplierUnitOfWork, caller: Caller, plan_id: UUID) -> VisitPlan:
    plan = uow.visit_plans.find(plan_id, lock=True)
    if plan is None or not plan.is_visible_to(caller):
        raise VisitPlanNotFoundError("there is no such visit plan", plan_id=str(plan_id))
    return plan


def _community(plan: VisitPlan, caller: Caller, named: CommunityId | None) -> CommunityId:
    """Return the community for which the caller speaks."""
    wanted = named or caller.community_id
    if wanted is None:
        raise InvalidError("community_id", "is missing", "the community whose homes these are")
    if not caller.sees(wanted) or wanted not in plan.community_ids:
        raise CommunityUnknownError("community_id", "names no community of yours in this match", "your community")
    return wanted


def _homes(plan: VisitPlan, caller: Caller, named: CommunityId | None, homes: tuple) -> list[VisitHome]:
    if not homes:
        return []
    if caller.role is Role.SUPPLIER:
        raise InvalidError("homes", "are given by a supplier", "crews only: homes come from their communities")
    community_id = _community(plan, caller, named)
    return [VisitHome(plan.plan_id, community_id, home) for home in homes]


def _may_edit(caller: Caller, community_id: CommunityId) -> bool:
    return caller.role is not Role.SUPPLIER and caller.sees(community_id)


def _require_on_the_day(crews: tuple[Crew, ...], match: Match) -> None:
    for number, crew in enumerate(crews):
        if crew.shift.intersect(match.span) is None:
            begin, end = format_time(match.span.start), format_time(match.span.end)
            raise InvalidError(f"crews.{number}.shift", "is not at the time of the service", f"within {begin} to {end}")
