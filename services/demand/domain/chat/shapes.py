"""The forms in which programs export group chats. An export is read in one form only: the one that most lines have."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

_YMD = r"(?P<y>\d{4}|\d\d)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
_DMY = r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<y>\d{4}|\d\d)"
_CLOCK = (
    r"(?P<half>凌晨|早上|上午|中午|下午|晚上|午後|上午|[AP]M\s)?\s*(?P<h>\d{1,2}):(?P<n>\d\d)(?::\d\d)?"
    r"(?:\s*(?P<after>[APap]\.?[Mm]\.?))?"
)
_NAME = r"(?P<name>\S.{0,60}?)"


@dataclass(frozen=True, slots=True)
class Shape:
    """A form: ``head`` matches a line that begins a message; its text follows in the line (``inline``) or below."""

    name: str
    head: re.Pattern[str]
    inline: bool


SHAPES = (
    Shape("bracketed", re.compile(rf"^\[{_YMD},?\s+{_CLOCK}\]\s*{_NAME}[:：]\s?(?P<text>.*)$"), True),
    Shape("bracketed, day first", re.compile(rf"^\[{_DMY},?\s+{_CLOCK}\]\s*{_NAME}[:：]\s?(?P<text>.*)$"), True),
    Shape("bracketed clock", re.compile(rf"^\[{_CLOCK}\]\s*{_NAME}[:：]\s?(?P<text>.*)$"), True),
    Shape("day first and dash", re.compile(rf"^{_DMY},?\s+{_CLOCK}\s+-\s+(?:{_NAME}:\s)?(?P<text>.*)$"), True),
    Shape(
        "time, name: text",
        re.compile(rf"^{_YMD},?\s+{_CLOCK}\s+(?P<name>[^\s:：][^:：]{{0,40}}?)[:：]\s*(?P<text>.*)$"),
        True,
    ),
    Shape("clock, tab", re.compile(rf"^{_CLOCK}\t(?P<name>[^\t]{{1,60}})\t(?P<text>.*)$"), True),
    Shape("time and name", re.compile(rf"^{_YMD},?\s+{_CLOCK}\s+{_NAME}\s*$"), False),
    Shape("name and time", re.compile(rf"^{_NAME}\s+{_YMD},?\s+{_CLOCK}\s*$"), False),
    Shape("name and clock", re.compile(rf"^{_NAME}\s+{_CLOCK}\s*$"), False),
)

# A line of its own that says the day of what follows.
DAY = re.compile(rf"^[\s—–\-=─]*{_YMD}(?:\s*[（(]?(?:[周週星期一二三四五六日天]+|\w{{3,9}})[）)]?)?[\s—–\-=─]*$")

_AFTERNOON = ("下午", "晚上", "午後", "PM")


def day_of(found: re.Match[str], day_first: bool | None) -> date | None:
    """Return the day that a match names, or None; ``day_first`` says how 12/07/2026 is meant, None if nobody knows."""
    parts = found.groupdict()
    if not parts.get("y"):
        return None
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    if parts.get("a") is None:
        month, day = int(parts["m"]), int(parts["d"])
    elif day_first is None:
        return None
    else:
        day, month = int(parts["a"]), int(parts["b"])
        if not day_first:
            day, month = month, day
    try:
        return date(year, month, day)
    except ValueError:
        return None


def clock_of(found: re.Match[str]) -> time | None:
    """Return the time of day that a match names, or None where it is none."""
    parts = found.groupdict()
    hour, minute = int(parts["h"]), int(parts["n"])
    half = (parts.get("half") or "").strip() or (parts.get("after") or "").replace(".", "").upper()
    if half == "中午":
        hour += 12 if hour < 11 else 0
    elif half in _AFTERNOON:
        hour += 12 if hour < 12 else 0
    elif half in ("AM", "凌晨", "上午", "早上") and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def moment(day: date | None, clock: time | None) -> datetime | None:
    """Put day and time together."""
    return None if day is None or clock is None else datetime.combine(day, clock)


def day_is_first(lines: list[str], shape: Shape) -> bool | None:
    """Tell from all lines whether the day comes before the month; None where they fit both."""
    first = second = False
    for line in lines:
        found = shape.head.match(line)
        if found and found.groupdict().get("a"):
            first |= int(found["a"]) > 12
            second |= int(found["b"]) > 12
    return first if first != second else None
