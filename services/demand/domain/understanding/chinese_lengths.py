"""Lengths of time and repetitions in Chinese, on folded text."""

import re
from typing import Any

from services.demand.domain.understanding import days
from services.demand.domain.understanding.chinese_days import WEEK, C, N, weekday_of
from services.demand.domain.understanding.lexing import rule
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.numerals import amount, is_about
from services.demand.domain.understanding.values import Every, Length, Now, Word

UNITS = {"年": "Y", "月": "M", "周": "W", "星期": "W", "礼拜": "W", "天": "D", "日": "D", "小时": "H", "钟头": "H"}
UNITS |= {"分钟": "MIN", "分": "MIN", "刻钟": "MIN", "秒": "S", "秒钟": "S", "时": "H", "h": "H", "晚": "D"}
_UNIT = (
    "小时|钟头|分钟|刻钟|秒钟?|星期|礼拜|周(?![年岁边围转期长])|天|(?<!个)日(?![号前])|年(?![份级代轻龄纪货会糕])|晚"
)


def _length(match: re.Match[str], frame: Frame) -> Any:
    unit = UNITS[match["u"]]
    if match["n"] and unit == "Y" and len(match["n"]) > 3:
        return None
    # The last part of 三到五天 is no length by itself.
    if not match["half"] and re.search(rf"[\d{C}](?:到|至|-|~|、)$", match.string[: match.start()]):
        return None
    if match["half"]:
        count = 0.5
    else:
        count = amount(match["n"]) or 0
        if count == 0:
            # 一两天 is neither 十二天 nor 两天.
            return Word("o") if is_about(match["n"]) else None
    if match["u"] == "刻钟":
        count *= 15
    if match["plus"]:
        count += 0.5
    return Length(count, unit)


def _later(match: re.Match[str], frame: Frame) -> Any:
    length = _length(match, frame)
    if not isinstance(length, Length):
        return length
    sign = -1 if "前" in match["dir"] else 1
    if not length.whole_days:
        return Now(length, sign)
    return days.relative(frame, (days.shift(frame.today, length, sign) - frame.today).days)


def _around(match: re.Match[str], frame: Frame) -> Any:
    length = _length(match, frame)
    if not isinstance(length, Length):
        return length
    sign = -1 if any(sign in match["dir"] for sign in "过近前上") else 1
    return (
        days.vague(days.stretch(frame, length, sign), match[0])
        if "几" in match[0]
        else days.stretch(frame, length, sign)
    )


def _within(match: re.Match[str], frame: Frame) -> Any:
    length = _length(match, frame)
    return days.stretch(frame, length, 1) if isinstance(length, Length) else length


def _every(match: re.Match[str], frame: Frame) -> Any:
    said = match.groupdict()
    if match["u"] == "季度":
        return Every(Length(3, "M"))
    count = amount(said["n"]) if said.get("n") else 1
    return Every(Length(count or 1, {"月": "M", "年": "Y"}.get(match["u"]) or UNITS[match["u"]]))


def _every_weekday(match: re.Match[str], frame: Frame) -> Any:
    listed = re.findall("[一二三四五六日天末]", re.sub(f"每个?|{WEEK}的?", "", match["d"]))
    numbers = {weekday_of(one) for one in listed} | ({7} if "末" in match["d"] else set())
    return Every(Length(2 if match["skip"] else 1, "W"), tuple(sorted(numbers)))


def _weekday_range(match: re.Match[str], frame: Frame) -> Any:
    first, last = weekday_of(match["a"]), weekday_of(match["b"])
    return Every(Length(1, "W"), tuple(range(first, last + 1))) if first < last else None


def _workdays(match: re.Match[str], frame: Frame) -> Any:
    return Every(Length(1, "W"), (1, 2, 3, 4, 5))


class _Named:
    """A match of one of two forms of a length, under the names of the first."""

    def __init__(self, match: re.Match[str]) -> None:
        self._match = match

    @property
    def string(self) -> str:
        """The text that was searched."""
        return self._match.string

    def start(self) -> int:
        """Return where the match begins."""
        return self._match.start()

    def __getitem__(self, name: str | int) -> Any:
        other = {"half": "h2", "n": "n2", "plus": "p2", "u": "u2"}.get(str(name))
        return self._match[name] or (self._match[other] if other else None)


_N = rf"(?:(?P<half>半)|(?P<n>{N}))\s*(?P<plus>个半)?个?\s*(?P<u>{_UNIT})"
_FEW = _N.replace("(?P<n>", "(?P<n>几|数|")
_MONTHS = rf"(?:(?P<half>半)个|(?P<n>{N}|几)\s*个(?P<plus>半)?)(?P<u>月)"
_OTHER = re.sub("<(half|n|plus|u)>", lambda m: f"<{m[1][0]}2>", _MONTHS)
_PLUS = "(?P<plus>(?!))?"
_HALF = "(?P<half>(?!))?"
_AHEAD = "(?P<dir>未来|今后|之后|以后|接下来|往后|过去|最近|近|之前|上|下|(?<![^\s,。;!?在])[前后])"
# A range of weekdays that is said of every week: with 每, or with a part of the day or an hour behind it.
_EACH = r"(?=的?(?:每|都|白天|晚|早|上午|下午|中午|傍晚|\d{1,2}[:点]|[一二三四五六七八九十]{1,2}点))"

RULES = (
    rule(rf"(?<=[天周])的?{_HALF}(?P<n>{N})(?P<u>时){_PLUS}", _length),
    rule(rf"(?P<n>{N}){_HALF}\s*(?P<u>年|天|周|小时|分钟)(?P<plus>半)", _length),
    rule("(?<![第这那头])" + _N + "(?!前|后|之后|以后|以前|之前|内|级)", _length),
    rule(r"(?<=时)(?P<n>[0-5]?\d|[一二三四五十]{1,3})(?P<u>分)" + _HALF + _PLUS, _length),
    rule(_MONTHS, lambda m, f: None if m["n"] == "几" else _length(m, f)),
    rule(rf"(?:{_N}|{_OTHER})(?P<dir>之?后|以后|之?前|以前)", lambda m, f: _later(_Named(m), f)),
    rule(rf"{_AHEAD}的?{_FEW}", _around),
    rule(rf"{_AHEAD}的?{_MONTHS}", _around),
    rule(rf"{_AHEAD}{_HALF}(?P<n>\d{{1,2}}){_PLUS}(?P<u>月)", _around),
    rule(
        rf"(?P<dir>上|下)(?:一?个)(?P<u>小时|钟头|分钟){_HALF}{_PLUS}(?P<n>(?!))?",
        lambda m, f: days.stretch(f, Length(1, UNITS[m["u"]]), -1 if m["dir"] == "上" else 1),
    ),
    rule(rf"(?:{_N})(?:之内|以内|内)", _within),
    rule(rf"(?:{_MONTHS})(?:之内|以内|内)", _within),
    rule(rf"(?P<n>{N})(?P<u>天){N}夜{_HALF}{_PLUS}", _length),
    rule(r"(?:每个?|天(?=天)|日(?=日))(?P<u>天|日|周|星期|礼拜|月|年|小时|季度)(?![一二三四五六日末天\d])", _every),
    rule(rf"每隔?(?P<n>{N})个?(?P<u>天|周|星期|礼拜|月|年|小时)", _every),
    rule(
        rf"(?P<d>每个?{WEEK}的?[一二三四五六日天末](?:(?:[、，,和]?{WEEK}?)[一二三四五六日天])*)(?!次)(?P<skip>(?!))?",
        _every_weekday,
    ),
    rule(rf"(?P<skip>隔周|双周|单周)的?(?P<d>{WEEK}[一二三四五六日天末])", _every_weekday),
    rule(rf"每个?{WEEK}(?P<a>[一二三四五])(?:到|至|-|~){WEEK}?(?P<b>[二三四五六日天])", _weekday_range),
    rule(rf"{WEEK}(?P<a>[一二三四五])(?:到|至|-|~){WEEK}?(?P<b>[二三四五六日天]){_EACH}", _weekday_range),
    rule(rf"(?P<d>{WEEK}[一二三四五六日天](?:[、和]?[一二三四五六日天])+){_EACH}(?P<skip>(?!))?", _every_weekday),
    rule("(?:每个?)?(?:工作日|上班日)|平日(?:里|的)?", _workdays),
)
