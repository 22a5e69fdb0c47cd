"""One function per command, and the timers. None commits: the bus does, once, around each."""

from services.campaign.handlers.answering import TIMERS as ASKING_TIMERS
from services.campaign.handlers.answering import answer_inquiry
from services.campaign.handlers.closing import TIMERS as CLOSING_TIMERS
from services.campaign.handlers.closing import close_campaign
from services.campaign.handlers.copies import know_member, know_supplier
from services.campaign.handlers.drafting import draft_campaign, lapse_match, mark_slot_confirmed
from services.campaign.handlers.ending import TIMERS as ENDING_TIMERS
from services.campaign.handlers.ending import cancel_campaign, deliver_campaign
from services.campaign.handlers.funds import contribute_to_fund, undo_payment
from services.campaign.handlers.joining import TIMERS as JOINING_TIMERS
from services.campaign.handlers.joining import pay_commitment, reserve_many_seats, reserve_seats
from services.campaign.handlers.leaving import cancel_commitment, change_seats, hand_over
from services.campaign.handlers.matching import lose_match, take_match
from services.campaign.handlers.moving import move_campaign
from services.campaign.handlers.opening import open_campaign
from services.campaign.handlers.queueing import TIMERS as QUEUE_TIMERS
from services.campaign.handlers.replacing import tell_missing, vacate_campaign

TIMERS = {**ENDING_TIMERS, **CLOSING_TIMERS, **JOINING_TIMERS, **QUEUE_TIMERS, **ASKING_TIMERS}

__all__ = [
    "TIMERS",
    "answer_inquiry",
    "cancel_campaign",
    "cancel_commitment",
    "change_seats",
    "close_campaign",
    "contribute_to_fund",
    "deliver_campaign",
    "draft_campaign",
    "hand_over",
    "know_member",
    "know_supplier",
    "lapse_match",
    "lose_match",
    "mark_slot_confirmed",
    "move_campaign",
    "open_campaign",
    "pay_commitment",
    "reserve_many_seats",
    "reserve_seats",
    "take_match",
    "tell_missing",
    "undo_payment",
    "vacate_campaign",
]
