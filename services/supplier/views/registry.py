"""Where suppliers stand, what communities ask of them, and what they were reminded of."""

from typing import Any

from sqlalchemy import Row, select

from services.kernel.caller import Role
from services.supplier import outbound
from services.supplier.domain.errors import CommunityNotFoundError
from services.supplier.domain.reminders import Reminder
from services.supplier.domain.standing_cards import StandingCard
from services.supplier.handlers.access import require_owner, see_supplier
from services.supplier.handlers.limits import rooms
from services.supplier.storage.registry_tables import reminders
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.views.suppliers import ById, Listing

Answer = dict[str, Any]
# Who is told what a community asks of suppliers: those who act for it, not its members.
ASKING = (Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.QUALITY_SUPERVISOR, Role.PARTNER)


def get_standing(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show where a supplier stands, why, since when, and what it may do; raise ``SupplierNotFoundError``."""
    supplier = see_supplier(uow, question.caller, question.id)
    room = rooms(uow, [supplier], lock=False)[supplier.supplier_id]
    history = uow.registrations.history(supplier.supplier_id)
    return outbound.standing(StandingCard(supplier, uow.registrations.of(supplier), room, history, question.caller))


def get_admission(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show what a community asks of the suppliers that it registers; raise ``CommunityNotFoundError``."""
    question.caller.require(*ASKING)
    known = question.id == question.caller.community_id or not uow.communities.unknown_among([question.id])
    if not known or not (question.caller.sees(question.id) or question.caller.supervises(question.id)):
        raise CommunityNotFoundError("there is no such community", community_id=str(question.id))
    return outbound.admission(uow.admissions.of(question.id, uow.policy.admission))


def list_reminders(question: Listing, uow: SupplierUnitOfWork) -> Answer:
    """Show what a supplier was reminded of, to itself and to those who registered it or watch it."""
    supplier = see_supplier(uow, question.caller, question.filters["supplier_id"])
    question.caller.require(Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.QUALITY_SUPERVISOR, Role.SUPPLIER)
    require_owner(supplier, question.caller)
    statement = question.narrow(select(reminders), reminders.c.reminder_id, supplier_id=reminders.c.supplier_id)
    return question.answer(list(uow.connection.execute(statement)), _item, "reminder_id")


def _item(row: Row) -> Answer:
    values = {name: getattr(row, name) for name in Reminder.__dataclass_fields__}
    return outbound.reminder(Reminder(**values))
