"""What people are ready to pay at most, as it is said: 人均不超过150, 200以内, under $30 per person."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from services.demand.domain.understanding.model import Ceiling, Question
from services.demand.domain.understanding.numerals import fold, number
from services.kernel.errors import InvalidError
from services.kernel.money import EXPONENTS, Money

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,7}(?:\.\d{1,2})?|[一二两三四五六七八九十百千万零]{1,7})"
_SIGN = r"(?P<sign>us\$|hk\$|s\$|nt\$|¥|\$|€|£|rmb|cny|usd|eur|hkd|gbp)"
_UNIT = (
    r"(?P<unit>块钱|块|元钱|元|人民币|rmb|cny|yuan|kuai|美元|美金|刀|usd|dollars?|bucks|港币|港元|hkd|欧元|euros?|eur|"
    r"英镑|pounds?|gbp|日元|jpy|yen|新币|sgd|台币|twd|¥|€|£)"
)
CURRENCIES = {
    "CNY": "¥ 块钱 块 元钱 元 人民币 rmb cny yuan kuai", "USD": "$ us$ 美元 美金 刀 usd dollar dollars bucks",
    "HKD": "hk$ 港币 港元 hkd", "EUR": "€ 欧元 euro euros eur", "GBP": "£ 英镑 pound pounds gbp", "JPY": "日元 jpy yen",
    "SGD": "s$ 新币 sgd", "TWD": "nt$ 台币 twd",
}  # fmt: skip
_CURRENCY = {word: code for code, listed in CURRENCIES.items() for word in listed.split()}
_PERS = (
    ("person", 
        r"人均|每人|每个人|每位|一个人|一人|一位|/\s*人|单人|平均每人|per\s+(?:person|head|adult|kid"
        r"|child)|a\s+head|/\s*(?:person|head|pp)|\bpp\b|p/p|\beach\b|(?:a|/)\s*person"),
    ("hour", r"每个?小时|一个?小时|/\s*(?:小时|h\b|hr|hour)|时薪|per\s+hour|an\s+hour|hourly|a\s+hour"),
    ("group", 
        r"总共|一共|总价|合计|全部|全家|整团|整组|一家|每家|每户|一户|in\s+total|altogether|total|per\s+"
        r"(?:group|family|household)|for\s+(?:all|everyone|the\s+(?:group|family|lot))"),
    ("item", 
        r"每[节次份套件台个张只课天]课?|一[节次份套件台张只]课?|/\s*(?:节|次|份|套|件|台|个|张|只)"
        r"|单价|per\s+(?:item|piece|unit|session|class|lesson|visit|time)|apiece|a\s+(?:session|class"
        r"|lesson|piece)"),
)  # fmt: skip
_PER = "|".join(pattern for _, pattern in _PERS)
_MOST = (
    r"不(?:能|要|得)?(?:超过?|高于|大于|多于)|别超过?|最多|最高|至多|顶多|上限(?:是|为)?|封顶|控制在"
    r"|低于|少于|under|below|less\s+than|(?:no|not)\s+more\s+than|at\s+most|up\s+to|max(?:imum)?"
    r"(?:\s+of)?|within|capped?\s+at|cheaper\s+than|not\s+(?:over|above|exceed(?:ing)?)|no\s+over"
)
_BUDGET = r"预算|心理价位?|价位|budget|价格|费用|价钱|收费|学费|price|cost"
_ABOUT = r"左右|上下|大概|大约|约|差不多|about|around|roughly|approximately|ish"
_MOST_AFTER = r"以内|之内|以下|之下|内|封顶|为限|打住|or\s+less|max(?:imum)?|tops|at\s+most|or\s+under|or\s+below"
_ABOUT_AFTER = r"左右|上下|出头|or\s+so|ish"
# Units that make the number one of something else than money.
_OTHER = (
    r"\s*(?:[人位个名岁米里分时天周月年斤克公平点号楼层%折km]|sqm|people|persons?|kids?|children"
    r"|adults?|hours?|min|days?|weeks?|months?|years?|meters?|miles?|sessions?|of\s+us|am\b|pm\b"
    r"|:)"
)
_AMOUNT = (
    rf"(?:{_SIGN}\s*)?(?P<n>{_NUMBER})(?:\s*[-~到至]\s*(?P<n2>{_NUMBER}))?(?P<k>k\b|千|万)?\s*(?:{_UNIT})?"
    r"(?P<tail>(?:[一二三四五六七八九]|\d)(?![个小节次人位份台套件天课]))?"
)
_PHRASE = re.compile(
    rf"(?P<per1>(?:{_PER})\s*)?(?:(?P<budget>{_BUDGET})\s*(?:is|of|:|在|是|最好|希望)?\s*)?(?P<per2>"
    rf"(?:{_PER})\s*)?(?P<most>(?:{_MOST})\s*[花付出给]?\s*)?(?P<per5>(?:{_PER})\s*)?(?P<about>(?:{_ABOUT})\s*)?"
    rf"(?<![\d.]){_AMOUNT}(?!\d)(?P<other>{_OTHER})?\s*(?P<per3>(?:{_PER})\s*)?(?P<most2>{_MOST_AFTER})?"
    rf"(?P<about2>{_ABOUT_AFTER})?\s*(?P<per4>{_PER})?",
)


@dataclass(frozen=True, slots=True)
class _Said:
    amount: Decimal
    currency: str
    exact: bool


def read_ceiling(text: str, currency: str = "CNY") -> Ceiling | None:
    """Return the price that ``text`` sets as the most, or names as a budget; None if it does neither.

    A number is a price only where something says so: a sign or a unit of money, a budget, or words of a limit with
    no other unit behind. ``currency`` is meant where none is said. An amount that is "about" so much is asked about.
    """
    folded = fold(text)
    found = [one for match in _PHRASE.finditer(folded) if (one := _ceiling(text, match, currency)) is not None]
    if not found:
        return None
    best = max(found, key=lambda one: (one.confidence, -one.start))
    others = [one for one in found if one.amount != best.amount and one.confidence > 0.5 and one.per == best.per]
    if not others:
        return best
    amounts = "、".join(one.text.strip() for one in (best, *others))
    asked = Question("ceilings_differ", f"最多付多少？文中有：{amounts}", f"How much at most? The text says: {amounts}")
    return replace(best, confidence=0.4, questions=(asked,))


def _ceiling(text: str, match: re.Match[str], currency: str) -> Ceiling | None:
    limit = match["most"] or match["most2"]
    money = match["sign"] or match["unit"]
    pers = [_per(match[name]) for name in ("per1", "per2", "per5", "per3", "per4") if match[name]]
    about = match["about"] or match["about2"]
    if match["other"] or not (limit or match["budget"] or ((about or match["n2"]) and (money or pers))):
        return None
    if (
        not money
        and not match["budget"]
        and not pers
        and (limit or "").strip() in ("内", "within", "up to", "under", "低于")
    ):
        return None
    said = _amount(match, currency)
    if said is None or (not money and said.amount < 10):
        return None
    try:
        amount = Money.parse(str(said.amount), said.currency)
    except InvalidError:
        return None
    clear = bool(limit) and not about and said.exact
    start, end = match.start(), match.start() + len(match[0].rstrip())
    words = text[start:end]
    confidence = (0.95 if money or match["budget"] or pers else 0.75) if clear else 0.5
    asked = Question("ceiling_about", f"“{words}”：最多能接受多少？", f'"{words}": how much at most?')
    return Ceiling(
        start, end, words, amount, pers[0] if pers else None, not clear, confidence, () if clear else (asked,)
    )


def _per(words: str) -> str:
    return next(name for name, pattern in _PERS if re.fullmatch(pattern, words.strip()))


def _amount(match: re.Match[str], currency: str) -> _Said | None:
    """Return the amount; of two that are named the larger, which is then not exact."""
    value = _decimal(match["n2"] or match["n"])
    if value is None:
        return None
    exact = match["n2"] is None
    if match["k"]:
        value *= {"k": 1000, "千": 1000, "万": 10_000}[match["k"]]
    if match["tail"]:
        # 三块五 is three and a half.
        if match["unit"] not in ("块", "元"):
            return None
        value += Decimal(number(match["tail"]) or 0) / 10
    if re.fullmatch("[一二两三四五六七八九]{2}[百千]?", match["n"]):
        exact = False  # 两三百 is either
        value = Decimal((number(match["n"][1]) or 0) * {"百": 100, "千": 1000}.get(match["n"][-1], 1))
    code = _CURRENCY.get(match["sign"] or "") or _CURRENCY.get(match["unit"] or "") or currency
    if code not in EXPONENTS or value <= 0:
        return None
    return _Said(value, code, exact)


def _decimal(words: str) -> Decimal | None:
    if re.match(r"\d", words):
        return Decimal(words.replace(",", ""))
    value = number(words)
    return None if value is None else Decimal(value)
