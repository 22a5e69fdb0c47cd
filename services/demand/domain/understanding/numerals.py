"""Numbers in words, and texts brought to one writing without moving a single character."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

_SIGNS = str.maketrans({"～": "~", "〜": "~", "—": "-", "–": "-", "−": "-", "：": ":", "〇": "零", "’": "'", "￥": "¥"})
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ENGLISH = {word: value for value, word in enumerate(f"{_ONES} eighteen nineteen".split())}
_COMPOUND = {
    f"{ten}{sign}{one}": value + _ENGLISH[one]
    for ten, value in _TENS.items()
    for one in list(_ENGLISH)[1:10]
    for sign in " -"
}
_ENGLISH |= _TENS | _COMPOUND | {"hundred": 100, "a hundred": 100, "couple": 2, "a couple of": 2, "a couple": 2}
_ENGLISH |= {"a": 1, "an": 1}
_NTH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
)
ORDINALS = {
    word: value for value, word in enumerate(f"{_NTH} sixteenth seventeenth eighteenth nineteenth twentieth".split(), 1)
}
ORDINALS |= {
    f"{ten}{sign}{one}": value + ORDINALS[one]
    for ten, value in (("twenty", 20), ("thirty", 30))
    for one in list(ORDINALS)[:9]
    for sign in " -"
    if value + ORDINALS[one] <= 31
} | {"thirtieth": 30}

CHINESE = "零一二两三四五六七八九十百千万"
ENGLISH = "|".join(sorted((word for word in _ENGLISH if word not in ("a", "an", "hundred")), key=len, reverse=True))


def fold(text: str) -> str:
    """Return ``text`` in lower case, half width and simplified characters, of exactly the same length.

    Each sign is converted by itself, so that a place in the folded text is the same place in what was said.
    """
    return "".join(map(_folded, text)).translate(_SIGNS)


@lru_cache(maxsize=1 << 15)
def _folded(sign: str) -> str:
    if "\u4e00" <= sign <= "\u9fff":
        sign = _simplify()(sign)[:1] or sign
    elif "\uff01" <= sign <= "\uff5e":
        sign = unicodedata.normalize("NFKC", sign)
    return low if len(low := sign.lower()) == 1 else sign


@cache
def _simplify() -> Callable[[str], str]:
    from opencc import OpenCC

    return OpenCC("t2s").convert


def number(words: str) -> int | None:
    """Return the whole number that digits, a Chinese or an English numeral say; None if they say none."""
    words = words.strip()
    if re.fullmatch(r"[0-9]{1,12}", words):
        return int(words)
    if words in _ENGLISH:
        return _ENGLISH[words]
    if words in ("几", "数", "few", "a few"):
        return 3
    if not words or any(sign not in CHINESE and sign not in _DIGITS for sign in words):
        return None
    if not any(sign in _UNITS or sign == "万" for sign in words):
        return int("".join(str(_DIGITS[sign]) for sign in words))
    head, _, tail = words.rpartition("万")
    if head:
        # In 一万二 the last digit stands for thousands.
        rest = _below_ten_thousand(tail) * (1000 if len(tail) == 1 else 1) if tail else 0
        return _below_ten_thousand(head) * 10_000 + rest
    return _below_ten_thousand(words)


def _below_ten_thousand(words: str) -> int:
    total, digit = 0, 0
    smallest = 10
    for sign in words:
        if sign in _UNITS:
            total, digit, smallest = total + (digit or 1) * _UNITS[sign], 0, _UNITS[sign]
        elif sign == "零":
            smallest = 10
        else:
            digit = _DIGITS.get(sign, 0)
    # In 两百五 the last digit stands for tens, in 两百零五 for ones.
    return total + digit * (smallest // 10 if smallest > 10 and digit else 1)


def is_about(words: str) -> bool:
    """Tell whether a Chinese numeral is one or the other of two (一两, 三四十)."""
    return re.match("[一二两三四五六七八九]{2}(?![零年])", words) is not None and not re.search("[零年]", words)


def amount(words: str) -> float | None:
    """Return the number, perhaps with decimals, that ``words`` say; None if they say one or the other of two."""
    if is_about(words):
        return None
    if re.fullmatch(r"[0-9]{1,12}\.[0-9]{1,6}", words.strip()):
        return float(words)
    return number(words)
