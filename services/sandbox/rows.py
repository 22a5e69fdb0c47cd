"""How values are kept: as JSON, with times as microseconds where they are compared."""

import json
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from services.kernel.clock import format_time, parse_time
from services.sandbox.model import Part

Value = TypeVar("Value")
# Months of a Chinese provider are months in China.
CHINA = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(time: datetime) -> int:
    """Return a time as a number that sorts."""
    return (time - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    """Return the time of such a number."""
    return EPOCH + value * MICROSECOND


def month_of(time: datetime, currency: str) -> str:
    """Return the month in which money was received, for its limit."""
    return f"{time.astimezone(CHINA):%Y-%m} {currency}"


def to_json(value: Any) -> str:
    """Return a frozen dataclass as JSON."""
    return json.dumps(asdict(value), default=format_time, separators=(",", ":"))


def from_json(kind: type[Value], text: str) -> Value:
    """Return the dataclass of such JSON."""
    return _build(kind, json.loads(text))


def _build(kind: type[Value], document: dict[str, Any]) -> Value:
    readers = _readers(kind)
    return kind(**{name: readers[name](value) for name, value in document.items() if name in readers})


@cache
def _readers(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> Any:
    """Return the function that reads a value of a type: times, enumerations, parts; all others are as they are."""
    kinds = get_args(hint) or (hint,)
    if datetime in kinds:
        return lambda value: None if value is None else parse_time(value, "time")
    if Part in kinds:
        return lambda value: tuple(_build(Part, part) for part in value)
    return kinds[0] if isinstance(kinds[0], type) and issubclass(kinds[0], str) and kinds[0] is not str else _same


def _same(value: Any) -> Any:
    return value
