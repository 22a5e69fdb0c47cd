"""Receipts for who sees their supplier, and the weights of communities."""

from typing import Any

from sqlalchemy import exists, select

from services.chassis.paging import Page, page_of
from services.reputation import outbound
from services.reputation.domain.commands import ListReceipts, Question
from services.reputation.domain.errors import ReceiptNotFoundError, WeightsNotFoundError
from services.reputation.storage.receipt_book import receipt_of
from services.reputation.storage.receipt_tables import signed_receipts
from services.reputation.storage.tables import suppliers
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from services.reputation.views.sight import require_supplier, sees_supplier


def list_receipts(question: ListReceipts, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return a page of the receipts of a supplier that the caller sees, newest first."""
    require_supplier(question.supplier_id, question.caller, uow)
    page = Page(question.limit)
    query = select(signed_receipts).where(signed_receipts.c.supplier_id == question.supplier_id)
    if question.current:
        query = query.where(signed_receipts.c.superseded_by.is_(None))
    if question.before is not None:
        query = query.where(signed_receipts.c.receipt_id < question.before)
    ordered = query.order_by(signed_receipts.c.receipt_id.desc()).limit(page.limit + 1)
    rows = uow.connection.execute(ordered).all()
    return page_of(rows, page, lambda row: outbound.receipt(receipt_of(row._mapping)), lambda row: str(row.receipt_id))


def get_receipt(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return one receipt of a supplier that the caller sees."""
    seen = exists().where(suppliers.c.supplier_id == signed_receipts.c.supplier_id, sees_supplier(question.caller))
    query = select(signed_receipts).where(signed_receipts.c.receipt_id == question.id, seen)
    row = uow.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise ReceiptNotFoundError("there is no such receipt", receipt_id=str(question.id))
    return outbound.receipt(receipt_of(row))


def get_reputation_weights(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the weights of the caller's community: its own, or those of the node until it has set some."""
    if not question.caller.sees(question.id):
        raise WeightsNotFoundError("there is no such community", community_id=str(question.id))
    return outbound.community_weights(uow.weights.of(question.id))
