"""Lines of a file to articles. Everything that is wrong in a line is told at once, each with its column."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.money import Money
from services.sheets import plain_cell
from services.supplier.domain.price_lists import amounts
from services.supplier.domain.price_lists.formats import MOST_TIERS, Header
from services.supplier.domain.price_lists.model import Defaults, Entry, Problem
from services.supplier.domain.terms import Where

_DELISTED = {"x", "delisted", "下架", "停售"}
_LISTED = {"", "listed", "上架", "在售", "a", "n", "new"}
_WHERE = {"supplier": Where.SUPPLIER, "到店": Where.SUPPLIER, "community": Where.COMMUNITY, "上门": Where.COMMUNITY}
_PRICES = ("price", *(f"tier_{n}_price" for n in range(1, MOST_TIERS + 1)))
KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")


def entries_of(lines: Sequence[tuple[int, list[Any]]], header: Header, defaults: Defaults) -> list[Entry]:
    """Return the articles of a file; lines of one number are one article with a scale each."""
    reader = _Reader(header, defaults, _style(lines, header))
    found: dict[str, Entry] = {}
    for line, row in lines:
        entry = reader.entry(line, row)
        before = found.get(entry.number)
        key = entry.number if entry.number else f"line {line}"
        found[key] = entry if before is None else _joined(before, entry)
    return list(found.values())


def _style(lines: Sequence[tuple[int, list[Any]]], header: Header) -> amounts.Style | None:
    columns = [header.columns[name] for name in _PRICES if name in header.columns]
    return amounts.style_of(row[at] for _, row in lines for at in columns if at < len(row))


def _joined(one: Entry, other: Entry) -> Entry:
    """Join two lines of the same number: further scales, and nothing else may differ."""
    same = (one.title, one.price, one.delisted) == (other.title, other.price, other.delisted)
    if other.problems:
        return replace(one, problems=(*one.problems, *other.problems))
    if not same or not other.scales:
        twice = Problem("number", f"{one.number!r} is on line {one.line} already", "each number once")
        return replace(one, problems=(*one.problems, twice))
    return replace(one, scales=(*one.scales, *other.scales))


class _Reader:
    def __init__(self, header: Header, defaults: Defaults, style: amounts.Style | None) -> None:
        self._header, self._defaults, self._style = header, defaults, style
        self._row: list[Any] = []
        self._problems: list[Problem] = []

    def entry(self, line: int, row: list[Any]) -> Entry:
        self._row, self._problems = row, []
        number, title = self._text("number", 80), self._text("title", 200) or self._text("name", 200)
        # A list of Open Food Network may leave its sku out; there the name is what tells products apart.
        number = number or (title if self._header.format.name == "ofn" else None)
        if not number:
            self._wrong("number", "is missing", "a number that stays the same from list to list")
        delisted = self._try("status", self._status) or False
        return Entry(
            line=line,
            number=number or "",
            title=title,
            category=self._try("category", self._category),
            delisted=delisted,
            price=None if delisted else self._price("price"),
            scales=() if delisted else self._scales(),
            fields={} if delisted else self._fields(),
            problems=tuple(self._problems),
        )

    def _cell(self, field: str) -> Any:
        at = self._header.columns.get(field)
        value = None if at is None or at >= len(self._row) else plain_cell(self._row[at])
        return None if isinstance(value, str) and not value.strip() else value

    def _text(self, field: str, most: int) -> str | None:
        value = self._cell(field)
        if value is None:
            return None
        text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip()
        if len(text) > most or "\x00" in text:
            self._wrong(field, f"has {len(text)} characters or holds what is no text", f"at most {most} characters")
            return None
        return text

    def _status(self, value: Any) -> bool:
        word = str(value or "").strip().casefold()
        if word not in _DELISTED | _LISTED:
            raise InvalidError("status", f"{word!r:.40} is not known", "empty, 上架 or 下架 (listed, x for delisted)")
        return word in _DELISTED

    def _category(self, value: Any) -> str | None:
        if value is None:
            return None
        word = str(value).strip()
        key = (self._defaults.categories or {}).get(word, word)
        if not KEY.fullmatch(key):
            expected = "a category of GET /v1/categories, or a word that `categories` of the request translates"
            raise InvalidError("category", f"{word!r:.40} is no category", expected)
        return key

    def _price(self, field: str) -> Money | None:
        cell = self._cell(field)
        if field not in self._header.columns or (cell is None and field != "price"):
            return None
        return self._try(field, lambda value: self._gross(self._money(value, field), field))

    def _money(self, value: Any, field: str) -> Money:
        value = "" if value is None else value
        wanted = self._defaults
        return amounts.price(value, field, wanted.currency, style=self._style, locale=wanted.locale)

    def _gross(self, money: Money, field: str) -> Money:
        """Add the tax of the file, if it has one: what members pay is the whole price."""
        tax = self._cell("tax")
        if tax is None or str(tax).strip().rstrip("%").strip() in ("0", "0.0", "0,0", "0.00"):
            return money
        if self._defaults.prices_are == "gross":
            return money
        if self._defaults.prices_are != "net":
            raise InvalidError(field, f"has a tax of {tax}", "prices_are net or gross in the request")
        rate = Decimal(str(tax).strip().rstrip("%").strip().replace(",", "."))
        if not 0 < rate < 100:
            raise InvalidError("tax", f"{tax!r:.20} is not possible", "a share of 0 to 100 percent")
        minor = (Decimal(money.minor) * (100 + rate) / 100).to_integral_value(rounding="ROUND_HALF_EVEN")
        return Money(int(minor), money.currency)

    def _scales(self) -> tuple[tuple[int, Money], ...]:
        found = []
        for n in range(1, MOST_TIERS + 1):
            seats, price = self._whole(f"tier_{n}_seats"), self._price(f"tier_{n}_price")
            if seats is not None and price is not None:
                found.append((seats, price))
            elif (seats is None) != (price is None) and not self._problems:
                name = self._header.name_of(f"tier_{n}_{'price' if price is None else 'seats'}")
                self._problems.append(Problem(name, "is missing", "seats and price of a tier together"))
        return tuple(found)

    def _fields(self) -> dict[str, Any]:
        found = {name: self._whole(name) for name in ("min_group", "max_group", "minutes")}
        found["where"] = self._try("where", self._where)
        found["travel_km"] = self._number("travel_km")
        found["place"] = self._place()
        return {name: value for name, value in found.items() if value is not None}

    def _where(self, value: Any) -> Where | None:
        if value is None:
            return None
        word = str(value).strip().casefold()
        if word not in _WHERE:
            raise InvalidError("where", f"{word!r:.40} is not known", "supplier (到店) or community (上门)")
        return _WHERE[word]

    def _place(self) -> Place | None:
        lat, lon = self._number("lat"), self._number("lon")
        if lat is None and lon is None:
            return None
        if lat is None or lon is None:
            self._wrong("lat" if lat is None else "lon", "is missing", "latitude and longitude together")
            return None
        try:
            return Place(lat, lon)
        except InvalidError as error:
            self._keep("lat", error)
            return None

    def _whole(self, field: str) -> int | None:
        found = self._number(field)
        if found is not None and found != int(found):
            self._wrong(field, f"{found} is not whole", "a whole number such as 10")
            return None
        return None if found is None else int(found)

    def _number(self, field: str) -> float | None:
        value = self._cell(field)
        if value is None:
            return None
        text = str(value).strip()
        if not re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", text):
            self._wrong(field, f"{text!r:.40} is no number", "a number such as 10 or 31.23")
            return None
        return float(text)

    def _try(self, field: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(self._cell(field))
        except InvalidError as error:
            self._keep(field, error)
            return None

    def _keep(self, field: str, error: InvalidError) -> None:
        first = error.detail["errors"][0]
        self._wrong(field, first["problem"], first["expected"])

    def _wrong(self, field: str, problem: str, expected: str) -> None:
        self._problems.append(Problem(self._header.name_of(field), problem, expected))
