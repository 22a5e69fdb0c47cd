"""Grants to the answers and events that the contract promises."""

from typing import Any

from services.kernel.clock import format_time
from services.supplier.domain.events import PermissionsChanged, SupplierLeft
from services.supplier.domain.permission_commands import Departure, GrantCard
from services.supplier.domain.permissions import Grant
from services.supplier.domain.price_models import PriceModel
from services.supplier.outbound.messages import Message, message
from services.supplier.outbound.terms import tiers

Wire = dict[str, Any]


def grant(card: GrantCard) -> Wire:
    """Show a grant."""
    it = card.grant
    return {
        "grant_id": str(it.grant_id),
        **_what(it),
        "prices": _prices(it.access.prices) if it.access.prices else None,
        "reason": it.reason,
        "state": "live" if card.live else "ended",
        "created_at": format_time(it.created_at),
        "ended_at": format_time(it.ended_at) if it.ended_at else None,
        "ended_by": str(it.ended_by) if it.ended_by else None,
        "ended_because": it.ended_because,
    }


def _what(it: Grant) -> Wire:
    return {
        "supplier_id": str(it.supplier_id),
        "granter_id": str(it.granter_id),
        "receiver_id": str(it.receiver_id) if it.receiver_id else None,
        "permissions": sorted(str(one) for one in it.access.permissions),
        "contact": str(it.access.contact),
        "ends_at": format_time(it.ends_at) if it.ends_at else None,
    }


def _prices(it: PriceModel) -> Wire:
    tables = [{"offer_id": str(table.offer_id), "tiers": tiers(table.tiers)} for table in it.tables]
    return {"adjustment_bp": it.adjustment_bp, "tables": tables, "joint": str(it.joint)}


def departure(it: Departure) -> Wire:
    """Show that a community has nothing to do with a supplier any more."""
    return {
        "supplier_id": str(it.supplier_id),
        "community_id": str(it.community_id),
        "ended_grants": it.ended_grants,
    }


@message.register
def _(event: PermissionsChanged) -> Message:
    it = event.grant
    ended = {"change": "ended" if it.ended_at else "granted", "by": str(it.ended_by) if it.ended_by else None}
    # Prices are for the two sides; the reason is free text of people.
    return "permissions_changed.v1", it.supplier_id, {**_what(it), "grant_id": str(it.grant_id), **ended}


@message.register
def _(event: SupplierLeft) -> Message:
    data = {
        "supplier_id": str(event.supplier_id),
        "granter_id": None,
        "receiver_id": str(event.community_id),
        "permissions": [],
        "contact": "never",
        "ends_at": None,
        "grant_id": None,
        "change": "left",
        "by": str(event.by),
    }
    return "permissions_changed.v1", event.supplier_id, data
