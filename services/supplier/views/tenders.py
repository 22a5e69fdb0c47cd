"""Tenders, negotiations and agreements as those see them who may. No sealed bid is read here, nor any key."""

from typing import Any

from sqlalchemy import ColumnElement, Row, false, select, true

from services.kernel.caller import Caller, Role
from services.supplier import outbound
from services.supplier.domain.tender_errors import AgreementNotFoundError
from services.supplier.domain.tenders import Tender
from services.supplier.handlers.tender_access import see_negotiation, see_tender
from services.supplier.handlers.tender_showing import card_of
from services.supplier.storage.tender_rows import tender_of
from services.supplier.storage.tender_tables import tenders
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.views.suppliers import ById, Listing

Answer = dict[str, Any]


def get_tender(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show one tender; raise ``TenderNotFoundError``."""
    return _show(see_tender(uow, question.caller, question.id), question.caller, uow)


def list_tenders(question: Listing, uow: SupplierUnitOfWork) -> Answer:
    """Show the tenders of the caller's pools, or those in which the caller was asked."""
    statement = select(tenders).where(tender_is_visible_to(question.caller))
    columns = {"pool_id": tenders.c.pool_id, "state": tenders.c.state}
    found = list(uow.connection.execute(question.narrow(statement, tenders.c.tender_id, **columns)))

    def item(row: Row) -> Answer:
        return _show(tender_of(row), question.caller, uow)

    return question.answer(found, item, "tender_id")


def get_negotiation(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show one negotiation to both of its sides; raise ``NegotiationNotFoundError``."""
    return outbound.negotiation(see_negotiation(uow, question.caller, question.id))


def get_agreement(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show one agreement to both sides and the communities that take part; raise ``AgreementNotFoundError``."""
    found = uow.agreements.find(question.id)
    if found is None or not found.is_visible_to(question.caller):
        raise AgreementNotFoundError("there is no such agreement", agreement_id=str(question.id))
    return outbound.agreement(found)


def tender_is_visible_to(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the caller may know of the row of ``tenders``; the same rule as ``Tender.is_visible_to``."""
    if caller.is_node_operator:
        return true()
    if caller.role is Role.SUPPLIER:
        return tenders.c.supplier_ids.contains([caller.supplier_id]) if caller.supplier_id else false()
    return tenders.c.community_ids.contains([caller.community_id]) if caller.community_id else false()


def _show(tender: Tender, caller: Caller, uow: SupplierUnitOfWork) -> Answer:
    return outbound.tender(card_of(uow, tender, caller))
