"""The read side: SQL to plain dicts, always bound to what the caller may see."""

from services.campaign.views.campaigns import get_campaign, list_campaigns
from services.campaign.views.commitments import get_commitment, list_commitments
from services.campaign.views.ledger import get_campaign_ledger, get_ledger, verify_ledger

__all__ = [
    "get_campaign",
    "get_campaign_ledger",
    "get_commitment",
    "get_ledger",
    "list_campaigns",
    "list_commitments",
    "verify_ledger",
]
