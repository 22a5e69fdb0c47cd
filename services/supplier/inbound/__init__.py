"""Wire to commands: ``requests`` and ``offers`` from callers, ``news`` from other services."""

from services.supplier.inbound.news import (
    campaign_confirmed,
    campaign_ended,
    campaign_opened,
    community_registered,
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
    withdraw_offer,
)

__all__ = [
    "add_slot",
    "by_id",
    "campaign_confirmed",
    "campaign_ended",
    "campaign_opened",
    "change_supplier",
    "community_registered",
    "list_matches",
    "list_offers",
    "list_qualifications",
    "list_suppliers",
    "pool_dissolved",
    "pool_ready",
    "propose_match",
    "publish_offer",
    "register_supplier",
    "review_qualification",
    "score_changed",
    "submit_qualification",
    "withdraw_offer",
]
