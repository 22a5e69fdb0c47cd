"""Days and stretches of days in English, on folded text."""

import re
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

WORD = r"(?<![a-z])"
END = r"(?![a-z])"
MONTH = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?"
    r"(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WORDS = "|".join(sorted(ORDINALS, key=len, reverse=True))
_COUNTED = "|".join(
    sorted((word for word in ENGLISH.split("|") if number(word) in range(1, 32)), key=len, reverse=True)
)
DAY = (
    rf"(?P<day>(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d:]|\s*(?:am|pm|a\.m|p\.m)\b)|(?:{_WORDS}){END}"
    rf"|(?:{_COUNTED}){END}(?!\s*(?:am|pm|o'clock|thirty|fifteen)\b))"
)
YEAR = r"(?P<year>(?:19|20)\d\d)"
LONG = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
SHORT = r"(?:mon|tues?|wed|thurs?|thu|fri|sat|sun)"
WHICH = r"(?P<which>next|this|current|coming|this\s+coming|upcoming|last|past|previous|following|the\s+following)"


def offset_of(which: str | None) -> int:
    """Return how many weeks, months or years from now; the coming week is the one that has not begun."""
    if which in ("last", "past", "previous"):
        return -1
    return 0 if which in (None, "this", "current", "this coming", "my") else 1


def _day(words: str) -> int:
    return ORDINALS.get(words) or number(re.sub("st|nd|rd|th", "", words) if words[0].isdigit() else words) or 0


def calendar(match: re.Match[str], frame: Frame) -> Any:
    """Read a day or a month of the calendar by its name."""
    said = match.groupdict()
    month = MONTHS[said["mon"][:3]]
    year = int(said["year"]) if said.get("year") else None
    if said.get("which"):
        year = frame.today.year + offset_of(said["which"])
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
    return days.weekday(frame, number_, offset_of(which))


def _holiday(match: re.Match[str], frame: Frame) -> Any:
    year = int(match["year"]) if match["year"] else None
    return holidays.holiday(frame, match["h"], frame.today.year + offset_of(match["which"]) if match["which"] else year)


ON = r"(?:\s*,?\s*(?:of\s+)?)"

RULES = (
    rule(rf"{WORD}(?:{WHICH}\s+)?(?P<wd>{LONG}){END}(?:\s+(?:of\s+)?(?P<w2>next|this|last)\s+week{END})?", _weekday),
    rule(rf"{WORD}(?:{WHICH}\s+)?(?P<wd>{SHORT}){END}\.?(?P<w2>(?!))?", _weekday),
    rule(rf"{WORD}{MONTH}\s*[-/]?\s*(?:the\s+)?{DAY}(?:(?:\s*,\s*|\s+(?:of\s+)?){YEAR})?", calendar),
    rule(rf"{WORD}(?:the\s+)?{DAY}\.?\s*-?\s*(?:of\s+)?{MONTH}{END}(?:,?\s*{YEAR})?", calendar),
    rule(rf"{WORD}{MONTH}{END},?\s*(?:of\s+)?{YEAR}", calendar),
    rule(rf"{WORD}{WHICH}\s+{MONTH}{END}", calendar),
    rule(rf"{WORD}{MONTH}{END}", lambda m, f: None if m["mon"] in ("may", "march", "mar") else calendar(m, f)),
    rule(rf"(?<=in )(?P<mon>may|march){END}", calendar),
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
        rf"(?<=for )the\s+(?P<day>3[01]|[12]\d|[1-9]|(?:{_WORDS}){END})(?=\s*(?:$|[.!?,;]))",
        _day_of_month,
    ),
    rule(
        r"(?<=on )(?P<m>1[0-2]|[1-9])[.-](?P<d>3[01]|[12]\d|0?[1-9])(?![\d:.-]|\s*(?:am|pm))",
        lambda m, f: days.calendar_day(f, None, int(m["m"]), int(m["d"])) if int(m["d"]) > 12 else None,
    ),
    rule(rf"(?<=in ){YEAR}(?!\d)", lambda m, f: days.year(int(m["year"]))),
    rule(
        rf"{WORD}(?:{'|'.join(sorted(RELATIVE, key=len, reverse=True))}){END}",
        lambda m, f: days.relative(f, RELATIVE[re.sub(r"\s+", " ", m[0])]),
    ),
    rule(rf"(?<![a-z-])(?:the\s+)?next\s+day{END}", lambda m, f: days.relative(f, 1)),
    rule(rf"{WORD}{MONTH}{END}\s+(?:of\s+)?(?P<which>next|this|last)\s+year{END}", calendar),
    rule(rf"{WORD}(?P<h>{holidays.NAMED}){END}(?:{ON}(?:{YEAR}|(?P<which>next|this|last)\s+year))?", _holiday),
)
