"""Times that are written in digits and signs, the same in every language, on folded text."""

import re
from dataclasses import replace
from typing import Any

from services.demand.domain.understanding import days
from services.demand.domain.understanding.lexing import rule, words
from services.demand.domain.understanding.model import Frame, Question
from services.demand.domain.understanding.values import Bare, Clock


def _numeric(match: re.Match[str], frame: Frame) -> Any:
    year = int(match["y"]) if match["y"] else None
    if year is not None and year < 100:
        year += 2000
    return days.calendar_day(frame, year, int(match["m"]), int(match["d"]))


def _slash(match: re.Match[str], frame: Frame) -> Any:
    first, second = int(match["m"]), int(match["d"])
    if frame.locale == "en" and first <= 12 and second <= 12 and first != second:
        months = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ]
        choices = (f"{months[first - 1]} {second}", f"{months[second - 1]} {first}")
        question = Question("date_order", f"{match[0]} 是哪一天？", f"Which day is {match[0]}?", choices)
        found = days.calendar_day(frame, None, first, second)
        return found and replace(found, questions=(question,))
    if first > 12 >= second:
        first, second = second, first
    return days.calendar_day(frame, None, first, second)


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

RULES = (
    rule(r"(?P<y>\d{4})\s*([-/.])\s*(?P<m>1[0-2]|0?[1-9])\s*\2\s*(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)", _numeric),
    rule(r"(?P<y>\d{2})([-/.])(?P<m>1[0-2]|0?[1-9])\2(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)", _numeric),
    rule(r"(?P<d>3[01]|[12]\d|0?[1-9])([-/.])(?P<m>1[0-2]|0?[1-9])\2(?P<y>\d{4})(?!\d)", _numeric),
    rule(r"(?P<m>[0-3]?\d)/(?P<d>[0-3]?\d)(?![\d/.]|\s*[人份个])", _slash),
    rule(r"(?P<h>2[0-4]|1\d|0?\d):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?!\d)", _clock),
    rule(
        rf"(?<![\d.¥$€£#])\d{{1,2}}(?![\d.%:/]|\s*(?:{_COUNTED}))",
        lambda m, f: Bare(int(m[0])) if int(m[0]) <= 24 else None,
    ),
    words("~|-+(?!>)", "t"),
    words("[、&]", "j"),
    words("/", "v"),
    words(",", "c"),
    words(r"[()\[\]:·【】]", "x"),
)
