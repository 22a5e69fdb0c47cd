"""One function per command. Handlers load, call the domain, save and add events; the bus commits."""

from collections.abc import Callable
from typing import Any

from services.reputation.handlers.appeals import decide_appeal, escalate_appeal, file_appeal
from services.reputation.handlers.copies import copy_supplier
from services.reputation.handlers.deliveries import note_engagement, record_delivery
from services.reputation.handlers.duty import hand_over, set_rota, swap_turns, take_over
from services.reputation.handlers.grades import (
    look_again,
    look_at_grade,
    note_settlement,
    note_standing,
    note_withdrawal,
    set_grade_policy,
)
from services.reputation.handlers.invitations import decide_invitations, set_fatigue_policy, set_quiet
from services.reputation.handlers.log import get_log_head, list_log_keys, rotate_log_key, sequence_log, sign_log
from services.reputation.handlers.people import know_community, know_member, note_campaign
from services.reputation.handlers.receipts import (
    list_receipt_keys,
    record_settlement,
    rotate_receipt_key,
    verify_receipt,
)
from services.reputation.handlers.reviews import (
    answer_review,
    hide_passage,
    set_abuse_words,
    show_passages,
    write_review,
)
from services.reputation.handlers.scoring import find_rings, refresh_score, set_weights
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

# What waits for a time, by the name of its timer.
TIMERS: dict[str, Callable[[dict[str, Any], ReputationUnitOfWork], None]] = {
    "find_rings": find_rings,
    "refresh_score": refresh_score,
    "escalate_appeal": escalate_appeal,
    "look_at_grade": look_again,
    "sequence_log": sequence_log,
    "sign_log": sign_log,
}

__all__ = [
    "TIMERS",
    "answer_review",
    "copy_supplier",
    "decide_appeal",
    "decide_invitations",
    "escalate_appeal",
    "file_appeal",
    "find_rings",
    "get_log_head",
    "hand_over",
    "hide_passage",
    "know_community",
    "know_member",
    "list_log_keys",
    "list_receipt_keys",
    "look_again",
    "look_at_grade",
    "note_campaign",
    "note_engagement",
    "note_settlement",
    "note_standing",
    "note_withdrawal",
    "record_delivery",
    "record_settlement",
    "refresh_score",
    "rotate_log_key",
    "rotate_receipt_key",
    "sequence_log",
    "set_abuse_words",
    "set_fatigue_policy",
    "set_grade_policy",
    "set_quiet",
    "set_rota",
    "set_weights",
    "show_passages",
    "sign_log",
    "swap_turns",
    "take_over",
    "verify_receipt",
    "write_review",
]
