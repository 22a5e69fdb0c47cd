"""One function per command, and the timers. None commits: the bus does, once, around each."""

from services.campaign.handlers.copies import know_member
from services.campaign.handlers.drafting import draft_campaign, lapse_match, mark_slot_confirmed
from services.campaign.handlers.ending import TIMERS as ENDING_TIMERS
from services.campaign.handlers.ending import cancel_campaign, close_campaign, deliver_campaign
from services.campaign.handlers.funds import contribute_to_fund, undo_payment
from services.campaign.handlers.joining import TIMERS as JOINING_TIMERS
from services.campaign.handlers.joining import pay_commitment, reserve_many_seats, reserve_seats
from services.campaign.handlers.leaving import cancel_commitment, change_seats, hand_over
from services.campaign.handlers.opening import open_campaign
from services.campaign.handlers.payments import retry_refund, start_payment
from services.campaign.handlers.queueing import TIMERS as QUEUE_TIMERS

TIMERS = {**ENDING_TIMERS, **JOINING_TIMERS, **QUEUE_TIMERS}

__all__ = [
    "TIMERS",
    "cancel_campaign",
    "cancel_commitment",
    "change_seats",
    "close_campaign",
    "contribute_to_fund",
    "deliver_campaign",
    "draft_campaign",
    "hand_over",
    "know_member",
    "lapse_match",
    "mark_slot_confirmed",
    "open_campaign",
    "pay_commitment",
    "reserve_many_seats",
    "reserve_seats",
    "retry_refund",
    "start_payment",
    "undo_payment",
]
