"""One function per command; each is one transaction and none commits."""

from collections.abc import Callable
from typing import Any

from services.supplier.handlers.admission import set_admission
from services.supplier.handlers.arranging import unfold_calendar
from services.supplier.handlers.bidding import submit_bid, withdraw_bid
from services.supplier.handlers.campaigns import (
    confirm_seats,
    decline_match,
    hold_for_campaign,
    release_seats,
    take_replacement,
)
from services.supplier.handlers.copies import know_community, know_score
from services.supplier.handlers.matches import expire_match, propose_match
from services.supplier.handlers.negotiating import (
    accept_offer,
    counter_offer,
    expire_offer,
    leave_negotiation,
    start_negotiation,
)
from services.supplier.handlers.offers import add_slot, publish_offer, withdraw_offer
from services.supplier.handlers.permissions import end_grant, expire_grant, grant_permissions, leave_supplier
from services.supplier.handlers.pools import dissolve_pool, match_pool, match_ready_pool
from services.supplier.handlers.price_lists import TIMERS as PRICE_LIST_TIMERS
from services.supplier.handlers.price_lists import commit_price_list, discard_price_list, preview_price_list
from services.supplier.handlers.procedures import choose_procedure, set_procedure
from services.supplier.handlers.qualifications import (
    expire_qualification,
    remind_qualification,
    review_qualification,
    submit_qualification,
)
from services.supplier.handlers.registry import (
    decide_supplier,
    know_grade,
    lift_suspension,
    remove_supplier,
    renew_supplier,
    submit_supplier,
    suspend_supplier,
)
from services.supplier.handlers.replacing import replace_match
from services.supplier.handlers.revising import revise_offer, set_days_off
from services.supplier.handlers.rounds import open_round, open_rounds
from services.supplier.handlers.suppliers import change_supplier, register_supplier
from services.supplier.handlers.tendering import choose_bid, close_bids, close_tender, end_tender
from services.supplier.handlers.visits import (
    change_visit_plan,
    create_visit_plan,
    forget_visits,
    release_visit_plan,
    solve_visit_plan,
)
from services.supplier.handlers.withdrawing import withdraw_match

# What a durable timer may call, by the name that its row carries.
TIMERS: dict[str, Callable[[dict[str, Any], Any], None]] = {
    "expire_grant": expire_grant,
    "close_bids": close_bids,
    "end_tender": end_tender,
    "expire_match": expire_match,
    "expire_offer": expire_offer,
    "expire_qualification": expire_qualification,
    "match_pool": match_pool,
    "forget_visits": forget_visits,
    "open_rounds": open_rounds,
    "remind_qualification": remind_qualification,
    "replace_match": replace_match,
    "unfold_calendar": unfold_calendar,
    **PRICE_LIST_TIMERS,
}

__all__ = [
    "TIMERS",
    "accept_offer",
    "add_slot",
    "change_supplier",
    "change_visit_plan",
    "choose_bid",
    "choose_procedure",
    "close_bids",
    "close_tender",
    "commit_price_list",
    "confirm_seats",
    "counter_offer",
    "create_visit_plan",
    "decide_supplier",
    "decline_match",
    "discard_price_list",
    "dissolve_pool",
    "end_grant",
    "end_tender",
    "expire_grant",
    "expire_match",
    "expire_offer",
    "expire_qualification",
    "grant_permissions",
    "hold_for_campaign",
    "know_community",
    "know_grade",
    "know_score",
    "leave_negotiation",
    "leave_supplier",
    "lift_suspension",
    "match_pool",
    "match_ready_pool",
    "open_round",
    "preview_price_list",
    "propose_match",
    "publish_offer",
    "register_supplier",
    "release_seats",
    "release_visit_plan",
    "remind_qualification",
    "remove_supplier",
    "renew_supplier",
    "review_qualification",
    "revise_offer",
    "set_admission",
    "set_days_off",
    "set_procedure",
    "solve_visit_plan",
    "start_negotiation",
    "submit_bid",
    "submit_qualification",
    "submit_supplier",
    "suspend_supplier",
    "take_replacement",
    "withdraw_bid",
    "withdraw_match",
    "withdraw_offer",
]
