"""The read side: SQL to plain dicts, bound to what the caller may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, exists, false, func, or_, select, true

from services.chassis.paging import Page, page_of
from services.kernel.caller import Caller, Role
from services.reputation import outbound
from services.reputation.domain.commands import ListReviews, Question
from services.reputation.domain.errors import ReviewNotFoundError, SupplierNotFoundError
from services.reputation.domain.model import DIMENSIONS, Review, Sharing
from services.reputation.domain.score import FORMULA, PRIOR_MEAN, PRIOR_WEIGHT, DimensionTally, Tally, standing
from services.reputation.storage.repository import review_of, tally_of
from services.reputation.storage.tables import receipts, reviews, suppliers
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def get_review(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return one review: of the caller's community, or of a supplier that the caller sees."""
    caller = question.caller
    seen_supplier = exists().where(suppliers.c.supplier_id == reviews.c.supplier_id, _sees_supplier(caller))
    query = select(reviews).where(reviews.c.review_id == question.id, or_(_own(caller), seen_supplier))
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        raise ReviewNotFoundError("there is no such review", review_id=str(question.id))
    return _shown(review_of(row), caller)


def list_reviews(question: ListReviews, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return a page of reviews, newest first: of a supplier that the caller sees, or else of the caller's own reach."""
    caller, supplier_id = question.caller, question.supplier_id
    if supplier_id is not None:
        _require_supplier(supplier_id, caller, uow)
        wanted = reviews.c.supplier_id == supplier_id
    else:
        wanted = _own(caller)
    page = Page(question.limit)
    query = select(reviews).where(wanted).order_by(reviews.c.review_id.desc()).limit(page.limit + 1)
    if question.before is not None:
        query = query.where(reviews.c.review_id < question.before)
    rows = uow.connection.execute(query).all()
    return page_of(rows, page, lambda row: _shown(review_of(row), caller), lambda row: str(row.review_id))


def get_reputation(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the score of a supplier that the caller sees, how sure it is and what it was made of."""
    _require_supplier(question.id, question.caller, uow)
    tally = tally_of(uow.connection, question.id)
    return {
        "supplier_id": str(question.id),
        **outbound.standing(standing(tally)),
        "dimensions": [_dimension(name, tally.dimensions[name]) for name in DIMENSIONS],
        "parts": _parts(tally, _deliveries(question.id, uow)),
        "communities": tally.communities,
    }


def _dimension(name: str, tally: DimensionTally) -> dict[str, Any]:
    return {"dimension": name, "mean": tally.mean, "reviews": tally.reviews}


def _parts(tally: Tally, deliveries: int) -> dict[str, Any]:
    return {
        "prior": {"mean": PRIOR_MEAN, "weight": PRIOR_WEIGHT},
        "mean_of_reviews": tally.mean,
        "sum": tally.total,
        "deliveries": deliveries,
        "formula": FORMULA,
    }


def _deliveries(supplier_id: UUID, uow: ReputationUnitOfWork) -> int:
    campaigns = func.count(receipts.c.campaign_id.distinct())
    return uow.connection.execute(select(campaigns).where(receipts.c.supplier_id == supplier_id)).scalar_one()


def _require_supplier(supplier_id: UUID, caller: Caller, uow: ReputationUnitOfWork) -> None:
    query = select(suppliers.c.supplier_id).where(suppliers.c.supplier_id == supplier_id, _sees_supplier(caller))
    if uow.connection.execute(query).one_or_none() is None:
        raise SupplierNotFoundError("there is no such supplier", supplier_id=str(supplier_id))


def _sees_supplier(caller: Caller) -> ColumnElement[bool]:
    if caller.is_node_operator:
        return true()
    if caller.role is Role.SUPPLIER:
        return suppliers.c.supplier_id == caller.supplier_id
    if caller.community_id is None:
        return false()
    named = and_(suppliers.c.sharing == Sharing.NAMED.value, any_(suppliers.c.shared_with) == caller.community_id)
    return or_(suppliers.c.community_id == caller.community_id, suppliers.c.sharing == Sharing.ALL.value, named)


def _own(caller: Caller) -> ColumnElement[bool]:
    if caller.is_node_operator:
        return true()
    if caller.role is Role.SUPPLIER:
        return reviews.c.supplier_id == caller.supplier_id
    return reviews.c.community_id == caller.community_id if caller.community_id else false()


def _shown(review: Review, caller: Caller) -> dict[str, Any]:
    # A member sees who wrote a review only where it was the member itself; those who manage see their community's.
    itself = caller.role is not Role.MEMBER or caller.member_id == review.member_id
    return outbound.review(review) if caller.sees(review.community_id) and itself else outbound.foreign_review(review)
