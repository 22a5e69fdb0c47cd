"""Domain to wire: ``cards`` are what callers are answered, ``messages`` what others are told."""

from services.supplier.outbound.calendars import calendar_file, days_off, offer_calendar, preview
from services.supplier.outbound.cards import match, offer, offer_version, qualification, slot, supplier
from services.supplier.outbound.messages import message
from services.supplier.outbound.permissions import departure, grant
from services.supplier.outbound.price_lists import catalogue, price_list
from services.supplier.outbound.procedures import choice, setting
from services.supplier.outbound.registry import admission, reminder, standing
from services.supplier.outbound.rounds import matching_round, round_message
from services.supplier.outbound.tender_messages import tender_message
from services.supplier.outbound.tenders import agreement, bid, negotiation, sealed_bid, tender
from services.supplier.outbound.visit_calendar import calendar
from services.supplier.outbound.visit_sheet import sheet_page
from services.supplier.outbound.visits import visit_plan

__all__ = [
    "admission",
    "agreement",
    "bid",
    "calendar",
    "calendar_file",
    "catalogue",
    "choice",
    "days_off",
    "departure",
    "grant",
    "match",
    "matching_round",
    "message",
    "negotiation",
    "offer",
    "offer_calendar",
    "offer_version",
    "preview",
    "price_list",
    "qualification",
    "reminder",
    "round_message",
    "sealed_bid",
    "setting",
    "sheet_page",
    "slot",
    "standing",
    "supplier",
    "tender",
    "tender_message",
    "visit_plan",
]
