"""Wire to commands and questions: tolerant readers that name the field that is wrong."""

from services.campaign.inbound.news import match_expired, match_proposed, member_known, slot_confirmed
from services.campaign.inbound.opening import open_campaign
from services.campaign.inbound.payments import retry_refund, start_payment, take_callback
from services.campaign.inbound.requests import (
    cancel_campaign,
    cancel_commitment,
    change_seats,
    close_campaign,
    contribute_to_fund,
    deliver_campaign,
    get_campaign,
    get_commitment,
    get_fund,
    get_ledger,
    hand_over,
    list_campaigns,
    list_commitments,
    list_notices,
    list_payments,
    pay_commitment,
    reserve_seats,
    undo_payment,
)

__all__ = [
    "cancel_campaign",
    "cancel_commitment",
    "change_seats",
    "close_campaign",
    "contribute_to_fund",
    "deliver_campaign",
    "get_campaign",
    "get_commitment",
    "get_fund",
    "get_ledger",
    "hand_over",
    "list_campaigns",
    "list_commitments",
    "list_notices",
    "list_payments",
    "match_expired",
    "match_proposed",
    "member_known",
    "open_campaign",
    "pay_commitment",
    "reserve_seats",
    "retry_refund",
    "slot_confirmed",
    "start_payment",
    "take_callback",
    "undo_payment",
]
