"""The read side: SQL to plain dicts, always bound to what the caller may see."""

from services.campaign.views.campaigns import get_campaign, get_outlook, list_campaigns
from services.campaign.views.commitments import get_commitment, list_commitments
from services.campaign.views.delivery import get_attendance, get_commitment_attendance, list_sessions
from services.campaign.views.disputes import get_dispute, list_disputes, list_mediators
from services.campaign.views.funds import get_fund
from services.campaign.views.inquiries import list_inquiries
from services.campaign.views.invitations import list_invitations
from services.campaign.views.ledger import get_campaign_ledger
from services.campaign.views.notices import list_notices
from services.campaign.views.payments import list_payments
from services.campaign.views.proofs import get_ledger, ledger_totals, verify_ledger
from services.campaign.views.terms import get_campaign_terms, get_terms, list_terms

__all__ = [
    "get_attendance",
    "get_campaign",
    "get_campaign_ledger",
    "get_campaign_terms",
    "get_commitment",
    "get_commitment_attendance",
    "get_dispute",
    "get_fund",
    "get_ledger",
    "get_outlook",
    "get_terms",
    "ledger_totals",
    "list_campaigns",
    "list_commitments",
    "list_disputes",
    "list_inquiries",
    "list_invitations",
    "list_mediators",
    "list_notices",
    "list_payments",
    "list_sessions",
    "list_terms",
    "verify_ledger",
]
