"""From lines of JSON to needs: every mistake names its line, its field, what is wrong and what would be right."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from services.chassis.errors import StartupError
from services.demand.domain.pooling.model import Need, Prices, Tier
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.quantity import require_count, require_number
from services.kernel.timespan import Timespan

FIELDS = ("id", "community", "text", "category", "people", "ceiling", "place", "radius_km", "windows", "minutes")
OPTIONAL = ("category", "ceiling", "locale", "persons")
MOST_KM = 20_100  # nobody is further away on the earth
MOST_MINUTES = 7 * 24 * 60


def read_needs(lines: Iterable[str]) -> Iterator[Need]:
    """Yield a need for each line that is not blank, its topic the category as given ("" for none).

    Raises ``StartupError`` at the first line that is no signal, or that says an id again.
    """
    known: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            need = _need(_object(line))
            if need.id in known:
                raise InvalidError("id", f"{need.id!r} is on line {known[need.id]} already", "an id of its own")
        except InvalidError as error:
            raise StartupError(f"line {number}: {error.message}") from None
        known[need.id] = number
        yield need


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise InvalidError("line", f"is no JSON ({error})", "one JSON object") from None
    if not isinstance(found, dict):
        raise InvalidError("line", "is no object", 'one JSON object, such as {"id": "s1", …}')
    for name in FIELDS:
        if name not in found and name not in OPTIONAL:
            raise InvalidError(name, "is missing", f"a signal with {', '.join(FIELDS)}")
    return found


def _need(said: dict[str, Any]) -> Need:
    minutes = require_count(said["minutes"], "minutes", most=MOST_MINUTES)
    people = require_count(said["people"], "people")
    return Need(
        id=_text(said, "id"),
        community=_text(said, "community"),
        topic="" if said.get("category") is None else _text(said, "category"),
        people=people,
        place=_place(said["place"]),
        radius_km=float(require_number(said["radius_km"], "radius_km", most=MOST_KM)),
        windows=_windows(said["windows"], minutes),
        minutes=minutes,
        ceiling=None if said.get("ceiling") is None else _money(said["ceiling"], "ceiling"),
        persons=_persons(said.get("persons"), people),
        text=_text(said, "text", empty=True),
        locale=_text(said, "locale") if said.get("locale") is not None else "zh",
    )


def _text(said: dict[str, Any], name: str, *, empty: bool = False) -> str:
    found = said[name]
    if not isinstance(found, str) or not (found.strip() or empty):
        raise InvalidError(name, f"{found!r} is no text", "a text")
    return found


def _place(said: Any) -> Place:
    if not isinstance(said, dict) or not {"lat", "lon"} <= said.keys():
        raise InvalidError("place", f"{said!r} is no place", '{"lat": degrees, "lon": degrees}')
    degrees = [
        require_number(said[name], f"place.{name}", least=-most, most=most)
        for name, most in (("lat", 90), ("lon", 180))
    ]
    return Place(*map(float, degrees))


def _windows(said: Any, minutes: int) -> tuple[Timespan, ...]:
    expected = "a list of [start, end] in RFC 3339"
    if not isinstance(said, list) or not said:
        raise InvalidError("windows", f"{said!r} is no list of windows", expected)
    found = []
    for index, one in enumerate(said):
        if not isinstance(one, list) or len(one) != 2:
            raise InvalidError(f"windows[{index}]", f"{one!r} is no window", expected)
        start, end = (parse_time(time, f"windows[{index}][{side}]") for side, time in enumerate(one))
        if end <= start:
            raise InvalidError(f"windows[{index}][1]", f"{one[1]} is not after the start", "an end after the start")
        found.append(Timespan(start, end))
    if max(window.length.total_seconds() for window in found) < minutes * 60:
        raise InvalidError("windows", f"are all shorter than {minutes} minutes", "one that is as long as the service")
    return tuple(sorted(set(found)))


def _money(said: Any, name: str) -> Money:
    if not isinstance(said, dict) or not {"amount", "currency"} <= said.keys():
        raise InvalidError(name, f"{said!r} is no money", '{"amount": "98.00", "currency": "CNY"}')
    amount = Money.parse(said["amount"], said["currency"], name)
    if amount.minor < 0:
        raise InvalidError(name, f"{said['amount']} is below zero", "an amount that is not negative")
    return amount


def _persons(said: Any, people: int) -> frozenset[str]:
    if said is None:
        return frozenset()
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said) or len(set(said)) > people:
        raise InvalidError("persons", f"{said!r} are no keys of persons", f"a list of at most {people} texts")
    return frozenset(said)


def read_prices(text: str, source: str) -> Prices:
    """Read ``{category: [{"seats": 10, "price": {"amount": "98.00", "currency": "CNY"}}, …]}``."""
    expected = 'expected {"category": [{"seats": 10, "price": {"amount": "98.00", "currency": "CNY"}}, …]}'
    try:
        said = json.loads(text)
    except ValueError:
        raise StartupError(f"{source} is no JSON; {expected}") from None
    try:
        return Prices({topic: [_tier(one) for one in tiers] for topic, tiers in said.items()})
    except InvalidError as error:
        raise StartupError(f"{source}: {error.message}") from None
    except (AttributeError, KeyError, TypeError):
        raise StartupError(f"{source} holds no prices; {expected}") from None


def _tier(said: dict[str, Any]) -> Tier:
    return Tier(require_count(said["seats"], "seats"), _money(said["price"], "price"))
