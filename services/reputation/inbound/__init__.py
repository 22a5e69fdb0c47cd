"""What the service hears: wire to commands. Readers are tolerant of fields that they do not know."""

from services.reputation.inbound import grades, log
from services.reputation.inbound.engagements import campaign_begun, campaign_confirmed
from services.reputation.inbound.news import campaign_delivered, supplier_seen
from services.reputation.inbound.people import (
    campaign_ended,
    campaign_opened,
    campaign_settled,
    community_known,
    hand_over,
    invitations_asked,
    list_fatigue,
    member_known,
    of_community,
    of_member,
    organiser_earned,
    set_fatigue_policy,
    set_quiet,
    set_rota,
    swap_turns,
    take_over,
)
from services.reputation.inbound.receipts import list_receipts, set_reputation_weights, verify_receipt
from services.reputation.inbound.requests import (
    answer_review,
    by_id,
    hide_passage,
    list_reviews,
    set_abuse_words,
    show_passages,
    write_review,
)
from services.reputation.inbound.settlements import settlement

__all__ = [
    "answer_review",
    "by_id",
    "campaign_begun",
    "campaign_confirmed",
    "campaign_delivered",
    "campaign_ended",
    "campaign_opened",
    "campaign_settled",
    "community_known",
    "grades",
    "hand_over",
    "hide_passage",
    "invitations_asked",
    "list_fatigue",
    "list_receipts",
    "list_reviews",
    "log",
    "member_known",
    "of_community",
    "of_member",
    "organiser_earned",
    "set_abuse_words",
    "set_fatigue_policy",
    "set_quiet",
    "set_reputation_weights",
    "set_rota",
    "settlement",
    "show_passages",
    "supplier_seen",
    "swap_turns",
    "take_over",
    "verify_receipt",
    "write_review",
]
