"""From the bytes of a request to what is asked; whatever is wrong with it is named, field by field."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range, Regexp

from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.money import EXPONENTS, MAX_MINOR
from services.sandbox.refusals import Malformed

NUMBER = r"[0-9A-Za-z_\-|*@]{1,64}"
RECEIVER = r"(merchant|personal):[0-9A-Za-z_.:@\-]{1,64}"


def sentences(messages: Mapping[str | int, Any], above: str = "") -> Iterator[str]:
    """Yield ``field problem`` for each error that marshmallow found."""
    for name, found in messages.items():
        place = above if name in ("_schema", "value") else f"{above}.{name}".lstrip(".")
        if isinstance(found, Mapping):
            yield from sentences(found, place)
        else:
            yield from (f"{place} {_TEXTS.get(each, each)}" for each in found)


_TEXTS = {
    "Missing data for required field.": "is missing",
    "Unknown field.": "is not known here",
    "Not a valid string.": "is not a text",
    "Not a valid integer.": "is not a whole number",
    "Not a valid number.": "is not a number",
    "Not a valid list.": "is not a list",
    "Invalid input type.": "is not an object",
    "Field may not be null.": "is null",
}


class _Time(fields.Field):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        try:
            return parse_time(value, attr or "time")
        except InvalidError as error:
            wrong = error.detail["errors"][0]
            raise ValidationError(f"{wrong['problem']}; expected {wrong['expected']}") from None


def _number() -> fields.String:
    wrong = Regexp(rf"{NUMBER}\Z", error="is {input!r}; expected 1 to 64 of digits, letters and _-|*@")
    return fields.String(required=True, validate=wrong)


def _receiver() -> fields.String:
    wrong = Regexp(rf"{RECEIVER}\Z", error="is {input!r}; expected merchant:ACCOUNT or personal:ACCOUNT")
    return fields.String(required=True, validate=wrong)


def _amount() -> fields.Integer:
    wrong = Range(1, MAX_MINOR, error=f"is {{input}}; expected 1 to {MAX_MINOR} minor units")
    return fields.Integer(required=True, strict=True, validate=wrong)


def _is_web_address(value: str) -> None:
    try:
        parts = urlsplit(value)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise ValidationError(f"is {value!r}; expected a URL such as https://example.org/callback")


class _Request(Schema):
    number = _number()
    notify_url = fields.String(validate=[Length(max=500, error="is longer than 500"), _is_web_address])
    description = fields.String(validate=Length(max=200, error="is longer than 200"))


class _InCurrency(_Request):
    currency = fields.String(
        required=True, validate=OneOf(EXPONENTS, error=f"is {{input!r}}; expected {', '.join(EXPONENTS)}")
    )


class _Moving(_InCurrency):
    amount = _amount()


class AskCharge(_Moving):
    """A charge or an authorisation."""

    mode = fields.String(
        load_default="pay_now",
        validate=OneOf(("pay_now", "authorise"), error="is {input!r}; expected pay_now or authorise"),
    )
    expires_at = _Time()


class AskAll(_Request):
    """Void or unfreeze: the charge stands in the path, and all that is left is meant."""


class AskCapture(_Moving):
    """A capture: the charge stands in the path."""


class AskRefund(_Moving):
    """A refund."""

    charge = _number()


class _AskPart(Schema):
    receiver = _receiver()
    amount = _amount()


class AskSplit(_InCurrency):
    """A split: its amount is the sum of what the receivers get."""

    charge = _number()
    receivers = fields.List(
        fields.Nested(_AskPart),
        required=True,
        validate=Length(1, 1000, error="has {input}; expected 1 to 1000 receivers"),
    )


class AskReturn(_Moving):
    """A return of a split, from one receiver."""

    split = _number()
    receiver = _receiver()


class AskStatement(Schema):
    """The time of a statement."""

    since = _Time(required=True, data_key="from")
    until = _Time(required=True, data_key="to")


def read_body(schema: Schema, body: bytes) -> dict[str, Any]:
    """Read a JSON object; raise ``Malformed``."""
    try:
        value = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise Malformed("INVALID_REQUEST", "the body is not JSON in UTF-8") from None
    return _load(schema, value)


def read_query(schema: Schema, query: str) -> dict[str, Any]:
    """Read a query; raise ``Malformed``."""
    return _load(schema, dict(parse_qsl(query, keep_blank_values=True)))


def is_number(text: str) -> bool:
    """Tell whether a text can be the number of an order."""
    return re.fullmatch(NUMBER, text) is not None


def digest_of(kind: str, about: str | None, body: bytes) -> str:
    """Return what two requests have in common when they ask for the same, however their JSON is written."""
    canonical = json.dumps([kind, about, json.loads(body)], sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def _load(schema: Schema, value: Any) -> dict[str, Any]:
    try:
        return schema.load(value)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
        raise Malformed("INVALID_REQUEST", "; ".join(line.strip() for line in sentences(messages))) from None
