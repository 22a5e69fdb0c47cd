"""Schemas that read with the kernel's parsers and name each field that is wrong, why, and what would be right."""

import math
from collections.abc import Callable
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.ids import parse_id
from services.kernel.money import Money
from services.kernel.quantity import MAX_SEATS, require_count

Request = dict[str, Any]
Values = dict[str, Any]
Read = Callable[[Any], Any]


class Tolerant(Schema):
    """Ignores what it does not know, so that a newer writer can say more."""

    class Meta:
        """Nested schemas do not inherit the option in marshmallow; each of ours derives from this class."""

        unknown: ClassVar[str] = EXCLUDE


class Complaint(str):
    """What marshmallow carries for us from a field to ``load``."""

    expected: str

    @classmethod
    def about(cls, error: InvalidError) -> "Complaint":
        """Keep the problem and what was expected of a refusal."""
        first = error.detail["errors"][0]
        complaint = cls(first["problem"])
        complaint.expected = first["expected"]
        return complaint


class Value(fields.Field):
    """A field that is read by one of the functions below."""

    def __init__(self, read: Read, **options: Any) -> None:
        super().__init__(**options)
        self._read = read

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        try:
            return self._read(value)
        except InvalidError as error:
            raise ValidationError(Complaint.about(error)) from None


def needed(read: Read) -> Value:
    """Return a field that must be there."""
    return Value(read, required=True)


def optional(read: Read, default: Any = None) -> Value:
    """Return a field that may be left out or null."""
    return Value(read, load_default=default, allow_none=True)


def text(most: int, least: int = 1) -> Read:
    """Read a string of so many characters, without the blanks around it."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise InvalidError("", f"is {_kind(value)}", "a string")
        stripped = value.strip()
        if not least <= len(stripped) <= most:
            raise InvalidError("", f"has {len(stripped)} characters", f"{least} to {most} characters")
        # PostgreSQL stores no NUL, and a lone surrogate is no character at all.
        if "\0" in stripped or any("\ud800" <= sign <= "\udfff" for sign in stripped):
            raise InvalidError("", "holds a sign that is no text", "Unicode text")
        return stripped

    return read


def one_of(choices: Any) -> Read:
    """Read a member of a string enumeration."""

    def read(value: Any) -> Any:
        known = [str(choice) for choice in choices]
        if not isinstance(value, str) or value not in known:
            raise InvalidError("", f"{value!r} is not known", f"one of {', '.join(known)}")
        return choices(value)

    return read


def approval(value: Any) -> bool:
    """Read what a review decided."""
    if value not in ("approved", "rejected"):
        raise InvalidError("", f"{value!r} is not known", "approved or rejected")
    return bool(value == "approved")


def count(least: int = 1, most: int = MAX_SEATS) -> Read:
    """Read a whole number."""
    return lambda value: require_count(value, "", least=least, most=most)


def number(value: Any) -> float:
    """Read a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidError("", f"is {_kind(value)}", "a finite number")
    return float(value)


def hours(value: Any) -> float:
    """Read a number of hours; whole ones stay whole, so that they are shown as they were given."""
    read = number(value)
    return int(read) if read.is_integer() else read


def id_(value: Any) -> Any:
    """Read an id."""
    return parse_id(value, "")


def digest(value: Any) -> str:
    """Read a SHA-256 in hexadecimal digits."""
    found = text(64, 64)(value).lower()
    if any(sign not in "0123456789abcdef" for sign in found):
        raise InvalidError("", "holds a sign that is no hexadecimal digit", "the SHA-256 in 64 hexadecimal digits")
    return found


def time(value: Any) -> Any:
    """Read a time with its zone."""
    return parse_time(value, "")


def place(value: Any) -> Place:
    """Read ``{"lat", "lon"}``."""
    wire = _object(value, "lat", "lon")
    return Place(number(wire["lat"]), number(wire["lon"]))


def money(value: Any) -> Money:
    """Read ``{"amount", "currency"}``."""
    wire = _object(value, "amount", "currency")
    if not isinstance(wire["currency"], str):
        raise InvalidError("", "has no currency", "an ISO 4217 code such as CNY")
    return Money.from_wire(wire)


def many(schema: type[Schema], most: int, **options: Any) -> fields.Field:
    """Return a field that holds up to ``most`` objects of a schema."""

    def limit(value: list) -> None:
        if len(value) > most:
            raise ValidationError(Complaint.about(InvalidError("", f"has {len(value)} items", f"at most {most}")))

    return fields.List(fields.Nested(schema), validate=limit, **options)


def choices(value: Any) -> dict[str, Any]:
    """Read what is chosen of options, by their keys; what is possible the offer says."""
    if not isinstance(value, dict) or not all(isinstance(key, str) and len(key) <= 80 for key in value):
        raise InvalidError("", f"is {_kind(value)}", "an object with the keys of options")
    return value


def list_of(read: Read, most: int) -> Read:
    """Read a list of values."""

    def read_all(value: Any) -> tuple:
        if not isinstance(value, list) or len(value) > most:
            raise InvalidError("", f"is {_kind(value)}", f"a list of at most {most} items")
        return tuple(read(item) for item in value)

    return read_all


def _object(value: Any, *names: str) -> Values:
    if not isinstance(value, dict) or any(name not in value for name in names):
        raise InvalidError("", f"is {_kind(value)}", f"an object with {' and '.join(names)}")
    return value


def _kind(value: Any) -> str:
    return "missing" if value is None else f"{value!r}"[:80]


def load(schema: Schema, data: Any) -> Values:
    """Read ``data``; raise one ``InvalidError`` that lists every field that is wrong."""
    try:
        return schema.load(data)
    except ValidationError as error:
        complaints = [_complaint(path, message) for path, message in _leaves(error.messages, ())]
    invalid = InvalidError(**complaints[0])
    invalid.detail["errors"] = complaints
    raise invalid


def _leaves(messages: Any, path: tuple[str, ...]) -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        return [leaf for key, value in messages.items() for leaf in _leaves(value, (*path, str(key)))]
    if isinstance(messages, list):
        return [leaf for value in messages for leaf in _leaves(value, path)]
    return [(".".join(part for part in path if part != "_schema") or "data", messages)]


def _complaint(field: str, message: str) -> dict[str, str]:
    if isinstance(message, Complaint):
        return {"field": field, "problem": str(message), "expected": message.expected}
    if "required" in message:
        return {"field": field, "problem": "is missing", "expected": "a value"}
    return {"field": field, "problem": f"is wrong: {message}", "expected": "what the documentation of the API says"}
