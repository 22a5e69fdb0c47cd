"""How wires are read: tolerant of unknown fields, and naming the first field that is wrong."""

from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError

from services.kernel.errors import InvalidError

Request = dict[str, Any]


class Reader(Schema):
    """A reader that does not mind what it does not know."""

    class Meta:
        """Unknown fields are left alone."""

        unknown: ClassVar[str] = EXCLUDE


def read(reader: type[Reader], data: Any) -> dict[str, Any]:
    """Load ``data``; raise ``InvalidError`` naming the first field that is missing or of the wrong type."""
    try:
        return reader().load(data)
    except ValidationError as error:
        field, problem = _first(error.normalized_messages())
        raise InvalidError(field, f"is wrong: {problem}", "a value as the API describes it") from None


def _first(messages: dict[Any, Any], path: str = "") -> tuple[str, str]:
    key, value = next(iter(messages.items()))
    here = path if key == "_schema" else f"{path}.{key}".lstrip(".")
    return _first(value, here) if isinstance(value, dict) else (here or "data", str(value[0]))
