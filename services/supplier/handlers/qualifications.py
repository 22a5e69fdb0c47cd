"""Papers: submitted, reviewed, reminded of, run out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kernel.ids import new_id
from services.supplier.domain.cards import QualificationCard
from services.supplier.domain.commands import ReviewQualification, SubmitQualification
from services.supplier.domain.errors import QualificationNotFoundError
from services.supplier.domain.events import QualificationExpired, QualificationExpiring, QualificationReviewed
from services.supplier.domain.model import Qualification, QualificationState, Supplier, require_future
from services.supplier.domain.offers import OfferState
from services.supplier.domain.reminders import Reminder, reminder_times
from services.supplier.handlers.access import OWNERS, REVIEWERS, publish, require_owner, see_supplier
from services.supplier.handlers.booking import look_again, restart_timers, stop_timers
from services.supplier.handlers.pausing import offers_needing, pause_offers, resume_offers, waiting_of
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
        document_sha256=command.document_sha256,
    )
    uow.qualifications.add(qualification)
    payload = {"qualification_id": str(qualification.qualification_id)}
    uow.timers.set(_timer(qualification), qualification.expires_at, "expire_qualification", payload)
    return QualificationCard(qualification, supplier.community_id, command.caller)


def review_qualification(command: ReviewQualification, uow: SupplierUnitOfWork) -> QualificationCard:
    """Approve or reject a paper with a reason.

    An approved one takes the place of older ones of its kind, brings back the offers that waited for it, and may open
    the way to pools that were not matched.
    """
    command.caller.require(*REVIEWERS)
    seen = uow.qualifications.find(command.qualification_id)
    supplier = uow.suppliers.find(seen.supplier_id) if seen else None
    if seen is None or supplier is None or not supplier.is_visible_to(command.caller):
        raise QualificationNotFoundError(
            "there is no such qualification", qualification_id=str(command.qualification_id)
        )
    require_owner(supplier, command.caller)
    older = uow.qualifications.of_kind(supplier.supplier_id, seen.kind) if command.approved else []
    # The scheduler holds a timer while its command locks the paper: timers first, then papers, by age.
    for one in older if command.approved else [seen]:
        if one.state is QualificationState.APPROVED or not command.approved:
            uow.timers.cancel(_timer(one))
    categories = _lock_categories(uow, supplier)
    before = uow.qualifications.find(command.qualification_id, lock=True) or seen
    reviewer = str(command.caller.member_id or command.caller.token_id)
    after = before.review(approved=command.approved, reviewer=reviewer, reason=command.reason, now=uow.clock.now())
    uow.qualifications.save(after)
    publish(uow, QualificationReviewed(after))
    if command.approved:
        _replace(uow, older, after)
        _set_reminders(uow, supplier, after)
        resume_offers(uow, supplier)
        look_again(uow, categories)
    return QualificationCard(after, supplier.community_id, command.caller)


def _lock_categories(uow: SupplierUnitOfWork, supplier: Supplier) -> list[str]:
    offers = uow.offers.of_supplier(supplier.supplier_id, OfferState.PUBLISHED, OfferState.PAUSED)
    categories = sorted({offer.terms.category for offer in offers})
    for category in categories:
        uow.pools.lock_category(category)
    return categories


def _replace(uow: SupplierUnitOfWork, older: list[Qualification], newer: Qualification) -> None:
    for seen in older:
        if seen.state is not QualificationState.APPROVED:
            continue
        one = uow.qualifications.find(seen.qualification_id, lock=True) or seen
        if one.is_outlived_by(newer):
            uow.qualifications.save(one.give_way())
        elif one.state is QualificationState.APPROVED:  # it is valid for longer than the newer one
            payload = {"qualification_id": str(one.qualification_id)}
            uow.timers.set(_timer(one), one.expires_at, "expire_qualification", payload)


def _set_reminders(uow: SupplierUnitOfWork, supplier: Supplier, paper: Qualification) -> None:
    days = sorted(uow.admissions.of(supplier.community_id, uow.policy.admission).remind_days)
    for one, at in reminder_times(paper.expires_at, days, uow.clock.now()):
        payload = {"qualification_id": str(paper.qualification_id), "days": one, "all": days}
        uow.timers.set(f"reminder/{paper.qualification_id}/{one}", at, "remind_qualification", payload)


def remind_qualification(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Tell that an approved paper runs out; a timer that is late leaves it to the next one if that is due as well."""
    paper, now = uow.qualifications.find(UUID(payload["qualification_id"])), uow.clock.now()
    if paper is None or not paper.is_valid(now):
        return
    if any(one < payload["days"] and paper.expires_at - timedelta(days=one) <= now for one in payload["all"]):
        return
    supplier = uow.suppliers.find(paper.supplier_id)
    ids = (new_id(), paper.qualification_id, paper.supplier_id)
    reminder = Reminder(*ids, paper.kind, paper.expires_at, payload["days"], now)
    if supplier is not None and uow.reminders.add(reminder):
        publish(uow, QualificationExpiring(reminder, supplier.community_id))


def expire_qualification(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Let a paper run out when its timer fires, and the offers pause that need it; a rejected one stays as it is."""
    seen = uow.qualifications.find(UUID(payload["qualification_id"]))
    supplier = uow.suppliers.find(seen.supplier_id) if seen else None
    if seen is None or supplier is None or not seen.can_expire:
        return
    offers = offers_needing(uow, supplier, seen.kind)
    waiting = waiting_of(uow, offers)
    stop_timers(uow, waiting)
    _lock_categories(uow, supplier)
    paper = uow.qualifications.find(seen.qualification_id, lock=True)
    if paper is None or not paper.can_expire:
        return restart_timers(uow, waiting)
    uow.qualifications.save(paper.expire())
    publish(uow, QualificationExpired(paper.expire()))
    valid = uow.qualifications.valid_kinds([supplier.supplier_id], uow.clock.now()).get(supplier.supplier_id, ())
    if paper.state is QualificationState.APPROVED and paper.kind not in valid:
        return pause_offers(uow, offers_needing(uow, supplier, paper.kind), paper.kind)
    restart_timers(uow, waiting)


def _timer(qualification: Qualification) -> str:
    return f"qualification/{qualification.qualification_id}"
