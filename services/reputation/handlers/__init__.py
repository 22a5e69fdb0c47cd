"""One function per command. Handlers load, call the domain, save and add events; the bus commits."""

from collections.abc import Callable
from typing import Any

from services.reputation.handlers.copies import copy_supplier
from services.reputation.handlers.deliveries import record_delivery
from services.reputation.handlers.log import get_log_head, list_log_keys, rotate_log_key, sequence_log, sign_log
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
    "get_log_head",
    "list_log_keys",
    "record_delivery",
    "rotate_log_key",
    "sequence_log",
    "sign_log",
    "write_review",
]
