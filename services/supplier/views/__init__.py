"""Questions and their answers: SQL to plain dicts, each bound to what the caller may see."""

from services.supplier.views.calendars import export_calendar, get_days_off, get_offer_calendar, preview_calendar
from services.supplier.views.grants import list_grants, list_supplier_grants
from services.supplier.views.price_lists import export_price_list, get_catalogue, get_price_list, price_list_template
from services.supplier.views.procedures import list_procedures
from services.supplier.views.registry import get_admission, get_standing, list_reminders
from services.supplier.views.rounds import get_round, list_rounds
from services.supplier.views.suppliers import (
    ById,
    Listing,
    get_match,
    get_offer,
    get_supplier,
    list_matches,
    list_offer_versions,
    list_offers,
    list_qualifications,
    list_suppliers,
)
from services.supplier.views.tenders import get_agreement, get_negotiation, get_tender, list_tenders
from services.supplier.views.visits import (
    VisitFile,
    get_visit_calendar,
    get_visit_plan,
    get_visit_sheet,
    list_visit_plans,
)

__all__ = [
    "ById",
    "Listing",
    "VisitFile",
    "export_calendar",
    "export_price_list",
    "get_admission",
    "get_agreement",
    "get_catalogue",
    "get_days_off",
    "get_match",
    "get_negotiation",
    "get_offer",
    "get_offer_calendar",
    "get_price_list",
    "get_round",
    "get_standing",
    "get_supplier",
    "get_tender",
    "get_visit_calendar",
    "get_visit_plan",
    "get_visit_sheet",
    "list_grants",
    "list_matches",
    "list_offer_versions",
    "list_offers",
    "list_procedures",
    "list_qualifications",
    "list_reminders",
    "list_rounds",
    "list_supplier_grants",
    "list_suppliers",
    "list_tenders",
    "list_visit_plans",
    "preview_calendar",
    "price_list_template",
]
