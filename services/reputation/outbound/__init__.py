"""What the service says: domain to contract payloads."""

from services.reputation.outbound import log
from services.reputation.outbound.reviews import (
    event,
    foreign_review,
    review,
    review_written,
    score_changed,
    scores,
    standing,
)

__all__ = ["event", "foreign_review", "log", "review", "review_written", "score_changed", "scores", "standing"]
