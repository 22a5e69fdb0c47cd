"""Reviews: written in their phase, answered by the supplier, hidden in part where that has to be; never deleted."""

from hashlib import sha256

from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.kernel.ids import CampaignId, CommunityId, ReviewId, new_id
from services.reputation import outbound
from services.reputation.domain.commands import AnswerReview, HidePassage, SetAbuseWords, ShowPassages, WriteReview
from services.reputation.domain.errors import (
    AlreadyReviewedError,
    CampaignUnknownError,
    CommitmentUnknownError,
    NotTheSupplierError,
    PassageUnknownError,
    ReviewNotFoundError,
)
from services.reputation.domain.events import ReviewWritten
from services.reputation.domain.masking import Mask, found, masked
from services.reputation.domain.model import Review
from services.reputation.domain.people.errors import CommunityUnknownError
from services.reputation.domain.people.points import Deed, Entry
from services.reputation.domain.phases import Author, Engagement, Phase
from services.reputation.handlers.log import record
from services.reputation.handlers.people import credit
from services.reputation.handlers.receipts import note_review
from services.reputation.handlers.scoring import plan, rescore
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

REVIEWERS = (Role.MEMBER, Role.ORGANISER, Role.COMMUNITY_OPERATOR, Role.PARTNER, Role.QUALITY_SUPERVISOR)
LEADERS = (Role.ORGANISER, Role.COMMUNITY_OPERATOR)


def write_review(command: WriteReview, uow: ReputationUnitOfWork) -> Review:
    """Keep a review: one of each commitment and phase, one of each organiser's community and of each supervisor."""
    command.caller.require(*REVIEWERS)
    if command.commitment_id is None:
        return _of_campaign(command, uow)
    if command.caller.role is Role.QUALITY_SUPERVISOR:
        raise InvalidError("commitment_id", "is given by a supervisor", "a campaign_id, which a supervisor speaks of")
    return _of_delivery(command, uow) if command.phase is Phase.AFTER else _of_commitment(command, uow)


def _of_delivery(command: WriteReview, uow: ReputationUnitOfWork) -> Review:
    """Keep the one review of a delivered commitment; it counts once the money of the commitment is settled."""
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
    now = uow.clock.now()
    review, _ = receipt.review(ReviewId(new_id()), command.scores, command.text, now, command.again)
    review = _keep(review, uow)
    note_review(review, uow)
    rescore(review.supplier_id, uow)
    deed = Entry(review.community_id, review.member_id, Deed.REVIEWED, review.commitment_id, review.campaign_id)
    credit([deed], uow)
    return review


def _of_commitment(command: WriteReview, uow: ReputationUnitOfWork) -> Review:
    """Keep what a participant says before the service or while it lasts."""
    caller = command.caller
    known = uow.engagements.commitment(command.commitment_id)
    campaign_id, community_id, member_id = known or (None, None, None)
    own = caller.role is not Role.MEMBER or caller.member_id == member_id
    if known is None or not caller.sees(community_id) or not own:
        message = "no such commitment of a formed group is known here"
        raise CommitmentUnknownError(message, commitment_id=str(command.commitment_id))
    engagement = _engagement(campaign_id, uow)
    engagement.require(command.phase)
    if written := uow.reviews.find_of_commitment(command.commitment_id, command.phase):
        raise written.refuse_another()
    return _keep(_made(command, engagement, Author.PARTICIPANT, community_id, member_id, uow), uow)


def _of_campaign(command: WriteReview, uow: ReputationUnitOfWork) -> Review:
    """Keep what an organiser says for its community, or a supervisor of quality."""
    caller = command.caller
    caller.require(*LEADERS, Role.QUALITY_SUPERVISOR)
    if command.campaign_id is None:
        raise InvalidError("campaign_id", "is missing", "a commitment_id or a campaign_id")
    engagement = _engagement(command.campaign_id, uow)
    author = Author.SUPERVISOR if caller.role is Role.QUALITY_SUPERVISOR else Author.ORGANISER
    if not _takes_part(caller, engagement):
        raise CampaignUnknownError("no such campaign is known here", campaign_id=str(command.campaign_id))
    engagement.require(command.phase)
    if written := uow.reviews.find_by(author, engagement.campaign_id, caller.community_id, command.phase):
        detail = {"campaign_id": str(engagement.campaign_id), "review_id": str(written.review_id)}
        raise AlreadyReviewedError("the campaign has this review", state="reviewed", **detail)
    return _keep(_made(command, engagement, author, caller.community_id, caller.member_id, uow), uow)


def _takes_part(caller: Caller, engagement: Engagement) -> bool:
    whole_node = caller.is_node_operator or caller.supervises_node
    return whole_node or caller.community_id in engagement.community_ids


def _engagement(campaign_id: CampaignId, uow: ReputationUnitOfWork) -> Engagement:
    engagement = uow.engagements.find(campaign_id)
    if engagement is None or engagement.supplier_id is None:
        raise CampaignUnknownError("no such campaign is known here", campaign_id=str(campaign_id))
    return engagement


def _made(
    command: WriteReview,
    engagement: Engagement,
    author: Author,
    community_id: CommunityId | None,
    member_id: object,
    uow: ReputationUnitOfWork,
) -> Review:
    return Review(
        review_id=ReviewId(new_id()),
        commitment_id=command.commitment_id,
        campaign_id=engagement.campaign_id,
        supplier_id=engagement.supplier_id,
        community_id=community_id,
        member_id=member_id,
        scores=command.scores,
        text=command.text,
        created_at=uow.clock.now(),
        phase=command.phase,
        author=author,
        again=command.again,
    )


def _keep(review: Review, uow: ReputationUnitOfWork) -> Review:
    """Hide what nobody should read, keep the review, and tell and record that it was written."""
    review = review.hide(found(review.text, uow.reviews.abuse(review.community_id)))
    uow.reviews.add(review)
    uow.outbox.add(*outbound.event(ReviewWritten(review)))
    if review.community_id is not None:
        ids = {"community_id": str(review.community_id), "supplier_id": str(review.supplier_id)}
        record(uow, "review", review.review_id, {**ids, "phase": str(review.phase), "digest": _digest(review)})
    _record_masks(review, review.masks, uow)
    return review


def answer_review(command: AnswerReview, uow: ReputationUnitOfWork) -> Review:
    """Let the supplier answer a review, or say it otherwise; what it said before is kept beside it."""
    command.caller.require(Role.SUPPLIER)
    review = uow.reviews.find(command.review_id, lock=True)
    if review is None:
        raise ReviewNotFoundError("there is no such review", review_id=str(command.review_id))
    if review.supplier_id != command.caller.supplier_id:
        raise NotTheSupplierError("the review is about another supplier", state="foreign")
    answered = review.answered(masked(command.text, found(command.text)), uow.clock.now())
    uow.reviews.save(answered)
    return answered


def hide_passage(command: HidePassage, uow: ReputationUnitOfWork) -> Review:
    """Hide a passage, each time that it stands there: by a supervisor of quality or the operator of the node."""
    review = _watched(command.caller, command.review_id, uow)
    whole, passage = review.whole_text, command.passage
    at = [start for start in range(len(whole)) if passage and whole.startswith(passage, start)]
    if not at:
        raise PassageUnknownError("the review does not hold this passage", state="shown")
    by, reason = str(command.caller.token_id), command.reason
    masks = tuple(Mask(command.kind, start, len(passage), by, reason) for start in at)
    hidden = review.hide((*review.masks, *masks))
    uow.reviews.save(hidden)
    _record_masks(hidden, masks, uow)
    return hidden


def show_passages(command: ShowPassages, uow: ReputationUnitOfWork) -> Review:
    """Show again what was hidden by mistake: by a supervisor of quality or the operator of the node."""
    review = _watched(command.caller, command.review_id, uow)
    shown = [one for one in review.masks if command.kind in (None, one.kind)]
    if not shown:
        raise PassageUnknownError("nothing like this is hidden in the review", state="shown")
    after = review.hide(one for one in review.masks if one not in shown)
    uow.reviews.save(after)
    if review.community_id is not None:
        ids = {"community_id": str(review.community_id), "supplier_id": str(review.supplier_id)}
        record(uow, "masked", review.review_id, {**ids, "reason": "shown_again", "digest": _digest(after)})
    return after


def set_abuse_words(command: SetAbuseWords, uow: ReputationUnitOfWork) -> SetAbuseWords:
    """Keep which words a community does not want to read; they hold for reviews from now on."""
    command.caller.require(*LEADERS)
    if not command.caller.sees(command.community_id):
        raise CommunityUnknownError("there is no such community")
    uow.reviews.set_abuse(command.community_id, command.words)
    return command


def _watched(caller: Caller, review_id: ReviewId, uow: ReputationUnitOfWork) -> Review:
    """Return a review that the caller watches over, locked."""
    caller.require(Role.QUALITY_SUPERVISOR)
    review = uow.reviews.find(review_id, lock=True)
    if review is None or not caller.supervises(review.community_id):
        raise ReviewNotFoundError("there is no such review", review_id=str(review_id))
    return review


def _record_masks(review: Review, masks: tuple[Mask, ...], uow: ReputationUnitOfWork) -> None:
    if review.community_id is None:
        return
    ids = {"community_id": str(review.community_id), "supplier_id": str(review.supplier_id)}
    for kind in sorted({str(one.kind) for one in masks}):
        record(uow, "masked", review.review_id, {**ids, "reason": kind, "digest": _digest(review)})


def _digest(review: Review) -> str:
    return sha256(review.whole_text.encode()).hexdigest()
