"""Which of the numbers in a run counts: 550ml*24瓶4箱 is four boxes, 24罐装一箱 is one."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from services.demand.domain.jielong.lexer import Token
from services.demand.domain.jielong.model import Quantity
from services.demand.domain.jielong.numerals import NUMBER, number_of
from services.demand.domain.jielong.words import INNER, MEASURES, UNIT, fold

QUANTITIES = ("quantity", "number", "times", "plus", "fraction", "spec")
MANY = 100  # from here on a number without a unit is more likely a room or a year than a quantity
_READING = re.compile(rf"[x×*✖+]?\s*({NUMBER})\s*({UNIT})?(半)?")


@dataclass(frozen=True)
class Amount:
    """What a run of numbers says; ``codes`` are the questions it raises, ``note`` the numbers that do not count."""

    quantity: Quantity | None
    unit: str | None = None
    note: str = ""
    codes: tuple[str, ...] = field(default=())


def amount_of(run: list[Token], text: str) -> Amount:
    """Read a run of numbers that stand together; ``text`` is the whole row, for the original words."""
    counting = [token for token in run if token.kind != "spec"]
    if not counting or run[-1].kind == "spec":
        return Amount(None, note=_words(run, text))
    last = run[-1]
    amount = _single(last)
    if len(run) == 1:
        return amount
    before = run[:-1]
    if not all(_is_spec(run, place, amount.unit) for place in range(len(before))):
        return Amount(None, note=_words(run, text), codes=("two_quantities",))
    if fold(last.text)[0] in "*x×✖" and amount.unit in INNER and not _weighs(before, amount.unit):
        return Amount(None, note=_words(run, text), codes=("two_quantities",))
    return Amount(amount.quantity, amount.unit, _words(before, text), amount.codes)


def unit_of(token: Token) -> str | None:
    """Return the unit that a number has."""
    return _single(token).unit


def _weighs(before: list[Token], unit: str | None) -> bool:
    """Tell whether 500g*2 is meant: a weight, times how many; a volume (250ml*12) is rather printed on a pack."""
    return len(before) == 1 and before[0].kind == "quantity" and unit is None


def _is_spec(run: list[Token], place: int, unit: str | None) -> bool:
    """Tell whether a number of the run is printed on the pack; ``unit`` is that of the last number."""
    token, after = run[place], run[place + 1]
    if token.kind == "spec":
        return True
    if fold(token.text)[0] in "*x×✖" and place > 0:  # 250ml*12 2箱
        return _is_spec(run, place - 1, unit) and after.kind == "quantity"
    own = _single(token).unit
    if unit in MEASURES and own not in MEASURES:
        return False  # 1个6斤: one, or six pounds?
    if own is not None and own.lower() in MEASURES:
        return unit is None or unit.lower() not in MEASURES
    glued = token.end == after.start and after.kind == "quantity"
    return glued and own is not None and own != unit and unit not in INNER


def _single(token: Token) -> Amount:
    text = fold(token.text).strip()
    if token.kind == "fraction":
        over, _, rest = text.partition("/")
        unit = re.sub(r"^\d+\s*", "", rest)
        under = int(re.match(r"\d+", rest)[0])
        value = (Decimal(over) / under).quantize(Decimal("0.001")).normalize() if under else None
        return Amount(value, unit, codes=("decimal",) if under else ("unclear_number",))
    match = _READING.match(text)
    value, unit = number_of(match[1]), match[2]
    if match[3]:
        value += Decimal("0.5")
    if value == 0 or (unit is None and value >= MANY):
        return Amount(None, unit, token.text.strip(), ("unclear_number",))
    return Amount(value, unit, codes=("decimal",) if re.search(r"[.½¼¾]", match[1]) else ())


def _words(tokens: list[Token], text: str) -> str:
    base = tokens[0].start
    return text[base : tokens[-1].end].strip(" *x×，,、") if tokens else ""
