"""The fields of all schemas: each knows what it expects, so that a refusal can say it.

A message reads ``<problem>; expected <what would be right>``; ``errors_of`` takes it apart again. Loading a field
returns the wire value, not a Python object: the gateway checks and passes on, the services interpret.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError

UUID_PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z"
is_uuid = re.compile(UUID_PATTERN).match
SEPARATOR = "; expected "
# Control characters other than tab and newline: they do harm in terminals and logs, and mean nothing in a text.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def messages(expected: str) -> dict[str, str]:
    """Return marshmallow's messages for a field that expects ``expected``."""
    wrong = {
        "required": "is missing",
        "null": "is null",
        "invalid": "is of the wrong type",
        "invalid_utf8": "is not UTF-8",
        "too_large": "is out of range",
        "special": "is out of range",
        "validator_failed": "is not possible",
    }
    return {key: f"{problem}{SEPARATOR}{expected}" for key, problem in wrong.items()}


def options_of(expected: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a field that expects ``expected``."""
    return {"error_messages": messages(expected), **options}


def whole(least: int, most: int, **options: Any) -> fields.Integer:
    """Return a field for whole numbers from ``least`` to ``most``; ``3.0``, ``"3"`` and ``true`` are not whole."""
    expected = f"a whole number from {least} to {most}"
    check = validate.Range(least, most, error=f"is out of range{SEPARATOR}{expected}")
    return fields.Integer(strict=True, validate=check, **options_of(expected, options))


class _Number(fields.Float):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


def real(least: float, most: float, **options: Any) -> fields.Float:
    """Return a field for numbers from ``least`` to ``most``."""
    expected = f"a number from {least:g} to {most:g}"
    check = validate.Range(least, most, error=f"is out of range{SEPARATOR}{expected}")
    return _Number(validate=check, **options_of(expected, options))


def string(most: int, *, least: int = 1, **options: Any) -> fields.String:
    """Return a field for a text of ``least`` to ``most`` characters that is not blank."""
    expected = f"a text of {least} to {most} characters"

    def check(value: str) -> None:
        if not least <= len(value) <= most or (least and not value.strip()):
            raise ValidationError(f"has {len(value.strip())} characters{SEPARATOR}{expected}")
        if _CONTROL.search(value):
            raise ValidationError(f"holds control characters{SEPARATOR}{expected}")

    # The length is said twice: our check has the better words, the library's is what the document is made from.
    length = validate.Length(least, most, error=f"has a wrong length{SEPARATOR}{expected}")
    return fields.String(validate=[check, length], **options_of(expected, options))


def pattern(regex: str, expected: str, **options: Any) -> fields.String:
    """Return a field for a text that looks like ``regex``."""
    check = validate.Regexp(regex, error=f"is not possible{SEPARATOR}{expected}")
    return fields.String(validate=check, **options_of(expected, options))


def choice(*values: str, **options: Any) -> fields.String:
    """Return a field for one of ``values``."""
    expected = f"one of {', '.join(values)}"
    check = validate.OneOf(values, error=f"is not one of the choices{SEPARATOR}{expected}")
    return fields.String(validate=check, **options_of(expected, options))


class Id(fields.String):
    """An id, in the usual form of a UUID; passed on in lower case."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not is_uuid(value):
            raise self.make_error("invalid")
        return value.lower()


def ident(**options: Any) -> Id:
    """Return a field for an id."""
    own = {**messages("a UUID"), "invalid": f"is not an id{SEPARATOR}a UUID"}
    return Id(error_messages=own, metadata={"format": "uuid"}, **options)


class Moment(fields.String):
    """An RFC 3339 time with its zone, between the years 2000 and 2200."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            time = parse_time(value, "")
        except InvalidError as error:
            problem = error.detail["errors"][0]["problem"].removeprefix(repr(value)).strip()
            raise ValidationError(f"{problem}{SEPARATOR}{_A_TIME}") from None
        if not 2000 <= time.year < 2200:
            raise ValidationError(f"is out of range{SEPARATOR}a year from 2000 to 2199")
        return value


_A_TIME = "an RFC 3339 time with a zone, such as 2026-05-18T10:00:00+08:00"


def moment(**options: Any) -> Moment:
    """Return a field for a time."""
    return Moment(metadata={"format": "date-time"}, **options_of(_A_TIME, options))


def flag(**options: Any) -> fields.Boolean:
    """Return a field for true or false."""
    return fields.Boolean(truthy={True}, falsy={False}, **options_of("true or false", options))


def nested(schema: type[Schema], **options: Any) -> fields.Nested:
    """Return a field for an object."""
    return fields.Nested(schema, **options_of("an object", options))


def many(item: fields.Field, least: int, most: int, **options: Any) -> fields.List:
    """Return a field for a list of ``least`` to ``most`` items."""
    expected = f"a list of {least} to {most} items"
    check = validate.Length(least, most, error=f"has a wrong number of items{SEPARATOR}{expected}")
    return fields.List(item, validate=check, **options_of(expected, options))


def errors_of(messages: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Turn what marshmallow says into ``{"field", "problem", "expected"}``, one for each message."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            # "_schema" is about the object itself, not about a field of it.
            yield from errors_of(inner, path if key == "_schema" else f"{path}.{key}".lstrip("."))
        return
    for message in messages:
        if isinstance(message, Mapping):
            yield from errors_of(message, path)
            continue
        problem, _, expected = str(message).partition(SEPARATOR)
        yield {"field": path or "body", "problem": problem, "expected": expected}
