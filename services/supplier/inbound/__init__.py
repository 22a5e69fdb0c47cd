"""Wire to commands: ``requests`` and ``offers`` from callers, ``news`` from other services."""

from services.supplier.inbound.news import (
    campaign_confirmed,
    campaign_ended,
    campaign_opened,
    campaign_rematched,
    community_registered,
    match_declined,
    pool_dissolved,
    pool_ready,
    score_changed,
)
from services.supplier.inbound.offers import add_slot, publish_offer
from services.supplier.inbound.requests import (
    by_id,
    change_supplier,
    list_matches,
    list_offers,
    list_qualifications,
    list_suppliers,
    propose_match,
    register_supplier,
    review_qualification,
    submit_qualification,
    withdraw_match,
    withdraw_offer,
)

__all__ = [
    "add_slot",
    "by_id",
    "campaign_confirmed",
    "campaign_ended",
    "campaign_opened",
    "campaign_rematched",
    "change_supplier",
    "community_registered",
    "list_matches",
    "list_offers",
    "list_qualifications",
    "list_suppliers",
    "match_declined",
    "pool_dissolved",
    "pool_ready",
    "propose_match",
    "publish_offer",
    "register_supplier",
    "review_qualification",
    "score_changed",
    "submit_qualification",
    "withdraw_match",
    "withdraw_offer",
]
