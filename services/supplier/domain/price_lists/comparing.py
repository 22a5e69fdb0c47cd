"""What would come of a list: each article beside the offer of its number, and the offers that are not in the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.money import Money
from services.supplier.domain.offers import Offer, OfferState
from services.supplier.domain.price_lists.formats import Header
from services.supplier.domain.price_lists.model import Change, Defaults, Entry, Kind, Line, Problem
from services.supplier.domain.terms import Terms, Tier, Where

SHOWN = ("title", "category", "where", "place", "travel_km", "min_group", "max_group", "minutes", "tiers")
_NEEDED = ("category", "min_group", "max_group", "minutes")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The offers of a supplier by the number that a list calls them by; ``home`` is the supplier's own place."""

    offers: Mapping[str, Offer]
    home: Place

    def find(self, number: str) -> Offer | None:
        """Return the offer of a number; one that never had a number goes by its id."""
        found = self.offers.get(number)
        if found is None and _is_id(number):
            found = next((one for one in self.offers.values() if str(one.offer_id) == number.lower()), None)
        return found

    def numbers(self) -> dict[UUID, str]:
        """Return the number of each offer."""
        return {offer.offer_id: number for number, offer in self.offers.items()}


def compare(entries: Sequence[Entry], header: Header, catalogue: Catalogue, defaults: Defaults) -> list[Line]:
    """Return what would come of each article, in the order of the file, and then what the list would delist."""
    lines = [_Comparison(entry, header, catalogue, defaults).line() for entry in entries]
    if defaults.complete:
        named = {line.offer_id for line in lines if line.offer_id is not None}
        lines += [
            _gone(number, offer) for number, offer in sorted(catalogue.offers.items()) if _is_missing(offer, named)
        ]
    return lines


def _is_missing(offer: Offer, named: Iterable[UUID]) -> bool:
    return offer.offer_id not in named and offer.state is not OfferState.WITHDRAWN


def _gone(number: str, offer: Offer) -> Line:
    return Line(None, Kind.DELISTED, number, offer.terms.title, offer.offer_id, offer.version)


class _Comparison:
    def __init__(self, entry: Entry, header: Header, catalogue: Catalogue, defaults: Defaults) -> None:
        self._entry, self._header = entry, header
        self._catalogue, self._defaults = catalogue, defaults
        found = catalogue.find(entry.number)
        # A number whose offer was withdrawn is free again.
        self._offer = found if found is not None and found.state is not OfferState.WITHDRAWN else None
        self._from_defaults: list[str] = []

    def line(self) -> Line:
        entry, offer = self._entry, self._offer
        current = offer.terms if offer else None
        title = entry.title or (current.title if current else "")
        line = Line(entry.line, Kind.INVALID, entry.number, title)
        if offer is not None:
            line = replace(line, offer_id=offer.offer_id, offer_version=offer.version)
        if entry.problems:
            return replace(line, problems=entry.problems)
        if entry.delisted:
            # What was never on the market, or is no longer, cannot be taken from it.
            return replace(line, kind=Kind.DELISTED if offer else Kind.UNCHANGED)
        try:
            terms = self._terms(current)
        except InvalidError as error:
            return replace(line, problems=(self._problem(error),))
        changes = _changes(current, terms)
        kind = Kind.NEW if offer is None else Kind.CHANGED if changes else Kind.UNCHANGED
        return replace(
            line, kind=kind, title=terms.title, terms=terms, changes=changes, from_defaults=tuple(self._from_defaults)
        )

    def _terms(self, current: Terms | None) -> Terms:
        entry = self._entry
        values: dict[str, Any] = {**(entry.fields or {}), "title": entry.title, "category": entry.category}
        for name in ("title", *_NEEDED, "where", "place", "travel_km"):
            if values.get(name) is None:
                values[name] = self._elsewhere(name, current)
        values["place"] = values["place"] or self._catalogue.home
        values["where"] = Where(values["where"] or Where.SUPPLIER)
        if values["where"] is Where.SUPPLIER:
            values["travel_km"] = None
        for name in ("title", *_NEEDED):
            if values[name] is None:
                raise InvalidError(name, "is given neither by the file nor otherwise", f"a column or a default {name}")
        values["tiers"] = self._tiers(current, values["min_group"])
        return replace(current, **values) if current is not None else Terms(**values)

    def _elsewhere(self, name: str, current: Terms | None) -> Any:
        """Return what the offer has or what was given with the file; the offer's own word counts first."""
        if current is not None:
            return getattr(current, name)
        given = getattr(self._defaults, name, None)
        if given is not None:
            self._from_defaults.append(name)
        return given

    def _tiers(self, current: Terms | None, min_group: int) -> tuple[Tier, ...]:
        entry = self._entry
        if entry.price is None:
            raise InvalidError("price", "is missing", "a price")
        if not self._header.format.has_tiers and current is not None and len(current.tiers) > 1:
            if current.tiers[0].price == entry.price:
                return current.tiers
            tiers = len(current.tiers)
            raise InvalidError(
                "price", f"changes, and the offer has {tiers} tiers that this list cannot name", "our own template"
            )
        return (Tier(min_group, entry.price), *(Tier(seats, price) for seats, price in sorted(entry.scales)))

    def _problem(self, error: InvalidError) -> Problem:
        first = error.detail["errors"][0]
        return Problem(self._column(first["field"]), first["problem"], first["expected"])

    def _column(self, field: str) -> str:
        """Return the column that a part of the terms was read from."""
        parts = field.split(".")
        if parts[0] != "tiers" or len(parts) < 2:
            return self._header.name_of(parts[0])
        number = int(parts[1])
        if number == 0:
            return self._header.name_of("price")
        what = "seats" if parts[2:3] == ["seats"] else "price"
        # Lists of one scale a line call each of them the same.
        names = self._header.format.columns
        return self._header.name_of(f"tier_{number}_{what}" if f"tier_{number}_{what}" in names else f"tier_1_{what}")


def _changes(before: Terms | None, after: Terms) -> tuple[Change, ...]:
    if before is None:
        return ()
    both = ((name, getattr(before, name), getattr(after, name)) for name in SHOWN)
    return tuple(Change(name, shown(old), shown(new)) for name, old, new in both if old != new)


def shown(value: Any) -> str:
    """Return a part of the terms as people read it in a preview."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"{tier.seats}: {_amount(tier.price)}" for tier in value)
    if isinstance(value, Place):
        return f"{value.lat}, {value.lon}"
    return str(value)


def _amount(money: Money) -> str:
    return f"{money.amount} {money.currency}"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
