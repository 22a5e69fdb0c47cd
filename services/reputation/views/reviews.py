"""Reviews, as the caller may see them."""

from typing import Any

from sqlalchemy import exists, or_, select

from services.chassis.paging import Page, page_of
from services.kernel.caller import Caller, Role
from services.reputation import outbound
from services.reputation.domain.commands import ListReviews, Question
from services.reputation.domain.errors import ReviewNotFoundError
from services.reputation.domain.model import Review
from services.reputation.storage.repository import review_of
from services.reputation.storage.tables import reviews, suppliers
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from services.reputation.views.sight import own, require_supplier, sees_supplier


def get_review(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return one review: of the caller's community, or of a supplier that the caller sees."""
    caller = question.caller
    seen_supplier = exists().where(suppliers.c.supplier_id == reviews.c.supplier_id, sees_supplier(caller))
    query = select(reviews).where(reviews.c.review_id == question.id, or_(own(caller), seen_supplier))
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        raise ReviewNotFoundError("there is no such review", review_id=str(question.id))
    return _shown(review_of(row), caller)


def list_reviews(question: ListReviews, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return a page of reviews, newest first: of a supplier that the caller sees, or else of the caller's own reach."""
    caller, supplier_id = question.caller, question.supplier_id
    if supplier_id is not None:
        require_supplier(supplier_id, caller, uow)
        wanted = reviews.c.supplier_id == supplier_id
    else:
        wanted = own(caller)
    page = Page(question.limit)
    query = select(reviews).where(wanted).order_by(reviews.c.review_id.desc()).limit(page.limit + 1)
    if question.before is not None:
        query = query.where(reviews.c.review_id < question.before)
    rows = uow.connection.execute(query).all()
    return page_of(rows, page, lambda row: _shown(review_of(row), caller), lambda row: str(row.review_id))


def _shown(review: Review, caller: Caller) -> dict[str, Any]:
    # A member sees who wrote a review only where it was the member itself; those who manage see their community's.
    itself = caller.role is not Role.MEMBER or caller.member_id == review.member_id
    return outbound.review(review) if caller.sees(review.community_id) and itself else outbound.foreign_review(review)
