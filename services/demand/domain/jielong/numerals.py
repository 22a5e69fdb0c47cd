"""Numbers as chains write them: 2, 1.5, ½, 两, 十五, 二十, 一百二十, 半."""

from decimal import Decimal

from services.demand.domain.jielong.model import Quantity

_DIGITS = {**{sign: value for value, sign in enumerate("零一二三四五六七八九")}, "两": 2, "兩": 2, "俩": 2, "仨": 3}
_ONE = "[一二两兩三四五六七八九]"
# Well formed numerals only: 六一 in 赵六一份 is none, so the name keeps its 六.
CHINESE = f"(?:{_ONE}百(?:零{_ONE}|{_ONE}十{_ONE}?)?|{_ONE}?十{_ONE}?|{_ONE}|[半俩仨])"
DECIMAL = r"\d+(?:\.\d+)?"
NUMBER = f"(?:{DECIMAL}|[½¼¾]|{CHINESE})"
_PARTS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "半": Decimal("0.5")}


def number_of(text: str) -> Quantity:
    """Return the number that ``NUMBER`` matched."""
    text = text.strip()
    if text in _PARTS:
        return _PARTS[text]
    if text[0].isdecimal():
        value = Decimal(text)
        return int(value) if value == value.to_integral_value() else value
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = _DIGITS[hundreds] * 100 if hundreds else 0
    if ten:
        value += 10 * (_DIGITS[tens] if tens else 1)
    return value + (_DIGITS[ones.lstrip("零") or "零"])
