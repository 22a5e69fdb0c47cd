"""Reviews and scores, as others are told of them."""

from collections.abc import Mapping
from math import sqrt
from typing import Any
from uuid import UUID

from services.kernel.clock import format_time
from services.reputation.domain.commands import SetAbuseWords
from services.reputation.domain.events import ReviewWritten, ScoreChanged
from services.reputation.domain.model import ALL_MARKS, Review, Scores
from services.reputation.domain.phases import MARKS, Phase
from services.reputation.outbound.scores import standing

NORMAL_95 = 1.959964  # the 0.975 quantile of the standard normal distribution


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
        "community_id": _text(review.community_id),
        "overall": review.scores.overall,
        "scores": scores(review.scores),
        "phase": str(review.phase),
        "author": str(review.author),
        "again": review.again,
    }


def score_changed(happened: ScoreChanged) -> dict[str, Any]:
    """Return the payload of score_changed.v1."""
    now = happened.standing
    counts = {"orders": now.orders, "communities": now.communities}
    return {"supplier_id": str(happened.supplier_id), **standing(now), **counts}


def scores(marks: Scores) -> dict[str, int | None]:
    """Return the marks by dimension; null where none was given."""
    return {mark: getattr(marks, mark) for mark in ALL_MARKS}


def review(one: Review) -> dict[str, Any]:
    """Return the view of a review for those who may see who wrote it, and the whole text."""
    return {
        "review_id": str(one.review_id),
        "commitment_id": _text(one.commitment_id),
        "campaign_id": str(one.campaign_id),
        "supplier_id": str(one.supplier_id),
        "community_id": _text(one.community_id),
        "member_id": _text(one.member_id),
        "phase": str(one.phase),
        "author": str(one.author),
        "scores": scores(one.scores),
        "overall": one.scores.overall,
        "again": one.again,
        "text": one.text,
        "original": one.original,
        "masks": [{"kind": str(mask.kind), "start": mask.start, "length": mask.length} for mask in one.masks],
        "answer": _answer(one),
        "created_at": format_time(one.created_at),
    }


def foreign_review(one: Review) -> dict[str, Any]:
    """Return the view of a review for everybody else: what was said, not by whom, and not what was hidden of it."""
    return {**review(one), "commitment_id": None, "member_id": None, "original": None}


def abuse_words(command: SetAbuseWords) -> dict[str, Any]:
    """Return the words that a community does not want to read."""
    return {"community_id": str(command.community_id), "words": list(command.words)}


def _answer(one: Review) -> dict[str, Any] | None:
    answer = one.answer
    if answer is None:
        return None
    earlier = [{"text": text, "until": format_time(until)} for text, until in answer.earlier]
    return {"text": answer.text, "at": format_time(answer.at), "earlier": earlier}


def _text(identity: UUID | None) -> str | None:
    return None if identity is None else str(identity)


def summary_part(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what reviews of one phase by one kind of author say; the interval of a mean is that of 95 %."""
    marks = MARKS[Phase(row["phase"])]
    return {
        "phase": row["phase"],
        "author": row["author"],
        "reviews": row["reviews"],
        "marks": [_mark(mark, row) for mark in marks if row[f"{mark}_n"]],
        "again": {"asked": row["asked"], "yes": row["again"], **_share(row["again"], row["asked"])},
    }


def _mark(mark: str, row: Mapping[str, Any]) -> dict[str, Any]:
    n, mean = row[f"{mark}_n"], float(row[f"{mark}_mean"])
    # One mark that stands alone says nothing of how marks scatter: the widest scatter is assumed, which is 2.
    spread = float(row[f"{mark}_spread"]) if n > 1 else 2.0
    half = NORMAL_95 * spread / sqrt(n)
    low, high = max(1.0, mean - half), min(5.0, mean + half)
    return {"mark": mark, "reviews": n, "mean": round(mean, 4), "low": round(low, 4), "high": round(high, 4)}


def _share(yes: int, asked: int) -> dict[str, float | None]:
    """Return a share with its interval of 95 % by Wilson (1927), which is right for few answers as well."""
    if not asked:
        return {"share": None, "low": None, "high": None}
    share, z2 = yes / asked, NORMAL_95**2
    middle = (share + z2 / (2 * asked)) / (1 + z2 / asked)
    half = NORMAL_95 * sqrt(share * (1 - share) / asked + z2 / (4 * asked**2)) / (1 + z2 / asked)
    return {
        "share": round(share, 4),
        "low": round(max(0.0, middle - half), 4),
        "high": round(min(1.0, middle + half), 4),
    }
