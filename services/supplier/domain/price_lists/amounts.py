"""Prices as people write them in files: understood, or refused with what would be right; never read as nothing.

A comma or a point may group thousands or part the decimals. One cell often says which (``1.234,50``, ``98.5``). Where
it does not (``1,500``) the other cells of the file may; where they do not either, and no language was given with the
file, the cell is refused. With a language Babel reads it strictly, by the CLDR's rules for that language.
"""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from unicodedata import normalize

from services.kernel.errors import InvalidError
from services.kernel.money import EXPONENTS, Money

A_PRICE = "a price such as 98, 98.00 or 1,234.50"

# What may stand beside a price, and which currency it tells; None tells none (a yen sign is also that of yuan).
SIGNS: dict[str, str | None] = {
    "人民币": "CNY",
    "cny": "CNY",
    "rmb": "CNY",
    "cn¥": "CNY",
    "元": "CNY",
    "块钱": "CNY",
    "块": "CNY",
    "圆": None,
    "¥": None,
    "hk$": "HKD",
    "hkd": "HKD",
    "港币": "HKD",
    "nt$": "TWD",
    "twd": "TWD",
    "us$": "USD",
    "usd": "USD",
    "美元": "USD",
    "$": None,
    "eur": "EUR",
    "€": "EUR",
    "欧元": "EUR",
    "gbp": "GBP",
    "£": "GBP",
    "jpy": "JPY",
    "日元": "JPY",
    "krw": "KRW",
    "₩": "KRW",
    "sgd": "SGD",
}
# ``¥`` is written for these, ``$`` for those.
_SHARED = {"¥": ("CNY", "JPY"), "圆": ("CNY", "JPY"), "$": ("USD", "HKD", "SGD", "TWD")}
_SIGN = "|".join(re.escape(one) for one in sorted(SIGNS, key=len, reverse=True))
_EDGES = re.compile(
    rf"^(?:({_SIGN})\s*)?(.*?)\s*({_SIGN})?(?:\s*/?\s*(?:人|位|台|次|席|person|seat|each))?$", re.I | re.S
)
_NO_PRICE = {
    *("", "-", "--", "—", "/", "n/a", "na", "none", "null", "tbd", "tba", "negotiable"),
    *("面议", "另议", "待定", "询价"),
}
_GROUPS = re.compile(r"^\d{1,3}(?:([., '\u2019\u00a0\u202f])\d{3})(?:\1\d{3})*$")


class Style(StrEnum):
    """What parts the decimals."""

    POINT = "."
    COMMA = ","


def style_of(cells: Iterable[Any]) -> Style | None:
    """Return what parts the decimals in the cells that leave no doubt; None where none does or they disagree."""
    found = {style for cell in cells if isinstance(cell, str) and (style := _told(_bare(cell)[0])) is not None}
    return found.pop() if len(found) == 1 else None


def price(value: Any, field: str, currency: str, *, style: Style | None = None, locale: str | None = None) -> Money:
    """Return a price in ``currency``, above zero and exact; raise ``InvalidError`` naming ``field``."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise InvalidError(field, "is no price", A_PRICE)
    text = _written(value) if not isinstance(value, str) else value
    bare, said = _bare(text)
    if bare.casefold() in _NO_PRICE:
        raise InvalidError(field, f"{text!r:.40} names no price", A_PRICE)
    _require_currency(said, currency, field, text)
    # A number of a workbook has a point whatever the language of the file is.
    amount = _amount(bare, field, Style.POINT if not isinstance(value, str) else style, locale)
    if amount <= 0:
        raise InvalidError(field, f"{text!r:.40} is not above zero", A_PRICE)
    places = EXPONENTS[currency]
    if amount != round(amount, places):
        raise InvalidError(field, f"{text!r:.40} has more places than {currency} has", f"at most {places} places")
    return Money.parse(f"{amount:f}", currency, field)


def _written(value: float | Decimal) -> str:
    # 98.0 of a workbook is 98; what floats add far behind the point (0.1 + 0.2) nobody has written.
    return f"{Decimal(str(round(value, 9))).normalize():f}"


def _bare(text: str) -> tuple[str, list[str]]:
    """Return what is left without the signs of a currency, and these signs."""
    plain = normalize("NFKC", text).replace("￥", "¥").strip().removeprefix("'").strip()
    before, bare, after = _EDGES.match(plain).groups()
    return bare.strip(), [sign.casefold() for sign in (before, after) if sign]


def _require_currency(signs: list[str], currency: str, field: str, text: str) -> None:
    for sign in signs:
        told = SIGNS[sign]
        if told != currency and currency not in _SHARED.get(sign, ()):
            raise InvalidError(field, f"{text!r:.40} is not in {currency}", f"a price in {currency}")


def _amount(bare: str, field: str, style: Style | None, locale: str | None) -> Decimal:
    if "%" in bare:
        raise InvalidError(field, f"{bare!r:.40} is a share", A_PRICE)
    if locale is not None and style is None:
        return _by_language(bare, field, locale)
    told = _told(bare)
    if told is not None and style is not None and told is not style:
        raise InvalidError(field, f"{bare!r:.40} is written otherwise than the other prices", A_PRICE)
    style = style or told
    if re.fullmatch(r"-?\d+", bare):
        return Decimal(bare)
    if style is None and _GROUPS.match(bare.removeprefix("-")):
        expected = "the language of the file (locale), or a price with two places"
        raise InvalidError(field, f"{bare!r:.40} may be two things", expected)
    return _by_style(bare, field, style or Style.POINT)


def _by_language(bare: str, field: str, locale: str) -> Decimal:
    from babel.numbers import NumberFormatError, get_group_symbol, parse_decimal

    group = get_group_symbol(locale)
    # French parts thousands by a narrow space that nobody types.
    spaced = bare.replace(" ", group) if group.isspace() else bare
    try:
        return parse_decimal(spaced, locale=locale, strict=True)
    except (NumberFormatError, InvalidOperation, ValueError):
        raise InvalidError(field, f"{bare!r:.40} is no number in {locale}", A_PRICE) from None


def _by_style(bare: str, field: str, style: Style) -> Decimal:
    groups = ", '\u2019\u00a0\u202f" if style is Style.POINT else ". '\u2019\u00a0\u202f"
    point = re.escape(style)
    shape = rf"-?(?:\d+|\d{{1,3}}(?:[{re.escape(groups)}]\d{{3}})+)(?:{point}\d{{1,9}})?"
    if not re.fullmatch(shape, bare):
        raise InvalidError(field, f"{bare!r:.40} is no number", A_PRICE)
    kept = "".join(sign for sign in bare if sign not in groups)
    return Decimal(kept.replace(style, "."))


def _told(bare: str) -> Style | None:
    """Return what parts the decimals if this cell alone leaves no doubt.

    The last of two different signs does; so does one before one or two digits at the end, because no thousand ends
    there; and one sign that comes twice parts thousands, so the other one would part the decimals.
    """
    signs = re.findall(r"[.,]", bare)
    if not signs or not re.fullmatch(r"-?[\d., '\u2019\u00a0\u202f]+", bare):
        return None
    if len(set(signs)) == 2:
        return Style(signs[-1])
    if len(signs) > 1:
        return Style.POINT if signs[0] == "," else Style.COMMA
    behind = len(bare) - bare.rindex(signs[0]) - 1
    return Style(signs[0]) if behind != 3 else None
