"""What all schemas share: strict objects, places, windows, money, pages."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from gateway.schemas.fields import SEPARATOR, choice, messages, moment, options_of, real, string
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.money import EXPONENTS, Money

MAX_PEOPLE = 100_000
MAX_SEATS = 100_000


class Strict(Schema):
    """A JSON object in which every field is known."""

    class Meta:
        """Unknown fields are refused, because a misspelt field would otherwise be a default in silence."""

        unknown = RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        known = ", ".join(sorted(self.fields)) or "no fields"
        self.error_messages = {
            **self.error_messages,
            "unknown": f"is not known here{SEPARATOR}only {known}",
            "type": f"is not an object{SEPARATOR}an object",
        }


class Body(Strict):
    """The body of a request."""


class Query(Strict):
    """The query of a request."""


class Answer(Strict):
    """The body of an answer. It may grow: the document does not promise that there are no other fields."""


class Change(Body):
    """The body of a PATCH: what is not given stays."""

    @validates_schema
    def _something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError(f"is empty{SEPARATOR}at least one of {', '.join(sorted(self.fields))}")


class Nothing(Body):
    """An empty object."""


class FileView(Answer):
    """A file as JSON, for who asks for ``application/json``; anybody else gets its bytes."""

    name = string(200, required=True)
    base64 = fields.String(required=True)


class PlaceSchema(Strict):
    """A point: degrees of latitude and longitude (WGS 84)."""

    lat = real(-90, 90, required=True)
    lon = real(-180, 180, required=True)


class WindowSchema(Strict):
    """From start (included) to end (excluded)."""

    start = moment(required=True)
    end = moment(required=True)

    @validates_schema
    def _in_order(self, data: Mapping[str, str], **_: Any) -> None:
        if {"start", "end"} <= data.keys() and parse_time(data["end"], "end") <= parse_time(data["start"], "start"):
            raise ValidationError(f"is not after the start{SEPARATOR}an end after the start", "end")


class MoneySchema(Strict):
    """An amount as a decimal string, and its currency (ISO 4217)."""

    amount = fields.String(
        required=True,
        validate=validate.Regexp(
            r"^-?\d{1,13}(\.\d{1,2})?$", error=f'is not an amount{SEPARATOR}a decimal string such as "98.00"'
        ),
        error_messages=messages('a decimal string such as "98.00"'),
    )
    currency = choice(*EXPONENTS, required=True)


class PriceSchema(MoneySchema):
    """More than nothing, with no more places than the currency has."""

    @validates_schema
    def _exact_and_positive(self, data: Mapping[str, str], **_: Any) -> None:
        if not {"amount", "currency"} <= data.keys():
            return
        try:
            money = Money.from_wire(dict(data))
        except InvalidError as error:
            wrong = error.detail["errors"][0]
            raise ValidationError(f"{wrong['problem']}{SEPARATOR}{wrong['expected']}", "amount") from None
        if money.minor <= 0:
            raise ValidationError(f"is not more than zero{SEPARATOR}an amount above zero", "amount")


class SentenceSchema(Answer):
    """A sentence for people, in Chinese and in English."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class _Limit(fields.Integer):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", str(value)):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class PageQuery(Query):
    """Which page of a list."""

    limit = _Limit(
        validate=validate.Range(1, 100, error=f"is out of range{SEPARATOR}a whole number from 1 to 100"),
        **options_of("a whole number from 1 to 100", {}),
    )
    cursor = string(512)


def page_of(item: type[Schema]) -> type[Answer]:
    """Return the schema of a page of ``item``."""
    name = item.__name__.removesuffix("View") + "Page"
    members = {
        "items": fields.List(fields.Nested(item), required=True),
        "next_cursor": fields.String(required=True, allow_none=True),
        "__doc__": "A page, and the cursor of the next one; null on the last.",
    }
    return type(name, (Answer,), members)
