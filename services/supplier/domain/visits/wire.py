"""Days and plans as JSON: of files, of requests, and of what goes to the solver's process. VISITS.md has the fields."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.timespan import Timespan
from services.supplier.domain.visits.model import Break, Crew, Day, Home, Plan, Stop, Tour, Travel, Why

Wire = dict[str, Any]

MOST_HOMES, MOST_CREWS, MOST_WINDOWS = 500, 50, 6
LONGEST_VISIT = 12 * 60  # minutes
TALLEST = 200
TEXT = 200
NOTES = 500


def day_of(wire: Any) -> Day:
    """Read ``{"homes", "crews", "travel"}``; raise ``InvalidError`` that names the field."""
    data = _object(wire, "")
    homes = _many(data.get("homes"), "homes", home_of, 1, MOST_HOMES)
    crews = _many(data.get("crews"), "crews", crew_of, 1, MOST_CREWS)
    _unlike([home.home_id for home in homes], "homes", "id")
    _unlike([crew.crew_id for crew in crews], "crews", "id")
    return Day(homes, crews, travel_of(data.get("travel") or {}, "travel"))


def home_of(wire: Any, where: str) -> Home:
    """Read a home."""
    data = _object(wire, where)
    return Home(
        home_id=_text(data, "id", where, TEXT, least=1),
        place=_place(data.get("place"), f"{where}.place"),
        minutes=_whole(data, "minutes", where, 1, LONGEST_VISIT),
        building=_text(data, "building", where, TEXT),
        floor=_whole(data, "floor", where, -TALLEST, TALLEST, 0),
        room=_text(data, "room", where, TEXT),
        lift=_flag(data, "lift", where),
        windows=_many(data.get("windows") or [], f"{where}.windows", _span, 0, MOST_WINDOWS),
        promised=_span(data["promised"], f"{where}.promised") if data.get("promised") else None,
        load=_whole(data, "load", where, 0, 1_000_000, 0),
        label=_text(data, "label", where, TEXT),
        notes=_text(data, "notes", where, NOTES),
        contact=_text(data, "contact", where, TEXT),
    )


def crew_of(wire: Any, where: str) -> Crew:
    """Read a crew."""
    data = _object(wire, where)
    crew_id = _text(data, "id", where, TEXT, least=1)
    shift = _span(data.get("shift"), f"{where}.shift")
    rest = _rest(data["break"], f"{where}.break") if data.get("break") else None
    if rest is not None and not shift.contains(rest.window):
        raise InvalidError(f"{where}.break", "does not lie in the shift", "a window within it")
    return Crew(
        crew_id=crew_id,
        name=_text(data, "name", where, TEXT) or crew_id,
        start=_place(data.get("start"), f"{where}.start"),
        end=_place(data["end"], f"{where}.end") if data.get("end") else None,
        shift=shift,
        capacity=_whole(data, "capacity", where, 0, 10_000_000) if data.get("capacity") is not None else None,
        rest=rest,
    )


def _rest(wire: Any, where: str) -> Break:
    data = _object(wire, where)
    place = _place(data["place"], f"{where}.place") if data.get("place") else None
    return Break(_span(data, where), _whole(data, "minutes", where, 1, LONGEST_VISIT), place)


def travel_of(wire: Any, where: str) -> Travel:
    """Read how long ways take; what is not given is as usual."""
    data, limits = _object(wire, where), {"detour": (1, 10), "speed_kmh": (0.5, 150)}
    known = [field.name for field in fields(Travel)]
    for name in data:
        if name not in known:
            raise InvalidError(f"{where}.{name}", "is not known here", f"only {', '.join(known)}")
    return Travel(**{name: _number(data[name], f"{where}.{name}", *limits.get(name, (0, 120))) for name in data})


def day_wire(day: Day, *, personal: bool = True) -> Wire:
    """Write a day; without what is ``personal`` it is what the solver needs."""
    return {
        "homes": [home_wire(home, personal=personal) for home in day.homes],
        "crews": [crew_wire(crew) for crew in day.crews],
        "travel": travel_wire(day.travel),
    }


def travel_wire(travel: Travel) -> Wire:
    """Write how long ways take."""
    return {field.name: getattr(travel, field.name) for field in fields(Travel)}


def home_wire(home: Home, *, personal: bool = True) -> Wire:
    """Write a home."""
    wire = {
        "id": home.home_id,
        "place": home.place.to_wire(),
        "minutes": home.minutes,
        "building": home.building,
        "floor": home.floor,
        "lift": home.lift,
        "windows": [window.to_wire() for window in home.windows],
        "promised": home.promised.to_wire() if home.promised else None,
        "load": home.load,
    }
    return wire | ({name: getattr(home, name) for name in ("room", "label", "notes", "contact")} if personal else {})


def crew_wire(crew: Crew) -> Wire:
    """Write a crew."""
    rest = crew.rest
    place = {"place": rest.place.to_wire() if rest and rest.place else None}
    return {
        "id": crew.crew_id,
        "name": crew.name,
        "start": crew.start.to_wire(),
        "end": crew.end.to_wire() if crew.end else None,
        "shift": crew.shift.to_wire(),
        "capacity": crew.capacity,
        "break": {**rest.window.to_wire(), "minutes": rest.minutes, **place} if rest else None,
    }


def plan_wire(plan: Plan) -> Wire:
    """Write a plan: homes by their ids only."""
    return {
        "tours": [
            {
                "crew": tour.crew_id,
                **tour.span.to_wire(),
                "metres": tour.metres,
                "stops": [
                    {"home": stop.home_id, **stop.span.to_wire(), "metres": stop.travel_metres} for stop in tour.stops
                ],
            }
            for tour in plan.tours
        ],
        "left_out": {home_id: str(why) for home_id, why in plan.left_out.items()},
    }


def plan_of(wire: Any) -> Plan:
    """Read a plan."""
    data = _object(wire, "plan")
    tours = _many(data.get("tours"), "plan.tours", _tour, 0, MOST_CREWS)
    left = {str(home_id): Why(why) for home_id, why in _object(data.get("left_out") or {}, "plan.left_out").items()}
    return Plan(tours, left)


def _tour(wire: Any, where: str) -> Tour:
    data = _object(wire, where)
    stops = _many(data.get("stops"), f"{where}.stops", _stop, 0, 2 * MOST_HOMES)
    return Tour(_text(data, "crew", where, TEXT, least=1), _span(data, where), int(data.get("metres", 0)), stops)


def _stop(wire: Any, where: str) -> Stop:
    data = _object(wire, where)
    return Stop(data.get("home"), _span(data, where), int(data.get("metres", 0)))


def _many(value: Any, where: str, read: Callable[[Any, str], Any], least: int, most: int) -> tuple:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise InvalidError(where, _what(value), f"a list of {least} to {most} items")
    return tuple(read(item, f"{where}.{at}") for at, item in enumerate(value))


def _unlike(names: Sequence[str], where: str, field: str) -> None:
    seen: set[str] = set()
    for at, name in enumerate(names):
        if name in seen:
            raise InvalidError(f"{where}.{at}.{field}", f"{name!r} is given twice", "an id of its own for each")
        seen.add(name)


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidError(where or "the file", _what(value), "an object")
    return value


def _place(value: Any, where: str) -> Place:
    data = _object(value, where)
    return Place(*(_number(data.get(name), f"{where}.{name}", -limit, limit) for name, limit in _DEGREES))


_DEGREES = (("lat", 90), ("lon", 180))


def _span(value: Any, where: str) -> Timespan:
    data = _object(value, where)
    for name in ("start", "end"):
        if name not in data:
            raise InvalidError(f"{where}.{name}", "is missing", "a time such as 2026-05-18T10:00:00+08:00")
    return Timespan.from_wire(data, where)  # type: ignore[arg-type]


def _whole(data: Mapping[str, Any], name: str, where: str, least: int, most: int, usual: int | None = None) -> int:
    value = data.get(name)
    if value is None and usual is not None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidError(f"{where}.{name}", _what(value), f"a whole number from {least} to {most}")
    return value


def _number(value: Any, where: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidError(where, _what(value), f"a number from {least:g} to {most:g}")
    if not least <= value <= most:
        raise InvalidError(where, _what(value), f"a number from {least:g} to {most:g}")
    return float(value)


def _text(data: Mapping[str, Any], name: str, where: str, most: int, *, least: int = 0) -> str:
    value = "" if data.get(name) is None else data[name]
    # A room may come as a number from a spreadsheet.
    value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(value, str) or not least <= len(value.strip()) <= most:
        raise InvalidError(f"{where}.{name}", _what(data.get(name)), f"a text of {least} to {most} characters")
    return value.strip()


def _flag(data: Mapping[str, Any], name: str, where: str) -> bool:
    value = data.get(name, True)
    if not isinstance(value, bool):
        raise InvalidError(f"{where}.{name}", _what(value), "true or false")
    return value


def _what(value: Any) -> str:
    return "is missing" if value is None else f"is {str(value)[:60]!r}"
