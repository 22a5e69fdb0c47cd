"""One function per command, and the timers. None commits: the bus does, once, around each."""

from services.campaign.handlers.answering import TIMERS as ASKING_TIMERS
from services.campaign.handlers.answering import answer_inquiry
from services.campaign.handlers.checking_in import correct_attendance, upload_check_ins
from services.campaign.handlers.closing import TIMERS as CLOSING_TIMERS
from services.campaign.handlers.closing import close_campaign
from services.campaign.handlers.copies import know_member, know_supplier
from services.campaign.handlers.delivering import TIMERS as DELIVERY_TIMERS
from services.campaign.handlers.delivering import cancel_session, deliver_campaign, hold_session
from services.campaign.handlers.disputes import (
    accept_settlement,
    add_evidence,
    answer_dispute,
    appeal_dispute,
    ask_mediation,
    offer_settlement,
    open_dispute,
    withdraw_dispute,
)
from services.campaign.handlers.drafting import draft_campaign, lapse_match, mark_slot_confirmed
from services.campaign.handlers.ending import TIMERS as ENDING_TIMERS
from services.campaign.handlers.ending import cancel_campaign
from services.campaign.handlers.funds import contribute_to_fund, undo_payment
from services.campaign.handlers.inviting import TIMERS as INVITING_TIMERS
from services.campaign.handlers.inviting import decline_invitation, invite_members, take_decisions
from services.campaign.handlers.joining import TIMERS as JOINING_TIMERS
from services.campaign.handlers.joining import pay_commitment, reserve_many_seats, reserve_seats
from services.campaign.handlers.leaving import cancel_commitment, change_seats, hand_over
from services.campaign.handlers.matching import lose_match, take_match
from services.campaign.handlers.mediating import TIMERS as DISPUTE_TIMERS
from services.campaign.handlers.mediating import (
    decide_dispute,
    decline_case,
    end_mediator,
    name_mediator,
)
from services.campaign.handlers.moving import move_campaign
from services.campaign.handlers.opening import open_campaign
from services.campaign.handlers.papers import note_papers
from services.campaign.handlers.payments import retry_refund, start_payment
from services.campaign.handlers.queueing import TIMERS as QUEUE_TIMERS
from services.campaign.handlers.replacing import tell_missing, vacate_campaign
from services.campaign.handlers.signing import get_check_in_code, list_check_in_keys, rotate_key
from services.campaign.handlers.terms import accept_terms, add_terms

TIMERS = {
    **ENDING_TIMERS,
    **CLOSING_TIMERS,
    **JOINING_TIMERS,
    **QUEUE_TIMERS,
    **DISPUTE_TIMERS,
    **DELIVERY_TIMERS,
    **ASKING_TIMERS,
    **INVITING_TIMERS,
}

__all__ = [
    "TIMERS",
    "accept_settlement",
    "accept_terms",
    "add_evidence",
    "add_terms",
    "answer_dispute",
    "answer_inquiry",
    "appeal_dispute",
    "ask_mediation",
    "cancel_campaign",
    "cancel_commitment",
    "cancel_session",
    "change_seats",
    "close_campaign",
    "contribute_to_fund",
    "correct_attendance",
    "decide_dispute",
    "decline_case",
    "decline_invitation",
    "deliver_campaign",
    "draft_campaign",
    "end_mediator",
    "get_check_in_code",
    "hand_over",
    "hold_session",
    "invite_members",
    "know_member",
    "know_supplier",
    "lapse_match",
    "list_check_in_keys",
    "lose_match",
    "mark_slot_confirmed",
    "move_campaign",
    "name_mediator",
    "note_papers",
    "offer_settlement",
    "open_campaign",
    "open_dispute",
    "pay_commitment",
    "reserve_many_seats",
    "reserve_seats",
    "retry_refund",
    "rotate_key",
    "start_payment",
    "take_decisions",
    "take_match",
    "tell_missing",
    "undo_payment",
    "upload_check_ins",
    "vacate_campaign",
    "withdraw_dispute",
]
