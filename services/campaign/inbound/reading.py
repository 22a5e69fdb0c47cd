"""How values are read off a wire: each reader returns a value or raises ``InvalidError`` naming the field."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.money import Money
from services.kernel.quantity import require_count

MAX_HOURS = 366 * 24
Reader = Callable[[Any, str], Any]


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


an_id = partial(Read, parse_id)
optional: dict[str, Any] = {"load_default": None, "allow_none": True}


def load(schema: Schema, data: Any, field: str = "data") -> dict[str, Any]:
    """Return what ``schema`` reads of the object ``data``; ``field`` is how the object itself is called."""
    if not isinstance(data, dict):
        raise InvalidError(field, f"is a {type(data).__name__}", "a JSON object")
    within = "" if field == "data" else f"{field}."
    try:
        return schema.load(data)
    except InvalidError as error:
        raise _inside(error, within) from None
    except ValidationError as error:
        name, messages = next(iter(error.normalized_messages().items()))
        missing = "Missing data" in str(messages)
        raise InvalidError(f"{within}{name}", "is missing" if missing else "is null", "a value") from None


def _inside(error: InvalidError, within: str) -> InvalidError:
    first = error.detail["errors"][0]
    return InvalidError(f"{within}{first['field']}", first["problem"], first["expected"])


def one(schema: Schema) -> Reader:
    """Read an object with ``schema``."""
    return lambda value, field: load(schema, value, field)


def many(schema: Schema, most: int = 1000, *, least: int = 1) -> Reader:
    """Read a list of ``least`` to ``most`` objects with ``schema``."""

    def read(value: Any, field: str) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise InvalidError(field, "is not a possible list", f"a list of {least} to {most} objects")
        return [load(schema, item, f"{field}.{index}") for index, item in enumerate(value)]

    return read


def text(most: int) -> Reader:
    """Read a text of 1 to ``most`` characters without the white space around it."""
    expected = f"a text of 1 to {most} characters"

    def read(value: Any, field: str) -> str:
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= most:
            raise InvalidError(field, f"{value!r:.80} is not possible", expected)
        # PostgreSQL holds neither NUL nor half of a surrogate pair.
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise InvalidError(field, "holds characters that are no text", expected)
        return value.strip()

    return read


def one_of(*words: str) -> Reader:
    """Read one of ``words``."""

    def read(value: Any, field: str) -> str:
        if not isinstance(value, str) or value not in words:
            raise InvalidError(field, f"{value!r:.80} is not possible", f"one of {', '.join(words)}")
        return value

    return read


def count(value: Any, field: str) -> int:
    """Read a whole number from 0."""
    return require_count(value, field, least=0)


def whole(least: int, most: int) -> Reader:
    """Read a whole number from ``least`` to ``most``."""
    return lambda value, field: require_count(value, field, least=least, most=most)


def flag(value: Any, field: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise InvalidError(field, f"{value!r:.80} is not possible", "true or false")
    return value


def hours(value: Any, field: str) -> float:
    """Read a number of hours from 0 to a year, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_HOURS:
        raise InvalidError(field, f"{value!r:.80} is not possible", f"a number of hours from 0 to {MAX_HOURS}")
    return value


def money(value: Any, field: str) -> Money:
    """Read ``{"amount", "currency"}``, nothing or more."""
    expected = 'an amount and a currency, such as {"amount": "98.00", "currency": "CNY"}'
    if not isinstance(value, dict) or not isinstance(value.get("currency"), str):
        raise InvalidError(field, f"{value!r:.80} is not money", expected)
    found = Money.parse(value.get("amount", ""), value["currency"], field)
    if found.minor < 0:
        raise InvalidError(field, f"{found} is below zero", expected)
    return found
