"""Days and stretches of days in English, on folded text."""

import re
from datetime import timedelta
from typing import Any

from services.demand.domain.understanding import days, holidays
from services.demand.domain.understanding.lexing import rule
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.numerals import ENGLISH, ORDINALS, number
from services.demand.domain.understanding.values import Day, Word

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: index for index, name in enumerate(_NAMES, 1)}
WEEKDAYS = {name: index for index, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 1)}
RELATIVE = {
    "today": 0,
    "tomorrow": 1,
    "tmr": 1,
    "tmrw": 1,
    "yesterday": -1,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
    "the day before yesterday": -2,
    "day before yesterday": -2,
}
_INDEX = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}

WORD = r"(?<![a-z])"
END = r"(?![a-z])"
_MONTH = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?"
    r"(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WORDS = "|".join(sorted(ORDINALS, key=len, reverse=True))
_COUNTED = "|".join(
    sorted((word for word in ENGLISH.split("|") if number(word) in range(1, 32)), key=len, reverse=True)
)
_DAY = (
    rf"(?P<day>(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d:]|\s*(?:am|pm|a\.m|p\.m)\b)|(?:{_WORDS}){END}"
    rf"|(?:{_COUNTED}){END}(?!\s*(?:am|pm|o'clock|thirty|fifteen)\b))"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
LONG = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
SHORT = r"(?:mon|tues?|wed|thurs?|thu|fri|sat|sun)"
_WHICH = r"(?P<which>next|this|current|coming|this\s+coming|upcoming|last|past|previous|following|the\s+following)"


def _offset(which: str | None) -> int:
    """Return how many weeks, months or years from now; the coming week is the one that has not begun."""
    if which in ("last", "past", "previous"):
        return -1
    return 0 if which in (None, "this", "current", "this coming") else 1


def _day(words: str) -> int:
    return ORDINALS.get(words) or number(re.sub("st|nd|rd|th", "", words) if words[0].isdigit() else words) or 0


def _calendar(match: re.Match[str], frame: Frame) -> Any:
    said = match.groupdict()
    month = MONTHS[said["mon"][:3]]
    year = int(said["year"]) if said.get("year") else None
    if said.get("which"):
        year = frame.today.year + _offset(said["which"])
    if said.get("day"):
        return days.calendar_day(frame, year, month, _day(said["day"])) or Word("o")
    return days.month(frame, year, month)


def _day_of_month(match: re.Match[str], frame: Frame) -> Any:
    return days.calendar_day(frame, None, None, _day(match["day"]))


def _weekday(match: re.Match[str], frame: Frame) -> Any:
    name, which = match["wd"], match["which"] or match["w2"]
    start = match.start("wd")
    # "sat", "sun" and "wed" are words too; alone they count only where nothing else of a sentence follows.
    if (
        len(name) <= 3
        and not which
        and not re.match(
            r"\.?\s*(?:$|[\d,./)-]|at|from|morning|afternoon|evening|night|or|and|to|&)",
            match.string[match.end("wd") :],
        )
    ):
        return None
    number_ = WEEKDAYS[match.string[start : start + 3]]
    if which is None:
        return days.weekday(frame, number_)
    if which in ("this", "coming", "this coming", "upcoming", "current"):
        found = days.weekday(frame, number_)
        return Day(found.first.isoformat(), found.first, found.first)
    return days.weekday(frame, number_, _offset(which))


def _period(match: re.Match[str], frame: Frame) -> Any:
    offset, unit = _offset(match["which"]), match["u"]
    if unit == "month":
        return days.months_from(frame, offset)
    if unit == "year":
        return days.year(frame.today.year + offset)
    return days.weekend(frame, offset) if unit == "weekend" else days.week(frame, offset)


def _edge(match: re.Match[str], frame: Frame) -> Any:
    last = _month_of(match, frame).last
    start, end = {"e": (last.day - 6, last.day), "b": (1, 10), "s": (1, 10), "m": (11, 20)}[match["edge"][0]]
    return days.span(last.replace(day=start), last.replace(day=end))


def _month_of(match: re.Match[str], frame: Frame) -> Day:
    said = match.groupdict()
    if said.get("mon"):
        return days.month(frame, int(said["year"]) if said.get("year") else None, MONTHS[said["mon"][:3]])
    return days.months_from(frame, _offset(said.get("which")))


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


def _season(match: re.Match[str], frame: Frame) -> Any:
    code = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}[match["s"]]
    if match["year"]:
        return days.season(frame, code, int(match["year"]) - frame.today.year)
    return days.season(frame, code, _offset(match["which"]) if match["which"] else None)


def _holiday(match: re.Match[str], frame: Frame) -> Any:
    year = int(match["year"]) if match["year"] else None
    return holidays.holiday(frame, match["h"], frame.today.year + _offset(match["which"]) if match["which"] else year)


def _week_with(match: re.Match[str], frame: Frame) -> Any:
    """Read "week of September 16th": the one in which it lies."""
    day = _calendar(match, frame)
    if not isinstance(day, Day):
        return None
    first = day.first - timedelta(days=day.first.weekday())
    return days.span(first, first + timedelta(days=6), "week")


_ON = r"(?:\s*,?\s*(?:of\s+)?)"

RULES = (
    rule(rf"{WORD}(?:{_WHICH}\s+)?(?P<wd>{LONG}){END}(?:\s+(?:of\s+)?(?P<w2>next|this|last)\s+week{END})?", _weekday),
    rule(rf"{WORD}(?:{_WHICH}\s+)?(?P<wd>{SHORT}){END}\.?(?P<w2>(?!))?", _weekday),
    rule(rf"{WORD}{_MONTH}\s*[-/]?\s*(?:the\s+)?{_DAY}(?:(?:\s*,\s*|\s+(?:of\s+)?){_YEAR})?", _calendar),
    rule(rf"{WORD}(?:the\s+)?{_DAY}\s*-?\s*(?:of\s+)?{_MONTH}{END}(?:,?\s*{_YEAR})?", _calendar),
    rule(rf"{WORD}{_MONTH}{END},?\s*(?:of\s+)?{_YEAR}", _calendar),
    rule(rf"{WORD}{_WHICH}\s+{_MONTH}{END}", _calendar),
    rule(rf"{WORD}{_MONTH}{END}", lambda m, f: None if m["mon"] in ("may", "march", "mar") else _calendar(m, f)),
    rule(rf"(?<=in )(?P<mon>may|march){END}", _calendar),
    rule(
        r"(?:the\s+)?(?P<day>(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th))\b(?!\s+(?:floor|grade|time|birthday"
        r"|street|avenue|year))",
        _day_of_month,
    ),
    rule(
        r"(?<=on )(?:the\s+)?(?P<day>3[01]|[12]\d|[1-9])(?![\d:/.-]|\s*(?:am|pm|a\.m|p\.m|people|days"
        r"|weeks|of us|[a-z]))"
        r"|(?<=on )(?:the\s+)?(?P<d2>3[01]|[12]\d|[1-9])(?=\s+(?:at|from)\s)",
        lambda m, f: days.calendar_day(f, None, None, int(m["day"] or m["d2"])),
    ),
    rule(
        r"(?<=on )(?P<m>1[0-2]|[1-9])[.-](?P<d>3[01]|[12]\d|0?[1-9])(?![\d:.-]|\s*(?:am|pm))",
        lambda m, f: days.calendar_day(f, None, int(m["m"]), int(m["d"])) if int(m["d"]) > 12 else None,
    ),
    rule(rf"(?<=in ){_YEAR}(?!\d)", lambda m, f: days.year(int(m["year"]))),
    rule(
        rf"{WORD}(?:{'|'.join(sorted(RELATIVE, key=len, reverse=True))}){END}",
        lambda m, f: days.relative(f, RELATIVE[re.sub(r"\s+", " ", m[0])]),
    ),
    rule(rf"{WORD}(?:the\s+)?{_WHICH}\s+(?P<u>week|weekend|month|year){END}", _period),
    rule(rf"{WORD}(?:the\s+)?(?P<u>weekend){END}(?P<which>(?!))?", _period),
    rule(
        rf"{WORD}(?:the\s+)?(?P<edge>end|beginning|start|middle|mid)[\s-]+(?:of\s+)?(?:{_MONTH}|(?:the"
        rf"|{_WHICH})\s+month){END}",
        _edge,
    ),
    rule(
        rf"{WORD}(?:the\s+)?(?P<nth>first|second|third|fourth|fifth|last)\s+(?:(?P<wd>{LONG}|{SHORT}|weekend)|week)\s+"
        rf"(?:of|in)\s+(?:{_MONTH}(?:{_ON}{_YEAR})?|(?:the\s+)?{_WHICH}\s+month){END}",
        _nth,
    ),
    rule(rf"{WORD}(?:the\s+)?week\s+of\s+{_MONTH}\s*(?:the\s+)?{_DAY}(?:{_ON}{_YEAR})?", _week_with),
    rule(
        rf"{WORD}(?:{_WHICH}\s+|the\s+)?(?P<s>spring|summer|autumn|winter){END}(?:{_ON}{_YEAR})?"
        r"(?!\s+(?:festival|roll|camp|school))",
        _season,
    ),
    rule(rf"{WORD}(?P<h>{holidays.NAMED}){END}(?:{_ON}(?:{_YEAR}|(?P<which>next|this|last)\s+year))?", _holiday),
)
