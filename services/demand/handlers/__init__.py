"""What demand does: one function per command, and the timers by name."""

from collections.abc import Callable
from typing import Any

from services.demand.handlers.campaigns import fulfil_pool, release_pool, serve_pool
from services.demand.handlers.committing import commit_intake
from services.demand.handlers.communities import add_member, change_community, change_member, register_community
from services.demand.handlers.gathering import EXPIRE_SIGNAL, READY_POOL, REOPTIMISE
from services.demand.handlers.intakes import (
    PURGE_INTAKE,
    change_intake,
    create_intake,
    discard_intake,
    purge_intake,
)
from services.demand.handlers.pools import answer_consent, ready_pool, ready_pool_in_time, settle_consent
from services.demand.handlers.prices import note_offer, note_supplier
from services.demand.handlers.proposals import expire_match, match_pool, note_unmatched
from services.demand.handlers.rearranging import join_pools, split_pool
from services.demand.handlers.reoptimising import reoptimise
from services.demand.handlers.signals import change_signal, expire_signal, place_signal, withdraw_signal
from services.demand.handlers.teaching import add_category, remove_category, set_template
from services.demand.handlers.telling import SETTLE_CONSENT, TELL_POOL, tell_in_time
from services.demand.handlers.waiting import GATHER_WAITING, gather_forgotten, gather_waiting, place_many
from services.demand.storage.unit_of_work import DemandUnitOfWork

TIMERS: dict[str, Callable[[dict[str, Any], DemandUnitOfWork], None]] = {
    EXPIRE_SIGNAL: expire_signal,
    GATHER_WAITING: gather_forgotten,
    PURGE_INTAKE: purge_intake,
    READY_POOL: ready_pool_in_time,
    REOPTIMISE: reoptimise,
    SETTLE_CONSENT: settle_consent,
    TELL_POOL: tell_in_time,
}

__all__ = [
    "TIMERS",
    "add_category",
    "add_member",
    "answer_consent",
    "change_community",
    "change_intake",
    "change_member",
    "change_signal",
    "commit_intake",
    "create_intake",
    "discard_intake",
    "expire_match",
    "expire_signal",
    "fulfil_pool",
    "gather_waiting",
    "join_pools",
    "match_pool",
    "note_offer",
    "note_supplier",
    "note_unmatched",
    "place_many",
    "place_signal",
    "purge_intake",
    "ready_pool",
    "ready_pool_in_time",
    "register_community",
    "release_pool",
    "remove_category",
    "reoptimise",
    "serve_pool",
    "set_template",
    "settle_consent",
    "split_pool",
    "tell_in_time",
    "withdraw_signal",
]
