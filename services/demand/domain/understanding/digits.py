"""Times that are written in digits and signs, the same in every language, on folded text."""

import re
from dataclasses import replace
from typing import Any

from services.demand.domain.understanding import days
from services.demand.domain.understanding.lexing import rule, words
from services.demand.domain.understanding.model import Frame, Question
from services.demand.domain.understanding.values import Bare, Clock


def _full_year(words: str) -> int:
    return int(words) if len(words) == 4 else 2000 + int(words)


def _year_first(match: re.Match[str], frame: Frame) -> Any:
    # 21-04-16 cannot begin with a month; written in the English way it begins with the day.
    if len(match["y"]) == 2 and frame.locale == "en":
        return None
    return days.calendar_day(frame, _full_year(match["y"]), int(match["m"]), int(match["d"]))


def _year_last(match: re.Match[str], frame: Frame) -> Any:
    if len(match["y"]) == 2 and frame.locale != "en":
        return None
    return _ordered(match, frame, _full_year(match["y"]))


def _month_and_day(match: re.Match[str], frame: Frame) -> Any:
    return _ordered(match, frame, None)


def _ordered(match: re.Match[str], frame: Frame, year: int | None) -> Any:
    """Return a day of which it is not said which number is the month; asked where both may be, but for Chinese."""
    first, second = int(match["a"]), int(match["b"])
    month, day = (second, first) if first > 12 else (first, second)
    found = days.calendar_day(frame, year, month, day)
    if found is None or max(first, second) > 12 or first == second or (frame.locale != "en" and year is None):
        return found
    other = days.calendar_day(frame, year, second, first)
    choices = tuple(str(one.first) for one in (found, other) if one)
    asked = Question("date_order", f"{match[0]} 是哪一天？", f"Which day is {match[0]}?", choices)
    return replace(found, questions=(asked,))


def _month_of_year(match: re.Match[str], frame: Frame) -> Any:
    return days.month(frame, int(match["y"]), int(match["m"]))


def _clock(match: re.Match[str], frame: Frame) -> Any:
    hour, minute = int(match["h"]), int(match["m"])
    if hour == 24 and minute:
        return None
    # 09:30 is written by the clock of twenty-four hours, 9:30 may be either.
    return Clock(hour, minute, int(match["s"]) if match["s"] else None, exact=match["h"][0] == "0")


# Behind a number these make it a count of something.
_COUNTED = (
    r"[人位个元块钱斤份户岁名楼号月年天小分折周星日次节大家成只张套]|people|persons?|kids?|adults?"
    r"|children|of us|usd|dollars?|hours?|hrs?|min"
)

_M = r"(?P<m>1[0-2]|0?[1-9])"
_D = r"(?P<d>3[01]|[12]\d|0?[1-9])"
_AB = r"(?P<a>3[01]|[12]\d|0?[1-9])\s*{sign}\s*(?P<b>3[01]|[12]\d|0?[1-9])"
_NO = r"(?<![\d.:/¥$€£-])"
# 6.13 is a day where a day is written on: 6.13日, 6.13（周六）, 6.13上午.
_DAY_FOLLOWS = r"(?=[日号]|\s*\(?(?:周|星期|礼拜|上午|下午|早上|晚上|中午))[日号]?"

RULES = (
    rule(rf"{_NO}(?P<y>\d{{4}})\s*([-/.])\s*{_M}\s*\2\s*{_D}(?!\d)", _year_first),
    rule(rf"{_NO}(?P<y>(?:19|20)\d\d) (?P<m>1[0-2]|0[1-9]) (?P<d>3[01]|[12]\d|0[1-9])(?!\d)", _year_first),
    rule(rf"{_NO}(?P<y>\d{{2}})([-/.]){_M}\2{_D}(?!\d)", _year_first),
    rule(_NO + _AB.replace("{sign}", r"([-/.])") + r"(?:\2|,)(?P<y>\d{4}|\d{2})(?!\d)", _year_last),
    rule(_NO + _AB.replace("{sign}", "/") + r"(?![\d/.]|\s*[人份个])", _month_and_day),
    rule(_NO + rf"{_M}\.{_D}" + _DAY_FOLLOWS, lambda m, f: days.calendar_day(f, None, int(m["m"]), int(m["d"]))),
    rule(_NO + rf"(?P<y>(?:19|20)\d\d)\s*[-/.]\s*{_M}(?![\d/.-])", _month_of_year),
    rule(_NO + rf"{_M}/(?P<y>(?:19|20)\d\d)(?![\d/.-])", _month_of_year),
    words(r"(?<=[\d日号])t(?=\d\d:)", "x"),
    rule(r"(?P<h>2[0-4]|1\d|0?\d):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?!\d)", _clock),
    rule(
        rf"(?<![\d.¥$€£#])\d{{1,2}}(?![\d.%:/]|\s*(?:{_COUNTED}))",
        lambda m, f: Bare(int(m[0])) if int(m[0]) <= 31 else None,
    ),
    words("~|-+(?!>)", "t"),
    words("[、&]", "j"),
    words("/", "v"),
    words(",", "c"),
    words(r"[()\[\]:·【】]", "x"),
)
