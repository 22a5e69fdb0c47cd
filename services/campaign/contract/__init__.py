"""What the campaign service promises to others: names, versions, payloads and error codes."""

from services.campaign.contract.errors import ERRORS
from services.campaign.contract.events import EVENTS

SERVICE = "campaign"

RPCS = (
    "get_campaign",
    "list_campaigns",
    "open_campaign",
    "close_campaign",
    "cancel_campaign",
    "deliver_campaign",
    "reserve_seats",
    "reserve_many_seats",
    "pay_commitment",
    "cancel_commitment",
    "change_seats",
    "hand_over",
    "undo_payment",
    "contribute_to_fund",
    "get_fund",
    "get_commitment",
    "list_commitments",
    "list_notices",
    "get_outlook",
    "get_campaign_ledger",
    "get_ledger",
    "list_inquiries",
    "answer_inquiry",
    "move_campaign",
)

__all__ = ["ERRORS", "EVENTS", "RPCS", "SERVICE"]
