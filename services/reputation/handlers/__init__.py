"""One function per command. Handlers load, call the domain, save and add events; the bus commits."""

from collections.abc import Callable
from typing import Any

from services.reputation.handlers.copies import copy_supplier
from services.reputation.handlers.deliveries import record_delivery
from services.reputation.handlers.duty import hand_over, set_rota, swap_turns, take_over
from services.reputation.handlers.invitations import decide_invitations, set_fatigue_policy, set_quiet
from services.reputation.handlers.log import get_log_head, list_log_keys, rotate_log_key, sequence_log, sign_log
from services.reputation.handlers.people import know_community, know_member, note_campaign
from services.reputation.handlers.reviews import write_review
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

# What waits for a time, by the name of its timer.
TIMERS: dict[str, Callable[[dict[str, Any], ReputationUnitOfWork], None]] = {
    "sequence_log": sequence_log,
    "sign_log": sign_log,
}

__all__ = [
    "TIMERS",
    "copy_supplier",
    "decide_invitations",
    "get_log_head",
    "hand_over",
    "know_community",
    "know_member",
    "list_log_keys",
    "note_campaign",
    "record_delivery",
    "rotate_log_key",
    "sequence_log",
    "set_fatigue_policy",
    "set_quiet",
    "set_rota",
    "sign_log",
    "swap_turns",
    "take_over",
    "write_review",
]
