"""Domain to contract: the payloads of events and the answers of RPCs."""

from services.campaign.outbound.answers import campaign, commitment, fund_line, gift, notice, outlook
from services.campaign.outbound.asking import inquiry
from services.campaign.outbound.delivery import attended, keys, schedule, sheet, ticket, upload
from services.campaign.outbound.disputes import brief, dispute, mediator
from services.campaign.outbound.events import event, notified
from services.campaign.outbound.inviting import asked, earned, invitation
from services.campaign.outbound.payments import payment_order, taken
from services.campaign.outbound.terms import campaign_terms, terms

__all__ = [
    "asked",
    "attended",
    "brief",
    "campaign",
    "campaign_terms",
    "commitment",
    "dispute",
    "earned",
    "event",
    "fund_line",
    "gift",
    "inquiry",
    "invitation",
    "keys",
    "mediator",
    "notice",
    "notified",
    "outlook",
    "payment_order",
    "schedule",
    "sheet",
    "taken",
    "terms",
    "ticket",
    "upload",
]
