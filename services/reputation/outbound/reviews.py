"""Reviews and scores, as others are told of them."""

from typing import Any
from uuid import UUID

from services.kernel.clock import format_time
from services.reputation.domain.events import ReviewWritten, ScoreChanged
from services.reputation.domain.model import DIMENSIONS, Review, Scores
from services.reputation.outbound.scores import standing


def event(happened: ReviewWritten | ScoreChanged) -> tuple[str, UUID, dict[str, Any]]:
    """Return the wire name, the subject and the payload of an event."""
    if isinstance(happened, ReviewWritten):
        return "review_written.v1", happened.review.review_id, review_written(happened.review)
    return "score_changed.v1", happened.supplier_id, score_changed(happened)


def review_written(review: Review) -> dict[str, Any]:
    """Return the payload of review_written.v1: neither the text nor the member leaves by an event."""
    return {
        "review_id": str(review.review_id),
        "supplier_id": str(review.supplier_id),
        "campaign_id": str(review.campaign_id),
        "community_id": str(review.community_id),
        "overall": review.scores.overall,
        "scores": scores(review.scores),
    }


def score_changed(happened: ScoreChanged) -> dict[str, Any]:
    """Return the payload of score_changed.v1."""
    now = happened.standing
    counts = {"orders": now.orders, "communities": now.communities}
    return {"supplier_id": str(happened.supplier_id), **standing(now), **counts}


def scores(marks: Scores) -> dict[str, int | None]:
    """Return the marks by dimension; null where none was given."""
    return {dimension: getattr(marks, dimension) for dimension in DIMENSIONS}


def review(one: Review) -> dict[str, Any]:
    """Return the view of a review for those who may see who wrote it."""
    return {
        "review_id": str(one.review_id),
        "commitment_id": str(one.commitment_id),
        "campaign_id": str(one.campaign_id),
        "supplier_id": str(one.supplier_id),
        "community_id": str(one.community_id),
        "member_id": str(one.member_id),
        "scores": scores(one.scores),
        "overall": one.scores.overall,
        "text": one.text,
        "created_at": format_time(one.created_at),
    }


def foreign_review(one: Review) -> dict[str, Any]:
    """Return the view of a review for everybody else: what was said, not by whom."""
    return {**review(one), "commitment_id": None, "member_id": None}
