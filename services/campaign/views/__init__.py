"""The read side: SQL to plain dicts, always bound to what the caller may see."""

from services.campaign.views.campaigns import get_campaign, get_outlook, list_campaigns
from services.campaign.views.commitments import get_commitment, list_commitments
from services.campaign.views.funds import get_fund
from services.campaign.views.inquiries import list_inquiries
from services.campaign.views.ledger import get_campaign_ledger, get_ledger, ledger_totals, verify_ledger
from services.campaign.views.notices import list_notices

__all__ = [
    "get_campaign",
    "get_campaign_ledger",
    "get_commitment",
    "get_fund",
    "get_ledger",
    "get_outlook",
    "ledger_totals",
    "list_campaigns",
    "list_commitments",
    "list_inquiries",
    "list_notices",
    "verify_ledger",
]
