"""Visit plans, route sheets and calendars, each bound to what the caller may see."""

import base64
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true

from services.kernel.caller import Caller, Role
from services.supplier import outbound
from services.supplier.domain.visits.cards import VisitCard
from services.supplier.domain.visits.errors import VisitPlanNotFoundError, VisitPlanStateError
from services.supplier.domain.visits.model import Plan
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.storage.visit_cards import card_of
from services.supplier.storage.visit_tables import visit_plans
from services.supplier.storage.visits import plan_of
from services.supplier.views.suppliers import ById, Listing

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VisitFile:
    """A question for a plan as a file; ``contacts``: with names and phone numbers."""

    caller: Caller
    plan_id: UUID
    language: str
    contacts: bool


def visit_plan_is_visible_to(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the caller may know of the row of ``visit_plans``: ``VisitPlan.is_visible_to`` in SQL."""
    if caller.is_node_operator:
        return true()
    if caller.role is Role.SUPPLIER:
        return visit_plans.c.supplier_id == caller.supplier_id if caller.supplier_id else false()
    mine = caller.manages and caller.community_id
    return visit_plans.c.community_ids.contains([caller.community_id]) if mine else false()


def get_visit_plan(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show one plan; raise ``VisitPlanNotFoundError``."""
    return outbound.visit_plan(_card(uow, question.caller, question.id))


def list_visit_plans(question: Listing, uow: SupplierUnitOfWork) -> Answer:
    """Show the plans of the caller's matches."""
    statement = select(visit_plans).where(visit_plan_is_visible_to(question.caller))
    statement = question.narrow(statement, visit_plans.c.plan_id, match_id=visit_plans.c.match_id)
    found = list(uow.connection.execute(statement))
    return question.answer(
        found, lambda row: outbound.visit_plan(card_of(uow, plan_of(row), question.caller)), "plan_id"
    )


def get_visit_sheet(question: VisitFile, uow: SupplierUnitOfWork) -> Answer:
    """Show the route sheets of the crews as a page to print."""
    card, plan = _planned(uow, question)
    page = outbound.sheet_page(
        card.day, plan, zone=card.plan.zone, language=question.language, contacts=question.contacts
    )
    return _file(card, "html", page.encode())


def get_visit_calendar(question: VisitFile, uow: SupplierUnitOfWork) -> Answer:
    """Show the visits as an iCalendar file."""
    card, plan = _planned(uow, question)
    made = outbound.calendar(
        card.day,
        plan,
        uow.clock.now(),
        zone=card.plan.zone,
        name=str(card.plan.plan_id),
        language=question.language,
        contacts=question.contacts,
    )
    return _file(card, "ics", made)


def _card(uow: SupplierUnitOfWork, caller: Caller, plan_id: UUID) -> VisitCard:
    wanted = (visit_plans.c.plan_id == plan_id, visit_plan_is_visible_to(caller))
    row = uow.connection.execute(select(visit_plans).where(*wanted)).one_or_none()
    if row is None:
        raise VisitPlanNotFoundError("there is no such visit plan", plan_id=str(plan_id))
    return card_of(uow, plan_of(row), caller)


def _planned(uow: SupplierUnitOfWork, question: VisitFile) -> tuple[VisitCard, Plan]:
    card = _card(uow, question.caller, question.plan_id)
    plan = card.visible_plan
    if plan is None:
        state = str(card.plan.state)
        raise VisitPlanStateError(f"the visits are not planned yet: the plan is {state}", state=state)
    return card, plan


def _file(card: VisitCard, ending: str, content: bytes) -> Answer:
    begin = card.plan.service.start
    return {"name": f"visits-{begin:%Y-%m-%d}.{ending}", "base64": base64.b64encode(content).decode()}
