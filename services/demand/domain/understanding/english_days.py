"""Days and stretches of days in English, on folded text."""

import re
from typing import Any

from services.demand.domain.understanding import days, holidays
from services.demand.domain.understanding.lexing import rule
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.values import Day

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
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}

WORD = r"(?<![a-z])"
END = r"(?![a-z])"
_MONTH = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?"
    r"(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d:]|\s*(?:am|pm)\b)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
LONG = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
SHORT = r"(?:mon|tues?|wed|thurs?|thu|fri|sat|sun)"
_WHICH = r"(?P<which>next|this|coming|this\s+coming|last|past|the\s+following)"


def _offset(which: str | None) -> int:
    return {"next": 1, "the following": 1, "last": -1, "past": -1}.get(which or "", 0)


def _calendar(match: re.Match[str], frame: Frame) -> Any:
    said = match.groupdict()
    month = MONTHS[said["mon"][:3]]
    year = int(said["year"]) if said.get("year") else None
    if said.get("which"):
        year = frame.today.year + _offset(said["which"])
    if said.get("day"):
        return days.calendar_day(frame, year, month, int(said["day"]))
    return days.month(frame, year, month)


def _day_of_month(match: re.Match[str], frame: Frame) -> Any:
    return days.calendar_day(frame, None, None, int(match["day"]))


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
    if which in ("this", "coming", "this coming"):
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
    if match["mon"]:
        month = days.month(frame, None, MONTHS[match["mon"][:3]])
    else:
        month = days.months_from(frame, _offset(match["which"]))
    last = month.last
    start, end = {"e": (last.day - 6, last.day), "b": (1, 10), "s": (1, 10), "m": (11, 20)}[match["edge"][0]]
    return days.span(last.replace(day=start), last.replace(day=end))


def _nth(match: re.Match[str], frame: Frame) -> Any:
    if match["mon"]:
        month = days.month(frame, int(match["year"]) if match["year"] else None, MONTHS[match["mon"][:3]])
    else:
        month = days.months_from(frame, _offset(match["which"]))
    fitting = [day for day in month.each() if day.isoweekday() == WEEKDAYS[match["wd"][:3]]]
    index = ORDINALS[match["nth"]]
    found = fitting[index - (index > 0)]
    return Day(found.isoformat(), found, found, year=found.year, month=found.month, day=found.day)


def _season(match: re.Match[str], frame: Frame) -> Any:
    code = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}[match["s"]]
    return days.season(frame, code, _offset(match["which"]) if match["which"] else None)


def _holiday(match: re.Match[str], frame: Frame) -> Any:
    return holidays.holiday(frame, match["h"], int(match["year"]) if match["year"] else None)


RULES = (
    rule(rf"{WORD}(?:{_WHICH}\s+)?(?P<wd>{LONG}){END}(?:\s+(?:of\s+)?(?P<w2>next|this|last)\s+week{END})?", _weekday),
    rule(rf"{WORD}{_MONTH}\s*(?:the\s+)?{_DAY}(?:(?:\s*,\s*|\s+(?:of\s+)?){_YEAR})?", _calendar),
    rule(rf"(?:the\s+)?{_DAY}\s*(?:of\s+)?{_MONTH}{END}(?:,?\s*{_YEAR})?", _calendar),
    rule(rf"{WORD}{_MONTH}{END},?\s*(?:of\s+)?{_YEAR}", _calendar),
    rule(rf"{WORD}{_WHICH}\s+{_MONTH}{END}", _calendar),
    rule(rf"{WORD}{_MONTH}{END}", lambda m, f: None if m["mon"] in ("may", "march", "mar") else _calendar(m, f)),
    rule(rf"(?<=in )(?P<mon>may|march){END}", _calendar),
    rule(
        r"(?:the\s+)?(?P<day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)\b(?!\s+(?:floor|grade|time|birthday"
        r"|street|avenue|year))",
        _day_of_month,
    ),
    rule(rf"(?<=in ){_YEAR}(?!\d)", lambda m, f: days.year(int(m["year"]))),
    rule(
        rf"{WORD}(?:{'|'.join(sorted(RELATIVE, key=len, reverse=True))}){END}",
        lambda m, f: days.relative(f, RELATIVE[re.sub(r"\s+", " ", m[0])]),
    ),
    rule(rf"{WORD}(?:{_WHICH}\s+)?(?P<wd>{SHORT}){END}\.?(?P<w2>(?!))?", _weekday),
    rule(rf"{WORD}(?:the\s+)?{_WHICH}\s+(?P<u>week|weekend|month|year){END}", _period),
    rule(rf"{WORD}(?:the\s+)?(?P<u>weekend){END}(?P<which>(?!))?", _period),
    rule(
        rf"{WORD}(?:the\s+)?(?P<edge>end|beginning|start|middle|mid)[\s-]+(?:of\s+)?(?:{_MONTH}|(?:the"
        rf"|{_WHICH})\s+month){END}",
        _edge,
    ),
    rule(
        rf"{WORD}(?:the\s+)?(?P<nth>first|second|third|fourth|last)\s+(?P<wd>{LONG}|{SHORT})\s+(?:of"
        rf"|in)\s+(?:{_MONTH}(?:\s+{_YEAR})?|(?:the\s+)?{_WHICH}\s+month){END}",
        _nth,
    ),
    rule(
        rf"{WORD}(?:{_WHICH}\s+|the\s+)?(?P<s>spring|summer|autumn|winter){END}(?!\s+(?:festival|roll|camp|school))",
        _season,
    ),
    rule(rf"{WORD}(?P<h>{holidays.NAMED}){END}(?:\s+(?P<year>(?:19|20)\d\d))?", _holiday),
)
