"""How many people come, as it is said: 两大一小, 一家三口, 我和老公, a family of four, two adults and a kid."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from services.demand.domain.understanding.model import HeadCount, Question
from services.demand.domain.understanding.numerals import ENGLISH, fold, is_about, number

MOST = 500  # more people than this in one need is a slip or a number of something else
_N = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_E = rf"(?:\d{{1,3}}|{ENGLISH}|an?)"
# Alone "a person" or "a kid" is said of anybody.
_COUNTED = rf"(?:\d{{1,3}}|{ENGLISH})"
_KID = "(?:小朋友|小孩子?|孩子|宝宝|宝贝|娃娃?|儿童|小娃|崽)"
_ADULT = "(?:大人|成年人|成人|家长)"
_EKID = r"(?:kids?|child(?:ren)?|toddlers?|babies|baby|infants?)"
_EADULT = r"(?:adults?|grown-?ups?)"
_SPOUSE = (
    "(?:我?(?:老公|老婆|先生|太太|爱人|媳妇|男朋友|女朋友|对象|朋友|闺蜜|妈妈?|爸爸?|同事|室友"
    "|邻居|姐姐|妹妹|哥哥|弟弟))"
)
_ESPOUSE = (
    r"(?:my\s+(?:husband|wife|partner|boyfriend|girlfriend|friend|mom|mother|dad|father|sister"
    r"|brother|roommate|colleague))"
)
# What makes a number of people one of a group, a room or an offer, and not of those who come.
_NOT_BEFORE = r"(?<![\d.每满够凑差限招缺第超人前后纯仅入])"
_NOT_AFTER = r"(?!\s*(?:团|成团|以上|起|一组|一车|间|座|桌|套|份|均|民|才|工|家|们|气|生|力|物|口|房|参加就|为限|/))"


@dataclass(frozen=True, slots=True)
class _Count:
    adults: int | None
    children: int | None
    people: int
    confidence: float = 1.0
    unclear: bool = False


def _both(match: re.Match[str]) -> _Count | None:
    adults, children = number(match["a"]), number(match["c"])
    if adults is None or children is None:
        return None
    return _Count(adults, children, adults + children)


def _people(match: re.Match[str]) -> _Count | None:
    count = number(match["n"])
    return _Count(None, None, count) if count else None


def _guests(match: re.Match[str]) -> _Count | None:
    # The size of a class or the least that make a group is nobody's party.
    limit = re.search(r"\b(?:max|maximum|min|minimum|every|limit|to)\s+$", match.string[: match.start()])
    return None if limit else _people(match)


def _children(match: re.Match[str]) -> _Count | None:
    count = number(match["c"])
    return _Count(None, count, count, 0.7) if count else None


def _adults(match: re.Match[str]) -> _Count | None:
    count = number(match["a"])
    return _Count(count, None, count, 0.9) if count else None


def _range(match: re.Match[str]) -> _Count | None:
    count = number(match["n"])
    return _Count(None, None, count, 0.4, unclear=True) if count else None


def _with_children(match: re.Match[str]) -> _Count | None:
    """Read 我带两个娃, 我和老公带孩子, me and two kids; how many children is asked where it is not said."""
    adults = 2 if any(match.groupdict().get(name) for name in ("s", "s2")) else 1
    if match["c"] is None:
        return _Count(adults, 1, adults + 1, 0.4, unclear=True)
    count = number(match["c"])
    return _Count(adults, count, adults + count) if count else None


def _fixed(adults: int | None, children: int | None, people: int) -> Callable[[re.Match[str]], _Count]:
    return lambda match: _Count(adults, children, people, 0.9)


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Count | None]], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (rf"(?P<a>{_N})个?大(?:人)?[,、和带加+]?(?P<c>{_N})个?小(?:孩|朋友)?(?!时)", _both),
        (rf"(?P<a>{_N})\s*[个位名]?{_ADULT}\s*[,、和跟带加+]*\s*(?P<c>{_N})\s*[个位名]?{_KID}", _both),
        (rf"(?P<c>{_N})\s*[个位名]?{_KID}\s*[,、和跟加+]*\s*(?P<a>{_N})\s*[个位名]?{_ADULT}", _both),
        (rf"一家(?P<n>{_N})口|(?P<n2>{_N})口之家|一家(?P<n3>{_N})个?人", lambda m: _people(_First(m))),
        (rf"(?:我们|咱们|咱|夫妻|情侣|姐妹|兄弟|闺蜜|同学|朋友)(?P<n>{_N})\s*(?:个人?|位|人|口)(?!孩|娃|小)", _people),
        (r"(?:我们|咱们|咱|我|夫妻|情侣|姐妹|兄弟|父子|母子|父女|母女|娘|爷)(?:俩|两口子?)", _fixed(None, None, 2)),
        (r"(?:我们|咱|娘|姐妹|父子|母子)仨", _fixed(None, None, 3)),
        (rf"(?:父子|母子|父女|母女|爷孙|祖孙|夫妻)(?P<n>{_N})人", _people),
        (
            rf"(?:就|只有|只)?我(?:[和跟与]?(?P<s>{_SPOUSE}))?\s*[和跟与]?(?:要|想)?(?:带着?|和|跟)\s*(?:"
            rf"(?P<c>{_N})\s*个?)?{_KID}", _with_children),
        (rf"我[和跟与]{_SPOUSE}", _fixed(None, None, 2)),
        (r"(?:就|只有|只)我(?:自己|一个人?|1个?人)?(?=$|[,。!?;\s])|我一个人", _fixed(None, None, 1)),
        (
            rf"{_NOT_BEFORE}(?P<n>{_N})\s*(?:[-~到至、]\s*{_N}|多|来|几)\s*(?:个人|位(?!数|密|身|置|于|是"
            rf"|以)|名(?!校|单|字|牌|称)|人){_NOT_AFTER}", _range),
        (r"(?P<n>[一二三四五六七八])[二三四五六七八九](?:个人|位|人)" + _NOT_AFTER, _range),
        (
            rf"(?:大概|大约|约|至少|最少|差不多|起码)(?P<n>{_N})\s*(?:个人|位(?!数|密|身|置|于|是|以)|名"
            rf"(?!校|单|字|牌|称)|人){_NOT_AFTER}", _range),
        (
            rf"{_NOT_BEFORE}(?P<n>{_N})\s*(?:个人|位(?!数|密|身|置|于|是|以)|名(?!校|单|字|牌|称)|人)(?:左右"
            rf"|上下){_NOT_AFTER}", _range),
        (rf"{_NOT_BEFORE}(?P<n>{_N})\s*(?:个人|位(?:大人|成人)?|名|人){_NOT_AFTER}", _people),
        (rf"{_NOT_BEFORE}(?P<a>{_N})\s*[个位名]?{_ADULT}", _adults),
        (rf"{_NOT_BEFORE}(?P<c>{_N})\s*[个位名]?{_KID}", _children),
        (rf"\b(?P<a>{_E})\s+{_EADULT}\s*(?:,|and|&|\+|with|plus)*\s*(?P<c>{_E})\s+{_EKID}\b", _both),
        (rf"\b(?P<c>{_E})\s+{_EKID}\s*(?:,|and|&|\+|with|plus)*\s*(?P<a>{_E})\s+{_EADULT}\b", _both),
        (rf"\b(?:an?\s+)?(?:family|party|group|team)\s+of\s+(?P<n>{_E})\b", _people),
        (rf"\b(?P<n>{_E})\s+of\s+us\b", _people),
        (
            
                rf"\b(?:(?P<s2>{_ESPOUSE})\s+and\s+)?(?:me|i|myself)(?:\s+and\s+(?P<s>{_ESPOUSE}))?\s*(?:,|and"
                r"|with|plus|\+)+\s*(?:(?:the|our"
            rf"|my)\s+)?(?:(?P<c>{_E})\s+)?{_EKID}\b", _with_children),
        (rf"\b(?:me\s+and\s+{_ESPOUSE}|{_ESPOUSE}\s+and\s+(?:i|me)|the two of us)\b", _fixed(None, None, 2)),
        (r"\b(?:just|only)\s+(?:me|myself|one person)\b|\bby myself\b", _fixed(None, None, 1)),
        (rf"\b(?:about|around|at least|roughly)\s+(?P<n>{_E})\s+(?:people|persons?|guests|of us)\b", _range),
        (rf"\b(?P<n>{_E})\s*(?:-|to|or)\s*{_E}\s+(?:people|persons|of us)\b", _range),
        (
            rf"\b(?P<n>{_COUNTED})\s+(?:people|persons?|pax|guests|friends)\b(?!\s*(?:minimum|min\b"
            r"|max))", _guests),
        (
            rf"\b(?:for|need)\s+(?P<n>{ENGLISH})\b(?!\s*(?:hours?|days?|weeks?|months?|nights?|o'clock|times"
            r"|hundred|thousand|weekends?|sessions?))(?=\s*(?:$|[,.;!?]|people|on|at|next|this|please))", _people),
        (rf"\b(?P<a>{_COUNTED})\s+{_EADULT}\b", _adults),
        (rf"\b(?P<c>{_COUNTED})\s+{_EKID}\b", _children),
    )
)  # fmt: skip


class _First:
    """A match whose number has several names, as if it had one."""

    def __init__(self, match: re.Match[str]) -> None:
        self._match = match

    def __getitem__(self, name: str) -> str:
        return next(value for key, value in self._match.groupdict().items() if value and key.startswith(name))


def read_heads(text: str) -> HeadCount | None:
    """Return how many people ``text`` says come, or None if it does not say.

    What leaves room (about ten, three or four, 带孩子) has a question; so has a text with two different counts.
    """
    folded = fold(text)
    found: list[tuple[int, int, _Count]] = []
    for pattern, build in _RULES:
        for match in pattern.finditer(folded):
            count = build(match)
            if count is not None and any(is_about(said or "") for said in match.groupdict().values()):
                count = _Count(None, None, number(match[0][0]) or 1, 0.4, unclear=True)
            taken = any(match.start() < end and start < match.end() for start, end, _ in found)
            if count is not None and not taken and 0 < count.people <= MOST:
                found.append((match.start(), match.end(), count))
    if not found:
        return None
    found.sort(key=lambda one: one[0])
    heads = [_heads(text, *one) for one in found]
    best = max(heads, key=lambda one: (one.confidence, -one.start))
    others = [one for one in heads if one.people != best.people and one.confidence > 0.5]
    if not others or best.questions:
        return best
    if _adds_up(best, others):
        return best
    counts = "、".join(one.text for one in (best, *others))
    asked = Question(
        "heads_differ", f"一共几个人？文中有：{counts}", f"How many people in all? The text says: {counts}"
    )
    return replace(best, confidence=0.4, questions=(asked,))


def _heads(text: str, start: int, end: int, count: _Count) -> HeadCount:
    said = text[start:end]
    asked = Question("heads_unclear", f"“{said}”一共是几个人？", f'How many people is "{said}" in all?')
    return HeadCount(
        start,
        end,
        said,
        count.people,
        count.adults,
        count.children,
        count.confidence,
        (asked,) if count.unclear else (),
    )


def _adds_up(best: HeadCount, others: list[HeadCount]) -> bool:
    """Tell whether the others are parts of the count, as in 一家三口，一个孩子."""
    return all(one.people < best.people and (one.children or one.adults) for one in others)
