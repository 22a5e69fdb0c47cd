"""What the campaign service promises to others: names, versions, payloads and error codes."""

from services.campaign.contract import delivery, events, inviting
from services.campaign.contract.dispute_events import DISPUTE_EVENTS
from services.campaign.contract.errors import ERRORS

SERVICE = "campaign"
EVENTS = {**events.EVENTS, **DISPUTE_EVENTS, **inviting.EVENTS}

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
    "start_payment",
    "list_payments",
    "retry_refund",
    "take_callback",
    "contribute_to_fund",
    "get_fund",
    "get_commitment",
    "list_commitments",
    "list_notices",
    "get_outlook",
    "get_campaign_ledger",
    "get_ledger",
    "add_terms",
    "list_terms",
    "get_terms",
    "get_campaign_terms",
    "accept_terms",
    "name_mediator",
    "list_mediators",
    "end_mediator",
    "open_dispute",
    "list_disputes",
    "get_dispute",
    "answer_dispute",
    "add_evidence",
    "offer_settlement",
    "accept_settlement",
    "ask_mediation",
    "withdraw_dispute",
    "decide_dispute",
    "decline_case",
    "appeal_dispute",
    "list_inquiries",
    "answer_inquiry",
    "move_campaign",
    *delivery.RPCS,
    *inviting.RPCS,
)

__all__ = ["ERRORS", "EVENTS", "RPCS", "SERVICE"]
