"""Requests about price lists."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.money import EXPONENTS
from services.supplier.domain.price_lists.commands import EndPriceList, ExportPriceList, GetTemplate, PreviewPriceList
from services.supplier.domain.price_lists.entries import KEY
from services.supplier.domain.price_lists.model import Defaults
from services.supplier.domain.terms import Where
from services.supplier.inbound.reading import (
    Request,
    Tolerant,
    Values,
    count,
    id_,
    load,
    needed,
    number,
    one_of,
    optional,
    place,
    text,
)
from services.supplier.views.suppliers import ById

FORMS, LANGUAGES = ("template", "foodsoft", "ofn"), ("zh", "en")
MAX_FILE = 700_000  # bytes; as base64 it fills the body that the gateway takes
MOST_WORDS = 200


def _file(value: Any) -> bytes:
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise InvalidError("", "is not base64", "the bytes of a file in base64 (RFC 4648)") from None
    if not 1 <= len(data) <= MAX_FILE:
        raise InvalidError("", f"has {len(data)} bytes", f"1 to {MAX_FILE} bytes")
    return data


def _locale(value: Any) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(text(20)(value), sep="-" if "-" in value else "_"))
    except (UnknownLocaleError, ValueError):
        raise InvalidError("", f"{value!r} is not known", "a language such as de, de-AT, zh or en") from None


def _words(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MOST_WORDS:
        raise InvalidError("", "is not possible", f"an object of at most {MOST_WORDS} words and categories")
    for word, key in value.items():
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise InvalidError("", f"{key!r:.40} of {word!r:.40} is no category", "keys of GET /v1/categories")
    return dict(value)


def _key(value: Any) -> str:
    found = text(60)(value)
    if not KEY.fullmatch(found):
        raise InvalidError("", f"{found!r} is no category", "a key of GET /v1/categories")
    return found


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidError("", "is neither", "true or false")
    return value


def _word_of(*words: str) -> Any:
    def read(value: Any) -> str:
        if value not in words:
            raise InvalidError("", f"{value!r:.40} is not known", f"one of {', '.join(words)}")
        return value

    return read


class _Preview(Tolerant):
    supplier_id = needed(id_)
    file_name = needed(text(200))
    base64 = needed(_file)
    currency = optional(_word_of(*EXPONENTS), "CNY")
    locale = optional(_locale)
    prices_are = optional(_word_of("net", "gross"))
    category = optional(_key)
    categories = optional(_words)
    min_group = optional(count())
    max_group = optional(count())
    minutes = optional(count())
    where = optional(one_of(Where))
    place = optional(place)
    travel_km = optional(number)
    complete = optional(_flag, False)


class _Export(Tolerant):
    supplier_id = needed(id_)
    form = optional(_word_of(*FORMS), "template")
    language = optional(_word_of(*LANGUAGES), "zh")


class _Template(Tolerant):
    language = optional(_word_of(*LANGUAGES), "zh")


def preview_price_list(request: Request) -> PreviewPriceList:
    """Read a file, and what was given with it."""
    data: Values = load(_Preview(), request["data"])
    supplier_id, name, file = (data.pop(key) for key in ("supplier_id", "file_name", "base64"))
    return PreviewPriceList(Caller.from_wire(request["caller"]), supplier_id, name, file, Defaults(**data))


def end_price_list(request: Request) -> EndPriceList:
    """Read which price list is committed, discarded or asked for."""
    list_id = parse_id(request["data"].get("list_id"), "list_id")
    return EndPriceList(Caller.from_wire(request["caller"]), list_id)


def get_catalogue(request: Request) -> ById:
    """Read whose catalogue is asked for."""
    return ById(Caller.from_wire(request["caller"]), parse_id(request["data"].get("supplier_id"), "supplier_id"))


def _export(kind: str) -> Callable[[Request], ExportPriceList]:
    def read(request: Request) -> ExportPriceList:
        data = load(_Export(), request["data"])
        caller = Caller.from_wire(request["caller"])
        return ExportPriceList(caller, data["supplier_id"], data["form"], kind, data["language"])

    return read


def _template(kind: str) -> Callable[[Request], GetTemplate]:
    def read(request: Request) -> GetTemplate:
        language = load(_Template(), request["data"])["language"]
        return GetTemplate(Caller.from_wire(request["caller"]), kind, language)

    return read


commit_price_list = discard_price_list = get_price_list = end_price_list
export_price_list_csv, export_price_list_xlsx = _export("csv"), _export("xlsx")
get_price_list_template_csv, get_price_list_template_xlsx = _template("csv"), _template("xlsx")
