"""The read side: SQL to plain dicts, bound to what the caller may see."""

from services.reputation.views import grades, log
from services.reputation.views.people import (
    get_fatigue_policy,
    get_member_points,
    get_rota,
    list_fatigue,
    list_organisers,
)
from services.reputation.views.receipts import get_receipt, get_reputation_weights, list_receipts
from services.reputation.views.reputation import get_reputation
from services.reputation.views.reviews import get_review, get_review_summary, list_reviews

__all__ = [
    "get_fatigue_policy",
    "get_member_points",
    "get_receipt",
    "get_reputation",
    "get_reputation_weights",
    "get_review",
    "get_review_summary",
    "get_rota",
    "grades",
    "list_fatigue",
    "list_organisers",
    "list_receipts",
    "list_reviews",
    "log",
]
