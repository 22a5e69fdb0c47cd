"""Domain to wire: ``cards`` are what callers are answered, ``messages`` what others are told."""

from services.supplier.outbound.cards import match, offer, offer_version, qualification, slot, supplier
from services.supplier.outbound.messages import message
from services.supplier.outbound.permissions import departure, grant
from services.supplier.outbound.procedures import choice, setting

__all__ = [
    "choice",
    "departure",
    "grant",
    "match",
    "message",
    "offer",
    "offer_version",
    "qualification",
    "setting",
    "slot",
    "supplier",
]
