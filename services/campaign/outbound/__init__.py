"""Domain to contract: the payloads of events and the answers of RPCs."""

from services.campaign.outbound.answers import campaign, commitment, fund_line, gift, notice, outlook
from services.campaign.outbound.events import event, notified
from services.campaign.outbound.payments import payment_order, taken

__all__ = [
    "campaign",
    "commitment",
    "event",
    "fund_line",
    "gift",
    "notice",
    "notified",
    "outlook",
    "payment_order",
    "taken",
]
