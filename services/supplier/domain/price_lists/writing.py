"""Lists out: a supplier's offers as rows of a form, each with a price column that reads back as it was."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from services.kernel.money import Money
from services.supplier.domain.offers import Offer
from services.supplier.domain.price_lists.formats import FORMATS, MOST_TIERS
from services.supplier.domain.terms import Terms, Where

Rows = list[list[Any]]
_OFN = (
    *("producer", "sku", "name", "display_name", "category", "description", "units", "unit_type", "variant_unit_name"),
    *("price", "on_hand", "available_on", "on_demand", "shipping_category", "tax_category"),
)
_FOODSOFT = (
    *("status", "number", "name", "note", "manufacturer", "origin", "unit", "price", "tax", "deposit"),
    *("unit_quantity", "scale_quantity", "scale_price", "category"),
)


def rows_of(form: str, supplier_name: str, offers: Iterable[tuple[str, Offer]], language: str = "zh") -> Rows:
    """Return the offers (number, offer) as rows of ``form``: the first has the names of the columns."""
    offers = list(offers)
    if form == "ofn":
        return [list(_OFN), *(_ofn(number, offer.terms, supplier_name) for number, offer in offers)]
    if form == "foodsoft":
        return [
            list(_FOODSOFT),
            *(row for number, offer in offers for row in _foodsoft(number, offer.terms, supplier_name)),
        ]
    return _template(offers, language)


def _template(offers: list[tuple[str, Offer]], language: str) -> Rows:
    columns = next(form for form in FORMATS if form.name == "template").columns
    at = 0 if language == "zh" else 1
    most = max((min(len(offer.terms.tiers) - 1, MOST_TIERS) for _, offer in offers), default=0)
    shown = [name for name in columns if not name.startswith("tier_") or int(name[5]) <= most]
    return [[columns[name][at] for name in shown], *(_template_row(number, offer, shown) for number, offer in offers)]


def _template_row(number: str, offer: Offer, shown: list[str]) -> list[Any]:
    terms = offer.terms
    values: dict[str, Any] = {
        "number": number,
        "title": terms.title,
        "category": terms.category,
        "price": _plain(terms.tiers[0].price),
        "min_group": terms.min_group,
        "max_group": terms.max_group,
        "minutes": terms.minutes,
        "where": str(terms.where),
        "lat": terms.place.lat,
        "lon": terms.place.lon,
        "travel_km": terms.travel_km if terms.where is Where.COMMUNITY else None,
    }
    for n, tier in enumerate(terms.tiers[1 : MOST_TIERS + 1], 1):
        values |= {f"tier_{n}_seats": tier.seats, f"tier_{n}_price": _plain(tier.price)}
    return [values.get(name) for name in shown]


def _foodsoft(number: str, terms: Terms, supplier_name: str) -> Rows:
    """One line for each scale; an article without any has one line."""
    fixed = ["", number, terms.title, "", supplier_name, "", f"{terms.minutes} min", _plain(terms.tiers[0].price), 0, 0]
    scales = terms.tiers[1:] or (None,)
    return [
        [*fixed, terms.min_group, tier and tier.seats, tier and _plain(tier.price), terms.category] for tier in scales
    ]


def _ofn(number: str, terms: Terms, supplier_name: str) -> list[Any]:
    named = [supplier_name, number, terms.title, terms.title, terms.category, "", 1, "", "seat"]
    return [*named, _plain(terms.tiers[0].price), terms.max_group, "", 0, "", ""]


def _plain(money: Money) -> Decimal:
    return Decimal(money.amount)
