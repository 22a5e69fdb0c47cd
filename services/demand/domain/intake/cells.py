"""Cells of files and answers of forms, read as people of both languages write them; refused where they are unclear."""

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from services.kernel.errors import InvalidError

MOST = 10**12
A_NUMBER = "a number such as 3, 1.5 or 1,234.50"
_SIGN = re.compile(
    r"^(?:¥|￥|\$|€|£|rmb|cny|usd|nt\$|hk\$)\s*|\s*(?:元|块钱?|人|位|台|分钟|分|小时|yuan|rmb|cny|people|units?|minutes?|min)$",
    re.I,
)
_DIGITS = "零一二三四五六七八九"
_YES = {"是", "有", "要", "需要", "对", "好", "yes", "y", "true", "1", "✓", "√", "✅"}
_NO = {"否", "无", "没有", "不", "不要", "不需要", "no", "n", "false", "0", "✗", "×", "❌"}


def text(value: Any, field: str) -> str:
    """Return a text of at most 500 characters."""
    if not isinstance(value, str | int | float | Decimal) or isinstance(value, bool):
        raise InvalidError(field, f"is a {type(value).__name__}", "a text")
    found = str(value).strip()
    if len(found) > 500:
        raise InvalidError(field, f"has {len(found)} characters", "a text of at most 500 characters")
    return found


def number(value: Any, field: str) -> float:
    """Return a number; a comma or point that could be either of two things is refused, never taken for nothing.

    ``1,234`` is a thousand and more, as both languages write it; ``1,5`` and ``1,50`` are one and a half, because no
    thousand ends after one or two digits; ``1.234,50`` is refused.
    """
    if isinstance(value, bool):
        raise InvalidError(field, "is true or false", A_NUMBER)
    if isinstance(value, int | float | Decimal):
        value = str(value)
    if not isinstance(value, str):
        raise InvalidError(field, f"is a {type(value).__name__}", A_NUMBER)
    bare = normalize("NFKC", value).strip()
    while (shorter := _SIGN.sub("", bare)) != bare:
        bare = shorter
    found = _decimal(bare)
    if found is None or abs(found) > MOST:
        raise InvalidError(field, f"{str(value)[:40]!r} is not a clear number", A_NUMBER)
    return float(found)


def _decimal(bare: str) -> Decimal | None:
    if re.fullmatch(r"-?\d+(\.\d+)?", bare):
        return Decimal(bare)
    if re.fullmatch(r"-?\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?", bare):
        return Decimal(bare.replace(",", "").replace(" ", ""))
    if re.fullmatch(r"-?\d+,\d{1,2}", bare):
        return Decimal(bare.replace(",", "."))
    if bare in ("两", "俩"):
        return Decimal(2)
    return _chinese(bare)


def _chinese(bare: str) -> Decimal | None:
    found = re.fullmatch(rf"(?:([{_DIGITS[1:]}两])百)?(?:([{_DIGITS[1:]}])?(十))?零?([{_DIGITS}])?", bare)
    if not bare or found is None:
        return None
    hundreds, tens, ten, ones = found.groups()
    digit = {sign: at for at, sign in enumerate(_DIGITS)} | {"两": 2}
    return Decimal(digit.get(hundreds, 0) * 100 + (digit[tens] if tens else 1 if ten else 0) * 10 + digit.get(ones, 0))


def whole(value: Any, field: str) -> int:
    """Return a whole number."""
    found = number(value, field)
    if found != int(found):
        raise InvalidError(field, f"{value!r} is not whole", "a whole number such as 3")
    return int(found)


def yes_no(value: Any, field: str) -> bool:
    """Return whether it is so."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise InvalidError(field, f"{value!r} is neither", "是 or 否, yes or no")


def choice(value: Any, field: str, options: Mapping[str, tuple[str, str]]) -> str:
    """Return the value of the option that is named by its value or by its name in either language."""
    word = normalize("NFKC", str(value)).strip().casefold()
    for one, names in options.items():
        if word in (one.casefold(), *(name.casefold() for name in names)):
            return one
    raise InvalidError(
        field,
        f"{value!r} is not one of the choices",
        "one of " + ", ".join(f"{one} ({names[0]})" for one, names in options.items()),
    )


def day(value: Any, field: str) -> str:
    """Return a day as ``2026-06-13``; what may be a month or a day is refused."""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    found = re.fullmatch(r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*", str(value))
    try:
        return f"{date(*map(int, found.groups())):%Y-%m-%d}" if found else _refuse_day(value, field)
    except ValueError:
        return _refuse_day(value, field)


def _refuse_day(value: Any, field: str) -> str:
    raise InvalidError(field, f"{value!r} is not a clear day", "a day such as 2026-06-13 or 2026年6月13日")


def clock(value: Any, field: str) -> str:
    """Return a time of day as ``09:30``."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    found = re.fullmatch(r"\s*(\d{1,2})[:：点](\d{2})?分?\s*", str(value))
    if found and int(found[1]) < 24 and int(found[2] or 0) < 60:
        return f"{int(found[1]):02}:{int(found[2] or 0):02}"
    raise InvalidError(field, f"{value!r} is not a time of day", "a time such as 09:30")
