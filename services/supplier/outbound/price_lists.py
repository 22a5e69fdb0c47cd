"""Price lists as answers, and a supplier's catalogue in the words of the Data Food Consortium."""

from collections.abc import Iterable
from typing import Any

from services.kernel.clock import format_time
from services.supplier.domain.model import Supplier
from services.supplier.domain.offers import Offer, OfferState
from services.supplier.domain.price_lists.model import KEPT, Kind, Line, PriceList
from services.supplier.domain.terms import Terms, Where

Wire = dict[str, Any]

# The vocabulary of the Data Food Consortium, and beside it our own terms for what it has none: tiers, group sizes.
CONTEXT: list[Any] = [
    "https://w3id.org/dfc/ontology/context/context_1.16.0.json",
    {
        "pinlian": "urn:pinlian:vocabulary#",
        "pinlian:hasTier": {"@container": "@list"},
        "pinlian:minGroup": {"@type": "http://www.w3.org/2001/XMLSchema#integer"},
        "pinlian:maxGroup": {"@type": "http://www.w3.org/2001/XMLSchema#integer"},
        "pinlian:minutes": {"@type": "http://www.w3.org/2001/XMLSchema#integer"},
    },
]


def price_list(one: PriceList) -> Wire:
    """Return a list with its preview: how many lines of each kind, and each line with what would come of it."""
    return {
        "list_id": str(one.list_id),
        "supplier_id": str(one.supplier_id),
        "file_name": one.file_name,
        "format": one.format,
        "ignored_columns": list(one.ignored_columns),
        "state": str(one.state),
        "counts": {str(kind): one.count(kind) for kind in Kind},
        "lines": [_line(line) for line in one.lines],
        "created_at": format_time(one.created_at),
        "expires_at": format_time(one.created_at + KEPT),
        "ended_at": None if one.ended_at is None else format_time(one.ended_at),
    }


def _line(line: Line) -> Wire:
    return {
        "line": line.line,
        "kind": str(line.kind),
        "number": line.number,
        "title": line.title,
        "offer_id": None if line.offer_id is None else str(line.offer_id),
        "changes": [{"field": one.field, "before": one.before, "after": one.after} for one in line.changes],
        "from_defaults": list(line.from_defaults),
        "problems": [{"column": one.column, "problem": one.problem, "expected": one.expected} for one in line.problems],
    }


def catalogue(supplier: Supplier, offers: Iterable[tuple[str, Offer]]) -> Wire:
    """Return a supplier and its published offers as JSON-LD; without its contact, which is told to few."""
    enterprise = f"urn:uuid:{supplier.supplier_id}"
    shown = [(number, offer) for number, offer in offers if offer.state is OfferState.PUBLISHED]
    products = [node for number, offer in shown for node in _product(number, offer, enterprise)]
    return {
        "@context": CONTEXT,
        "@graph": [
            {
                "@id": enterprise,
                "@type": "dfc-b:Enterprise",
                "dfc-b:name": supplier.name,
                "dfc-b:hasAddress": _place(supplier.place.lat, supplier.place.lon),
                "dfc-b:supplies": [{"@id": _id(offer)} for _, offer in shown],
            },
            *products,
        ],
    }


def _product(number: str, offer: Offer, enterprise: str) -> list[Wire]:
    terms, item, priced = offer.terms, f"{_id(offer)}:item", f"{_id(offer)}:offer"
    product = {
        "@id": _id(offer),
        "@type": "dfc-b:SuppliedProduct",
        "dfc-b:name": terms.title,
        "dfc-b:referencedBy": {"@id": item},
        "dfc-b:suppliedBy": {"@id": enterprise},
        "pinlian:category": terms.category,
        "pinlian:minutes": terms.minutes,
        "pinlian:servedAt": str(terms.where),
        "pinlian:travelKm": terms.travel_km if terms.where is Where.COMMUNITY else None,
    }
    listed = {
        "@id": item,
        "@type": "dfc-b:CatalogItem",
        "dfc-b:sku": number,
        "dfc-b:references": {"@id": _id(offer)},
        "dfc-b:managedBy": {"@id": enterprise},
        "dfc-b:offeredThrough": {"@id": priced},
    }
    return [product, listed, _priced(terms, item, priced, offer.version)]


def _priced(terms: Terms, item: str, priced: str, version: int) -> Wire:
    return {
        "@id": priced,
        "@type": "dfc-b:Offer",
        "dfc-b:offers": {"@id": item},
        "dfc-b:hasPrice": _price(terms.tiers[0].price.amount, terms.currency),
        "pinlian:version": version,
        "pinlian:minGroup": terms.min_group,
        "pinlian:maxGroup": terms.max_group,
        "pinlian:hasTier": [
            {
                "@type": "pinlian:Tier",
                "pinlian:seats": tier.seats,
                "dfc-b:hasPrice": _price(tier.price.amount, terms.currency),
            }
            for tier in terms.tiers
        ],
    }


def _price(amount: str, currency: str) -> Wire:
    # The amount is a text, because a float is no money; the vocabulary's measures have no yuan, ISO 4217 has.
    return {"@type": "dfc-b:Price", "dfc-b:value": amount, "pinlian:currency": currency}


def _place(lat: float, lon: float) -> Wire:
    return {"@type": "dfc-b:Address", "dfc-b:latitude": lat, "dfc-b:longitude": lon}


def _id(offer: Offer) -> str:
    return f"urn:uuid:{offer.offer_id}"
