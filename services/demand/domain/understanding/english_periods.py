"""Weeks, months, years and other stretches of days in English, on folded text."""

import re
from datetime import date, timedelta
from typing import Any

from services.demand.domain.understanding import days
from services.demand.domain.understanding.english_days import (
    DAY,
    END,
    LONG,
    MONTH,
    MONTHS,
    SHORT,
    WEEKDAYS,
    WHICH,
    WORD,
    YEAR,
    calendar,
    offset_of,
)
from services.demand.domain.understanding.lexing import rule
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.values import Day

_INDEX = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
ON = r"(?:\s*,?\s*(?:of\s+)?)"


def _period(match: re.Match[str], frame: Frame) -> Any:
    offset, unit = offset_of(match["which"]), match["u"]
    if unit == "month":
        return days.months_from(frame, offset)
    if unit == "year":
        return days.year(frame.today.year + offset)
    return days.weekend(frame, offset) if unit == "weekend" else days.week(frame, offset)


def _rest(match: re.Match[str], frame: Frame) -> Any:
    """Read "rest of the week": from today to its end."""
    unit = match["u"]
    whole = days.week(frame, 0) if unit == "week" else days.months_from(frame, 0)
    last = whole.last.replace(month=12, day=31) if unit == "year" else whole.last
    return days.span(frame.today, last)


def _edge(match: re.Match[str], frame: Frame) -> Any:
    last = _month_of(match, frame).last
    start, end = {"e": (last.day - 6, last.day), "b": (1, 10), "s": (1, 10), "m": (11, 20)}[match["edge"][0]]
    return days.span(last.replace(day=start), last.replace(day=end))


def _month_of(match: re.Match[str], frame: Frame) -> Day:
    said = match.groupdict()
    if said.get("mon"):
        return days.month(frame, int(said["year"]) if said.get("year") else None, MONTHS[said["mon"][:3]])
    return days.months_from(frame, offset_of(said.get("which")))


def _season(match: re.Match[str], frame: Frame) -> Any:
    code = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}[match["s"]]
    if match["year"]:
        return days.season(frame, code, int(match["year"]) - frame.today.year)
    return days.season(frame, code, offset_of(match["which"]) if match["which"] else None)


def _week_with(match: re.Match[str], frame: Frame) -> Any:
    """Read "week of September 16th": the one in which it lies."""
    day = calendar(match, frame)
    if not isinstance(day, Day):
        return None
    first = day.first - timedelta(days=day.first.weekday())
    return days.span(first, first + timedelta(days=6), "week")


def _nth(match: re.Match[str], frame: Frame) -> Any:
    month = _month_of(match, frame)
    index = _INDEX[match["nth"]]
    if not match["wd"]:
        return days.week_of_month(month, index)
    if match["wd"] == "weekend":
        saturdays = [day for day in month.each() if day.isoweekday() == 6]
        first = saturdays[min(index - (index > 0), len(saturdays) - 1)]
        return days.span(first, first + timedelta(days=1), "weekend")
    fitting = [day for day in month.each() if day.isoweekday() == WEEKDAYS[match["wd"][:3]]]
    if index > len(fitting):
        return None
    found = fitting[index - (index > 0)]
    return Day(found.isoformat(), found, found, year=found.year, month=found.month, day=found.day)


def _half(match: re.Match[str], frame: Frame) -> Any:
    """Read "early next week", "late last month"; "later this week" is what is left of it from tomorrow on."""
    whole = _period(match, frame)
    if whole is None:
        return None
    middle = whole.first + (whole.last - whole.first + timedelta(days=1)) / 2
    if match["half"] == "early":
        return days.span(whole.first, middle - timedelta(days=1))
    if match["half"] == "later" and match["which"] == "this":
        tomorrow = frame.today + timedelta(days=1)
        return days.span(tomorrow, whole.last) if tomorrow <= whole.last else None
    return days.span(middle, whole.last)


def _of_year(match: re.Match[str], frame: Frame) -> Any:
    """Read "the third week of 2027", "the third quarter this year"."""
    year = int(match["year"] or match["y2"] or frame.today.year + offset_of(match["which"]))
    index = _INDEX[match["nth"]]
    if match["u"] == "week":
        return days.week_of_month(days.month(frame, year, 1 if index > 0 else 12), index)
    if not 1 <= index <= 4:
        return None
    first = date(year, 3 * index - 2, 1)
    return days.span(first, days.shift_month(first, 3) - timedelta(days=1))


_NTH = r"(?:the\s+)?(?P<nth>first|second|third|fourth|fifth|last)"

RULES = (
    rule(rf"{WORD}(?:the\s+)?(?:{WHICH}|(?P<mine>my))\s+(?P<u>week|weekend|month|year){END}", _period),
    rule(
        rf"{WORD}(?:the\s+)?rest\s+(?:of\s+)?(?:(?:the|my|this|current)\s+)?(?P<u>week|month|year){END}",
        _rest,
    ),
    rule(rf"{WORD}(?:the\s+)?(?P<u>weekend){END}(?P<which>(?!))?", _period),
    rule(
        rf"{WORD}(?:the\s+)?(?P<edge>end|beginning|start|middle|mid)[\s-]+(?:of\s+)?(?:{MONTH}|(?:the"
        rf"|{WHICH})\s+month){END}",
        _edge,
    ),
    rule(
        rf"{WORD}(?:the\s+)?(?P<nth>first|second|third|fourth|fifth|last)\s+(?:(?P<wd>{LONG}|{SHORT}|weekend)|week)\s+"
        rf"(?:of|in)\s+(?:{MONTH}(?:{ON}{YEAR})?|(?:the\s+)?{WHICH}\s+month){END}",
        _nth,
    ),
    rule(rf"{WORD}(?:the\s+)?week\s+of\s+{MONTH}\s*(?:the\s+)?{DAY}(?:{ON}{YEAR})?", _week_with),
    rule(
        rf"{WORD}(?:{WHICH}\s+|the\s+)?(?P<s>spring|summer|autumn|winter){END}(?:{ON}{YEAR})?"
        r"(?!\s+(?:festival|roll|camp|school))",
        _season,
    ),
    rule(rf"{WORD}(?P<half>early|late|later)\s+(?:in\s+)?{WHICH}\s+(?P<u>week|month|year){END}", _half),
    rule(
        rf"{WORD}{_NTH}\s+(?P<u>week|quarter)\s+(?:(?:of|in)\s+)?(?:{YEAR}|(?:the\s+)?{WHICH}\s+year){END}"
        r"(?P<y2>(?!))?",
        _of_year,
    ),
    rule(rf"(?<!\d)(?P<y2>(?:19|20)\d\d)\s+{_NTH}\s+(?P<u>quarter){END}(?P<year>(?!))?(?P<which>(?!))?", _of_year),
)
