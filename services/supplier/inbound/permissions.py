"""Requests about what communities let each other do with suppliers."""

from typing import Any

from marshmallow import fields

from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.supplier.domain import permission_commands as commands
from services.supplier.domain.permissions import Access, Contact, Permission
from services.supplier.domain.price_models import LEAST_BP, MAX_TABLES, MOST_BP, Joint, OfferPrices, PriceModel
from services.supplier.domain.terms import MAX_TIERS, Tier
from services.supplier.inbound.reading import (
    Request,
    Tolerant,
    Values,
    count,
    id_,
    list_of,
    load,
    many,
    money,
    needed,
    one_of,
    optional,
    text,
    time,
)
from services.supplier.inbound.requests import REASON, listing


class _Tier(Tolerant):
    seats = needed(count())
    price = needed(money)


class _Table(Tolerant):
    offer_id = needed(id_)
    tiers = many(_Tier, MAX_TIERS, required=True)


class _Prices(Tolerant):
    adjustment_bp = optional(count(LEAST_BP, MOST_BP), 0)
    tables = many(_Table, MAX_TABLES, load_default=(), allow_none=True)
    joint = optional(one_of(Joint), Joint.ALONE)


class _Grant(Tolerant):
    supplier_id = needed(id_)
    granter_id = optional(id_)
    receiver_id = optional(id_)
    to_all = fields.Boolean(load_default=False)
    permissions = needed(list_of(one_of(Permission), len(Permission)))
    contact = optional(one_of(Contact), Contact.NEVER)
    prices = fields.Nested(_Prices, load_default=None, allow_none=True)
    ends_at = optional(time)
    reason = needed(text(REASON))


class _End(Tolerant):
    grant_id = needed(id_)
    reason = optional(text(REASON))


class _Leave(Tolerant):
    supplier_id = needed(id_)
    community_id = optional(id_)
    reason = optional(text(REASON))


def grant_permissions(request: Request) -> commands.GrantPermissions:
    """Read what one community lets another do; whoever means all communities has to say so."""
    data = load(_Grant(), request["data"])
    to_all = data.pop("to_all")
    if to_all == (data["receiver_id"] is not None):
        problem = "is given though all are meant" if to_all else "is missing"
        raise InvalidError("receiver_id", problem, "one community, or to_all for every community of the node")
    permissions, prices = frozenset(data.pop("permissions")), data.pop("prices")
    access = Access(permissions, data.pop("contact"), _prices(prices) if prices else None)
    return commands.GrantPermissions(caller=Caller.from_wire(request["caller"]), access=access, **data)


def _prices(data: Values) -> PriceModel:
    tables = tuple(
        OfferPrices(table["offer_id"], tuple(Tier(tier["seats"], tier["price"]) for tier in table["tiers"]))
        for table in data["tables"] or ()
    )
    return PriceModel(data["adjustment_bp"] or 0, tables, data["joint"] or Joint.ALONE)


def end_grant(request: Request) -> commands.EndGrant:
    """Read which grant is ended, and why."""
    return commands.EndGrant(caller=Caller.from_wire(request["caller"]), **load(_End(), request["data"]))


def leave_supplier(request: Request) -> commands.LeaveSupplier:
    """Read with which community everything is ended, and why."""
    return commands.LeaveSupplier(caller=Caller.from_wire(request["caller"]), **load(_Leave(), request["data"]))


def _direction(value: Any) -> str:
    if value not in ("given", "received"):
        raise InvalidError("", f"{value!r} is not known", "given or received")
    return value


list_grants = listing(direction=_direction)
list_supplier_grants = listing(supplier_id=id_)
