"""Reviews, as the caller may see them."""

from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from services.chassis.paging import Page, page_of
from services.kernel.caller import Caller, Role
from services.reputation import outbound
from services.reputation.domain.commands import ListReviews, Question
from services.reputation.domain.errors import ReviewNotFoundError
from services.reputation.domain.model import ALL_MARKS, Review
from services.reputation.domain.phases import Phase
from services.reputation.storage.reviews import review_of
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
    if question.phase is not None:
        wanted = and_(wanted, reviews.c.phase == question.phase.value)
    if question.author is not None:
        wanted = and_(wanted, reviews.c.author == question.author.value)
    query = select(reviews).where(wanted).order_by(reviews.c.review_id.desc()).limit(page.limit + 1)
    if question.before is not None:
        query = query.where(reviews.c.review_id < question.before)
    rows = uow.connection.execute(query).all()
    return page_of(rows, page, lambda row: _shown(review_of(row), caller), lambda row: str(row.review_id))


def get_review_summary(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return what is said of a supplier in each phase and by whom: means with their number and interval."""
    require_supplier(question.id, question.caller, uow)
    columns = [func.count().label("reviews"), func.count(reviews.c.again).label("asked"), _yes.label("again")]
    for mark in ALL_MARKS:
        column = reviews.c[mark]
        columns += [func.count(column).label(f"{mark}_n"), func.avg(column).label(f"{mark}_mean")]
        columns.append(func.coalesce(func.stddev_samp(column), 0).label(f"{mark}_spread"))
    query = select(reviews.c.phase, reviews.c.author, *columns).where(reviews.c.supplier_id == question.id)
    rows = uow.connection.execute(query.group_by(reviews.c.phase, reviews.c.author)).mappings()
    order = {phase.value: at for at, phase in enumerate(Phase)}
    found = sorted(rows, key=lambda row: (order[row["phase"]], row["author"]))
    return {"supplier_id": str(question.id), "parts": [outbound.summary_part(row) for row in found]}


_yes = func.count().filter(reviews.c.again)


def _shown(review: Review, caller: Caller) -> dict[str, Any]:
    # A member sees who wrote a review only where it was the member itself; those who manage see their community's.
    # A supervisor watches what is said, not by whom.
    if caller.role is Role.QUALITY_SUPERVISOR:
        return {**outbound.foreign_review(review), "original": review.original if _watches(caller, review) else None}
    itself = caller.role is not Role.MEMBER or caller.member_id == review.member_id
    return outbound.review(review) if caller.sees(review.community_id) and itself else outbound.foreign_review(review)


def _watches(caller: Caller, review: Review) -> bool:
    return caller.supervises(review.community_id)
