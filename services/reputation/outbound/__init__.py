"""What the service says: domain to contract payloads."""

from services.reputation.outbound import grades, log
from services.reputation.outbound.people import (
    fatigue_policy,
    invitations_decided,
    organiser,
    quiet,
    roster,
    standing_of_member,
    weariness,
)
from services.reputation.outbound.receipts import (
    community_weights,
    receipt,
    receipt_issued,
    receipt_keys,
    verdict,
    weights,
)
from services.reputation.outbound.reviews import (
    abuse_words,
    event,
    foreign_review,
    review,
    review_written,
    score_changed,
    scores,
    summary_part,
)
from services.reputation.outbound.scores import derived, standing

__all__ = [
    "abuse_words",
    "community_weights",
    "derived",
    "event",
    "fatigue_policy",
    "foreign_review",
    "grades",
    "invitations_decided",
    "log",
    "organiser",
    "quiet",
    "receipt",
    "receipt_issued",
    "receipt_keys",
    "review",
    "review_written",
    "roster",
    "score_changed",
    "scores",
    "standing",
    "standing_of_member",
    "summary_part",
    "verdict",
    "weariness",
    "weights",
]
