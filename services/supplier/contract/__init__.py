"""What the supplier service promises to others: names, versions, payloads and error codes."""

from services.supplier.contract.errors import ERRORS
from services.supplier.contract.events import EVENTS as MARKET_EVENTS
from services.supplier.contract.permissions import EVENTS as PERMISSION_EVENTS
from services.supplier.contract.permissions import RPCS as PERMISSION_RPCS
from services.supplier.contract.tenders import RPCS as TENDER_RPCS
from services.supplier.contract.visits import RPCS as VISIT_RPCS

SERVICE = "supplier"

RPCS = (
    "register_supplier",
    "get_supplier",
    "list_suppliers",
    "change_supplier",
    "submit_qualification",
    "list_qualifications",
    "review_qualification",
    "submit_supplier",
    "decide_supplier",
    "suspend_supplier",
    "lift_suspension",
    "remove_supplier",
    "renew_supplier",
    "get_standing",
    "list_reminders",
    "set_admission",
    "get_admission",
    "publish_offer",
    "get_offer",
    "list_offers",
    "revise_offer",
    "list_offer_versions",
    "withdraw_offer",
    "add_slot",
    "propose_match",
    "get_match",
    "list_matches",
    "withdraw_match",
    *TENDER_RPCS,
    *PERMISSION_RPCS,
    *VISIT_RPCS,
)

EVENTS = {**MARKET_EVENTS, **PERMISSION_EVENTS}

__all__ = ["ERRORS", "EVENTS", "RPCS", "SERVICE"]
