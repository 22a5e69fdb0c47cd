"""Reviews of delivered commitments, and the score that follows from them."""

from services.kernel.caller import Role
from services.kernel.ids import ReviewId, new_id
from services.reputation import outbound
from services.reputation.domain.commands import WriteReview
from services.reputation.domain.errors import CommitmentUnknownError
from services.reputation.domain.model import Review
from services.reputation.domain.people.points import Deed, Entry
from services.reputation.handlers.people import credit
from services.reputation.handlers.receipts import note_review
from services.reputation.handlers.scoring import plan, rescore
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

REVIEWERS = (Role.MEMBER, Role.ORGANISER, Role.COMMUNITY_OPERATOR, Role.PARTNER)


def write_review(command: WriteReview, uow: ReputationUnitOfWork) -> Review:
    """Keep the one review of a delivered commitment; it counts once the money of the commitment is settled."""
    command.caller.require(*REVIEWERS)
    order = uow.receipt_book.find_order(command.commitment_id)
    if order is not None and order.supplier_id is not None:
        plan(order.supplier_id, order.category, uow)
    receipt = uow.receipts.lock(command.commitment_id)
    if receipt is None:
        message = "no such delivered commitment is known here"
        raise CommitmentUnknownError(message, commitment_id=str(command.commitment_id))
    receipt.require_reviewer(command.caller)
    if written := uow.reviews.find_of_commitment(command.commitment_id):
        raise written.refuse_another()
    review, event = receipt.review(ReviewId(new_id()), command.scores, command.text, uow.clock.now())
    uow.reviews.add(review)
    uow.outbox.add(*outbound.event(event))
    note_review(review, uow)
    rescore(review.supplier_id, uow)
    deed = Entry(review.community_id, review.member_id, Deed.REVIEWED, review.commitment_id, review.campaign_id)
    credit([deed], uow)
    return review
