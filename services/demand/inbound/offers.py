"""Events of supplier about offers as commands; only what is needed is read, and anything else may change."""

from typing import Any

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.demand.domain import commands
from services.demand.domain.prices import Tier
from services.demand.inbound import reading
from services.demand.inbound.reading import Read, Tolerant, load
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.money import Money
from services.kernel.quantity import require_count


def _tiers(value: Any, field: str) -> tuple[tuple[int, Money], ...]:
    if not isinstance(value, list):
        raise InvalidError(field, f"is a {type(value).__name__}", "a list of tiers")
    found = []
    for index, one in enumerate(value):
        if not isinstance(one, dict) or not {"seats", "price"} <= one.keys():
            raise InvalidError(f"{field}.{index}", f"{one!r} is no tier", "seats and a price")
        seats = require_count(one["seats"], f"{field}.{index}.seats")
        found.append((seats, reading.money(one["price"], f"{field}.{index}.price")))
    return tuple(sorted(found, key=lambda tier: tier[0]))


def _ids(value: Any, field: str) -> tuple:
    if not isinstance(value, list):
        raise InvalidError(field, f"is a {type(value).__name__}", "a list of ids")
    return tuple(parse_id(one, f"{field}.{index}") for index, one in enumerate(value))


class OfferSchema(Tolerant):
    """Of an offer: which it is, for what, and what it costs; earlier releases did not tell what it costs."""

    offer_id = Read(parse_id, required=True)
    supplier_id = Read(parse_id, required=True)
    category = fields.String(load_default="")
    tiers = Read(_tiers, load_default=())


class SharingSchema(Tolerant):
    """Of a supplier: with whom it is shared."""

    mode = fields.String(required=True)
    community_ids = Read(_ids, required=True)


class SupplierSchema(Tolerant):
    """Of a supplier: whose it is, and who else may use it."""

    supplier_id = Read(parse_id, required=True)
    community_id = Read(parse_id, required=True)
    sharing = fields.Nested(SharingSchema, required=True)
    # Earlier writers did not tell apart who sees it and who may use it.
    used_by = fields.Nested(SharingSchema, load_default=None)


offer, supplier = OfferSchema(), SupplierSchema()


def offer_published(event: Envelope) -> commands.NoteOffer:
    """Read supplier.offer_published.v1."""
    return _note(event, withdrawn=False)


def offer_withdrawn(event: Envelope) -> commands.NoteOffer:
    """Read supplier.offer_withdrawn.v1."""
    return _note(event, withdrawn=True)


def offer_paused(event: Envelope) -> commands.NoteOffer:
    """Read supplier.offer_paused.v1: while an offer waits for papers, nobody can count on its price."""
    return _note(event, withdrawn=True)


def offer_resumed(event: Envelope) -> commands.NoteOffer:
    """Read supplier.offer_resumed.v1, which tells the price anew."""
    return _note(event, withdrawn=False)


def _note(event: Envelope, *, withdrawn: bool) -> commands.NoteOffer:
    data = load(offer, event.data)
    priced = data.pop("tiers")
    currency = priced[0][1].currency if priced else None
    tiers = tuple(Tier(seats, price.minor) for seats, price in priced if price.currency == currency)
    return commands.NoteOffer(**data, tiers=tiers, currency=currency, withdrawn=withdrawn, news=event.version)


def supplier_known(event: Envelope) -> commands.NoteSupplier:
    """Read supplier.supplier_registered.v1 and supplier.supplier_changed.v1."""
    data = load(supplier, event.data)
    sharing, used_by = data.pop("sharing"), data.pop("used_by")
    sharing = used_by or sharing
    return commands.NoteSupplier(**data, **sharing, news=event.version)
