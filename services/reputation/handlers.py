"""One function per command. Handlers load, call the domain, save and add events; the bus commits."""

from collections.abc import Callable
from typing import Any

from services.kernel.caller import Role
from services.kernel.ids import ReviewId, SupplierId, new_id
from services.reputation import outbound
from services.reputation.domain.commands import CopySupplier, RecordDelivery, WriteReview
from services.reputation.domain.errors import CommitmentUnknownError
from services.reputation.domain.events import ReviewWritten, ScoreChanged
from services.reputation.domain.model import Receipt, Review
from services.reputation.domain.score import standing
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

REVIEWERS = (Role.MEMBER, Role.ORGANISER, Role.COMMUNITY_OPERATOR, Role.PARTNER)

# Nothing in this service waits for a time.
TIMERS: dict[str, Callable[[dict[str, Any], ReputationUnitOfWork], None]] = {}


def write_review(command: WriteReview, uow: ReputationUnitOfWork) -> Review:
    """Keep the one review of a delivered commitment and derive the supplier's score anew."""
    command.caller.require(*REVIEWERS)
    receipt = uow.receipts.lock(command.commitment_id)
    if receipt is None:
        message = "no such delivered commitment is known here"
        raise CommitmentUnknownError(message, commitment_id=str(command.commitment_id))
    receipt.require_reviewer(command.caller)
    if written := uow.reviews.find_of_commitment(command.commitment_id):
        raise written.refuse_another()
    review, event = receipt.review(ReviewId(new_id()), command.scores, command.text, uow.clock.now())
    uow.reviews.add(review)
    _publish(event, uow)
    _tell_score(review.supplier_id, uow)
    return review


def record_delivery(command: RecordDelivery, uow: ReputationUnitOfWork) -> None:
    """Note that commitments were delivered: nobody else may write a review, and nothing before it matters here."""
    uow.receipts.note_delivery(
        [
            Receipt(
                commitment_id=one.commitment_id,
                campaign_id=command.campaign_id,
                community_id=one.community_id,
                member_id=one.member_id,
                seats=one.seats,
                supplier_id=command.supplier_id,
                delivered_at=command.delivered_at,
            )
            for one in command.commitments
        ]
    )


def copy_supplier(command: CopySupplier, uow: ReputationUnitOfWork) -> None:
    """Note who may see a supplier; the newest version wins."""
    uow.suppliers.copy(command.copy)


def _tell_score(supplier_id: SupplierId, uow: ReputationUnitOfWork) -> None:
    # Locked before the reviews are added up: of two reviews at once the second then sees the first.
    told = uow.scores.lock(supplier_id)
    now = standing(uow.reviews.tally(supplier_id))
    if now != told:
        uow.scores.save(supplier_id, now)
        _publish(ScoreChanged(supplier_id, now), uow)


def _publish(event: ReviewWritten | ScoreChanged, uow: ReputationUnitOfWork) -> None:
    uow.outbox.add(*outbound.event(event))
