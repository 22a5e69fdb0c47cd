"""What the supplier service promises to others: names, versions, payloads and error codes."""

from services.supplier.contract import errors, events, permissions, price_lists, rounds, tenders, visits

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
    "get_offer_calendar",
    "export_calendar",
    "preview_calendar",
    "get_days_off",
    "set_days_off",
    "withdraw_offer",
    "add_slot",
    "propose_match",
    "get_match",
    "list_matches",
    "withdraw_match",
    *tenders.RPCS,
    *permissions.RPCS,
    *visits.RPCS,
    *rounds.RPCS,
    *price_lists.RPCS,
)

EVENTS = {**events.EVENTS, **permissions.EVENTS, **tenders.EVENTS, **rounds.EVENTS}
ERRORS = {**errors.ERRORS, **tenders.ERRORS, **rounds.ERRORS}

__all__ = ["ERRORS", "EVENTS", "RPCS", "SERVICE"]
