"""A round as JSON, both ways. ASSIGNMENT.md shows the form; a mistake names the field and what would be right."""

from collections.abc import Mapping
from typing import Any

from services.kernel.errors import InvalidError
from services.kernel.geo import Area, Place
from services.kernel.money import Money
from services.kernel.quantity import require_count, require_number
from services.kernel.timespan import Timespan
from services.supplier.domain.assignment.model import (
    Limit,
    OfferCard,
    PoolCard,
    Problem,
    SlotCard,
    Tier,
)

MOST_KM = 20_100  # nobody is further away on the earth
MOST_MINUTES = 14 * 24 * 60


def problem_from_wire(wire: Any) -> Problem:
    """Read a round; raise ``InvalidError`` that names the field of what is wrong, as ``pools[3].people``."""
    wire = _object(wire, "round")
    currencies: set[str] = set()
    pools = tuple(_each(wire, "pools", lambda one: _pool(one, currencies)))
    offers = tuple(_each(wire, "offers", lambda one: _offer(one, currencies)))
    if len(currencies) > 1:
        raise InvalidError("currency", f"is {' and '.join(sorted(currencies))}", "one currency in a round")
    limits = {
        grade: Limit(_maybe_count(one, "pools", least=0), _maybe_count(one, "people"))
        for grade, one in _object(wire.get("limits") or {}, "limits").items()
    }
    return Problem(pools, offers, next(iter(currencies), "CNY"), limits)


def _each(wire: Mapping[str, Any], name: str, read: Any) -> list[Any]:
    found = wire.get(name)
    if not isinstance(found, list):
        raise InvalidError(name, "is missing" if found is None else "is no list", "a list")
    made = []
    for index, one in enumerate(found):
        try:
            made.append(read(_object(one, f"[{index}]")))
        except InvalidError as error:
            raise error.within(f"{name}[{index}]") from None
    return made


def _pool(wire: Mapping[str, Any], currencies: set[str]) -> PoolCard:
    radius = require_number(_need(wire, "radius_km"), "radius_km", most=MOST_KM)
    people = _object(_need(wire, "people"), "people")
    return PoolCard(
        _text(wire, "id"),
        _text(wire, "category"),
        {str(name): require_count(count, f"people.{name}") for name, count in people.items()},
        Area(_place(wire), float(radius)),
        tuple(sorted(_span(one, f"windows[{i}]") for i, one in enumerate(_list(wire, "windows")))),
        require_count(_need(wire, "minutes"), "minutes", most=MOST_MINUTES),
        None if wire.get("ceiling") is None else _money(wire["ceiling"], "ceiling", currencies),
        _names(wire, "offers"),
        _names(wire, "grades"),
    )


def _offer(wire: Mapping[str, Any], currencies: set[str]) -> OfferCard:
    travel = wire.get("travel_km")
    tiers = tuple(
        Tier(
            require_count(_need(_object(one, f"tiers[{i}]"), "seats"), f"tiers[{i}].seats"),
            _money(_need(one, "price"), f"tiers[{i}].price", currencies),
        )
        for i, one in enumerate(_list(wire, "tiers"))
    )
    return OfferCard(
        id=_text(wire, "id"),
        supplier=_text(wire, "supplier"),
        category=_text(wire, "category"),
        tiers=tiers,
        min_group=require_count(_need(wire, "min_group"), "min_group"),
        max_group=require_count(_need(wire, "max_group"), "max_group"),
        place=_place(wire),
        slots=tuple(_each(wire, "slots", _slot)),
        travel_km=None if travel is None else float(require_number(travel, "travel_km", most=MOST_KM)),
        grade=_text(wire, "grade") if wire.get("grade") is not None else "probation",
        communities=_names(wire, "communities"),
        joint=bool(wire.get("joint", True)),
        resource=_text(wire, "resource") if wire.get("resource") is not None else None,
    )


def _slot(wire: Mapping[str, Any]) -> SlotCard:
    return SlotCard(
        _text(wire, "id"),
        _span([_need(wire, "start"), _need(wire, "end")], "span"),
        require_count(_need(wire, "capacity"), "capacity", least=0),
        _maybe_count(wire, "before", least=0) or 0,
        _maybe_count(wire, "after", least=0) or 0,
    )


def _object(wire: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(wire, dict):
        raise InvalidError(name, f"{str(wire)[:40]!r} is no object", "a JSON object")
    return wire


def _need(wire: Mapping[str, Any], name: str) -> Any:
    if wire.get(name) is None:
        raise InvalidError(name, "is missing", "a value")
    return wire[name]


def _text(wire: Mapping[str, Any], name: str) -> str:
    found = _need(wire, name)
    if not isinstance(found, str) or not found.strip():
        raise InvalidError(name, f"{found!r} is no text", "a text")
    return found


def _list(wire: Mapping[str, Any], name: str) -> list[Any]:
    found = _need(wire, name)
    if not isinstance(found, list):
        raise InvalidError(name, f"{str(found)[:40]!r} is no list", "a list")
    return found


def _names(wire: Mapping[str, Any], name: str) -> frozenset[str] | None:
    if wire.get(name) is None:
        return None
    if not all(isinstance(one, str) for one in _list(wire, name)):
        raise InvalidError(name, f"{str(wire[name])[:40]!r} holds what is no text", "a list of texts")
    return frozenset(wire[name])


def _maybe_count(wire: Mapping[str, Any], name: str, least: int = 1) -> int | None:
    return None if wire.get(name) is None else require_count(wire[name], name, least=least)


def _place(wire: Mapping[str, Any]) -> Place:
    found = _object(_need(wire, "place"), "place")
    lat, lon = (
        require_number(found.get(name), f"place.{name}", least=-most, most=most)
        for name, most in (("lat", 90), ("lon", 180))
    )
    return Place(float(lat), float(lon))


def _span(wire: Any, name: str) -> Timespan:
    if not isinstance(wire, list) or len(wire) != 2:
        raise InvalidError(name, f"{str(wire)[:40]!r} is no window", "[start, end] in RFC 3339")
    return Timespan.from_wire({"start": wire[0], "end": wire[1]}, name)


def _money(wire: Any, name: str, currencies: set[str]) -> int:
    if not isinstance(wire, dict) or not {"amount", "currency"} <= wire.keys():
        raise InvalidError(name, f"{str(wire)[:40]!r} is no money", '{"amount": "98.00", "currency": "CNY"}')
    found = Money.parse(wire["amount"], wire["currency"], name)
    if found.minor < 0:
        raise InvalidError(name, f"{wire['amount']} is below zero", "an amount that is not negative")
    currencies.add(found.currency)
    return found.minor


def problem_to_wire(problem: Problem) -> dict[str, Any]:
    """Write a round as ``problem_from_wire`` reads it."""

    def money(minor: int | None) -> dict[str, str] | None:
        return None if minor is None else Money(minor, problem.currency).to_wire()

    return {
        "pools": [_pool_to_wire(pool, money(pool.ceiling)) for pool in problem.pools],
        "offers": [
            {**_offer_to_wire(offer), "tiers": [{"seats": t.seats, "price": money(t.price)} for t in offer.tiers]}
            for offer in problem.offers
        ],
        "limits": {grade: {"pools": one.pools, "people": one.people} for grade, one in problem.limits.items()},
    }


def _pool_to_wire(pool: PoolCard, ceiling: Any) -> dict[str, Any]:
    return {
        "id": pool.id,
        "category": pool.category,
        "people": dict(pool.people),
        "place": pool.area.centre.to_wire(),
        "radius_km": pool.area.radius_km,
        "windows": [list(window.to_wire().values()) for window in pool.windows],
        "minutes": pool.minutes,
        "ceiling": ceiling,
        "offers": None if pool.offers is None else sorted(pool.offers),
        "grades": None if pool.grades is None else sorted(pool.grades),
    }


def _offer_to_wire(offer: OfferCard) -> dict[str, Any]:
    return {
        "id": offer.id,
        "supplier": offer.supplier,
        "category": offer.category,
        "min_group": offer.min_group,
        "max_group": offer.max_group,
        "place": offer.place.to_wire(),
        "travel_km": offer.travel_km,
        "grade": offer.grade,
        "communities": None if offer.communities is None else sorted(offer.communities),
        "joint": offer.joint,
        "resource": offer.resource,
        "slots": [
            {"id": s.id, **s.span.to_wire(), "capacity": s.capacity, "before": s.before, "after": s.after}
            for s in offer.slots
        ],
    }
