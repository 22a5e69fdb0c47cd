"""How values are read off a wire: each reader returns a value or raises ``InvalidError`` naming the field."""

import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.demand.domain.signals import MAX_WINDOWS, united
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.money import EXPONENTS, Money
from services.kernel.timespan import Timespan

MAX_ANSWERS = 30

Value = TypeVar("Value")
Reader = Callable[[Any, str], Value]


class Tolerant(Schema):
    """A schema that ignores what it does not know, so that others may add fields."""

    class Meta:
        """What marshmallow is told."""

        unknown = EXCLUDE


class Read(fields.Field):
    """A field read by a plain function ``reader(value, field)``."""

    def __init__(self, reader: Reader, **options: Any) -> None:
        super().__init__(**options)
        self._reader = reader

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        return self._reader(value, attr or "")


def load(schema: Schema, data: Any, *, partial: bool = False) -> dict[str, Any]:
    """Return what ``schema`` reads of ``data``; raise ``InvalidError`` naming the first field that is wrong."""
    if not isinstance(data, dict):
        raise InvalidError("data", f"is a {type(data).__name__}", "a JSON object")
    try:
        return schema.load(data, partial=partial)
    except ValidationError as error:
        field, messages = next(iter(error.normalized_messages().items()))
        missing = "Missing data" in str(messages)
        raise InvalidError(field, "is missing" if missing else "is null or no value", "a value") from None


def text(least: int, most: int) -> Reader[str]:
    """Read a text of ``least`` to ``most`` characters without the white space around it."""
    expected = f"a text of {least} to {most} characters"

    def read(value: Any, field: str) -> str:
        if not isinstance(value, str):
            raise InvalidError(field, f"is a {type(value).__name__}", expected)
        stripped = value.strip()
        if not least <= len(stripped) <= most:
            raise InvalidError(field, f"has {len(stripped)} characters", expected)
        # PostgreSQL holds neither NUL nor half of a surrogate pair.
        if "\x00" in stripped or any("\ud800" <= letter <= "\udfff" for letter in stripped):
            raise InvalidError(field, "holds characters that are no text", expected)
        return stripped

    return read


def one_of(words: type[StrEnum]) -> Reader[Any]:
    """Read one of the words of an enumeration."""

    def read(value: Any, field: str) -> Any:
        try:
            return words(value)
        except ValueError:
            raise InvalidError(field, f"{value!r} is not possible", f"one of {', '.join(words)}") from None

    return read


def list_of_words(words: type[StrEnum]) -> Reader[tuple]:
    """Read a list of one or more different words, as a tuple in the order of the enumeration."""
    word = one_of(words)

    def read(value: Any, field: str) -> tuple:
        if not isinstance(value, list) or not value:
            raise InvalidError(field, f"{value!r} is not possible", f"a list of {', '.join(words)}")
        found = {word(one, f"{field}.{index}") for index, one in enumerate(value)}
        return tuple(one for one in words if one in found)

    return read


def number(value: Any, field: str) -> float:
    """Read a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidError(field, f"{value!r} is not a number", "a finite number")
    return float(value)


def list_of(item: Reader[Value], most: int) -> Reader[tuple[Value, ...]]:
    """Read a list of up to ``most`` items."""

    def read(value: Any, field: str) -> tuple[Value, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise InvalidError(field, "is no possible list", f"a list of at most {most} items")
        return tuple(item(one, f"{field}.{index}") for index, one in enumerate(value))

    return read


def flag(value: Any, field: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise InvalidError(field, f"{value!r} is neither", "true or false")
    return value


def answers(value: Any, field: str) -> dict[str, Any]:
    """Read answers by the keys of questions; what they may be, the form says."""
    if not isinstance(value, dict) or len(value) > MAX_ANSWERS:
        raise InvalidError(field, "is no possible object", f"an object of at most {MAX_ANSWERS} answers")
    for key, one in value.items():
        if not isinstance(one, str | int | float | bool):
            raise InvalidError(f"{field}.{key}", f"is a {type(one).__name__}", "a text, a number, true or false")
    return value


def place(value: Any, field: str) -> Place:
    """Read ``{"lat", "lon"}``."""
    members = _members(value, field, ("lat", "lon"), "degrees of latitude and longitude")
    lat, lon = (number(member, f"{field}.{name}") for name, member in zip(("lat", "lon"), members, strict=True))
    try:
        return Place(lat, lon)
    except InvalidError as error:
        raise _within(error, field) from None


def money(value: Any, field: str) -> Money:
    """Read ``{"amount", "currency"}``, more than nothing."""
    amount, currency = _members(value, field, ("amount", "currency"), "an amount and a currency")
    if not isinstance(currency, str) or currency not in EXPONENTS:
        raise InvalidError(f"{field}.currency", f"{currency!r} is not supported", f"one of {', '.join(EXPONENTS)}")
    found = Money.parse(amount, currency, f"{field}.amount")
    if found.minor <= 0:
        raise InvalidError(f"{field}.amount", f"{amount!r} is not possible", "more than nothing")
    return found


def windows(value: Any, field: str) -> tuple[Timespan, ...]:
    """Read a list of ``{"start", "end"}``; windows that overlap or touch become one."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_WINDOWS:
        raise InvalidError(field, "is not a possible list", f"1 to {MAX_WINDOWS} windows")
    return united(_window(one, f"{field}.{index}") for index, one in enumerate(value))


def _window(value: Any, field: str) -> Timespan:
    _members(value, field, ("start", "end"), "a start and an end")
    return Timespan.from_wire(value, field)


def _members(value: Any, field: str, names: tuple[str, str], expected: str) -> list[Any]:
    if not isinstance(value, dict):
        raise InvalidError(field, f"{value!r} is not an object", f"an object with {expected}")
    for name in names:
        if name not in value:
            raise InvalidError(f"{field}.{name}", "is missing", expected)
    return [value[name] for name in names]


def _within(error: InvalidError, field: str) -> InvalidError:
    first = error.detail["errors"][0]
    name = first["field"].rpartition(".")[2]
    return InvalidError(f"{field}.{name}", first["problem"], first["expected"])


def version(if_match: str | None) -> int | None:
    """Read the ``if_match`` of a request; None and ``*`` stand for whatever version there is."""
    if if_match is None or if_match == "*":
        return None
    digits = str(if_match).removeprefix("W/").strip('"')
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise InvalidError("if_match", f"{if_match!r} is not a version", "the version that was read, such as 3")
    return int(digits)
