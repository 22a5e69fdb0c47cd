"""Papers: submitted, reviewed, run out."""

from typing import Any
from uuid import UUID

from services.kernel.ids import new_id
from services.supplier.domain.cards import QualificationCard
from services.supplier.domain.commands import ReviewQualification, SubmitQualification
from services.supplier.domain.errors import QualificationNotFoundError
from services.supplier.domain.events import QualificationExpired, QualificationReviewed
from services.supplier.domain.model import Qualification, QualificationState, require_future
from services.supplier.handlers.access import OWNERS, REVIEWERS, publish, require_owner, see_supplier
from services.supplier.handlers.booking import look_again
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def submit_qualification(command: SubmitQualification, uow: SupplierUnitOfWork) -> QualificationCard:
    """Keep a paper that waits for a review, and set the timer at which it runs out."""
    command.caller.require(*OWNERS)
    supplier = see_supplier(uow, command.caller, command.supplier_id)
    require_owner(supplier, command.caller)
    qualification = Qualification(
        qualification_id=new_id(),
        supplier_id=supplier.supplier_id,
        kind=command.kind,
        issuer=command.issuer,
        number=command.number,
        expires_at=require_future(command.expires_at, uow.clock.now(), "expires_at"),
        state=QualificationState.SUBMITTED,
        reviewed_by=None,
        reason=None,
        created_at=uow.clock.now(),
    )
    uow.qualifications.add(qualification)
    payload = {"qualification_id": str(qualification.qualification_id)}
    uow.timers.set(_timer(qualification), qualification.expires_at, "expire_qualification", payload)
    return QualificationCard(qualification, supplier.community_id, command.caller)


def review_qualification(command: ReviewQualification, uow: SupplierUnitOfWork) -> QualificationCard:
    """Approve or reject a paper with a reason; an approval may open the way to pools that were not matched."""
    command.caller.require(*REVIEWERS)
    before = uow.qualifications.find(command.qualification_id, lock=True)
    supplier = uow.suppliers.find(before.supplier_id) if before else None
    if before is None or supplier is None or not supplier.is_visible_to(command.caller):
        raise QualificationNotFoundError(
            "there is no such qualification", qualification_id=str(command.qualification_id)
        )
    require_owner(supplier, command.caller)
    reviewer = str(command.caller.member_id or command.caller.token_id)
    after = before.review(approved=command.approved, reviewer=reviewer, reason=command.reason, now=uow.clock.now())
    uow.qualifications.save(after)
    publish(uow, QualificationReviewed(after))
    if command.approved:
        look_again(uow, uow.offers.categories_of(supplier.supplier_id))
    else:
        uow.timers.cancel(_timer(after))
    return QualificationCard(after, supplier.community_id, command.caller)


def expire_qualification(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Let a paper run out when its timer fires; nothing happens to one that was rejected."""
    qualification = uow.qualifications.find(UUID(payload["qualification_id"]), lock=True)
    if qualification is None or not qualification.can_expire:
        return
    expired = qualification.expire()
    uow.qualifications.save(expired)
    publish(uow, QualificationExpired(expired))


def _timer(qualification: Qualification) -> str:
    return f"qualification/{qualification.qualification_id}"
