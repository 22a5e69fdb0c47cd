"""Lengths of time and repetitions in English, on folded text."""

import re
from typing import Any

from services.demand.domain.understanding import days
from services.demand.domain.understanding.english_days import END, LONG, SHORT, WEEKDAYS, WORD
from services.demand.domain.understanding.english_hours import PART, PARTS
from services.demand.domain.understanding.lexing import rule
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.numerals import ENGLISH, amount, number
from services.demand.domain.understanding.values import Every, Length, Now, Part

UNITS = {"y": "Y", "mo": "M", "w": "W", "d": "D", "h": "H", "mi": "MIN", "s": "S", "n": "D"}
_NUMBER = rf"(?:\d{{1,4}}(?:\.\d+)?|{ENGLISH}|an?(?:\s+couple(?:\s+of)?)?|half\s+an?|half)"
_UNIT = r"(?P<u>hours?|hrs?|h|minutes?|mins?|min|seconds?|secs?|days?|nights?|weeks?|wks?|months?|years?|yrs?)"
_LENGTH = rf"(?P<n>{_NUMBER})[\s-]*{_UNIT}(?P<plus>\s+and\s+a\s+half)?{END}"
_FEW = _LENGTH.replace("(?P<n>", r"(?P<n>a\s+few|few|")
_UNITS = "days?|weeks?|months?|years?|hours?"
# A range of weekdays is said of every week where a part of the day or an hour follows.
_EACH = r"(?=\s*,?\s*(?:at|after|from|before|between|around|mornings?|afternoons?|evenings?|nights?|noon)\b|\s*,?\s*\d)"
_AND = r"(?:\s*,\s*|\s+(?:and|or)\s+|\s*,\s*(?:and|or)\s+|\s*[/&]\s*)"


def _length(match: re.Match[str], frame: Frame) -> Any:
    words_ = match["n"]
    count = 0.5 if words_.startswith("half") else amount(re.sub(r"\s+", " ", words_)) or 0
    unit = match["u"]
    code = UNITS.get(unit[:2]) or UNITS[unit[0]]
    if match["plus"]:
        count += 0.5
    return Length(count, code) if count else None


def _ahead(match: re.Match[str], frame: Frame) -> Any:
    length = _length(match, frame)
    if length is None:
        return None
    sign = -1 if match["dir"].strip() in ("ago", "before", "earlier") else 1
    if not length.whole_days:
        return Now(length, sign)
    found = days.relative(frame, (days.shift(frame.today, length, sign) - frame.today).days)
    return days.vague(found, match[0]) if "few" in match["n"] else found


def _stretch(match: re.Match[str], frame: Frame) -> Any:
    length = _length(match, frame)
    found = length and days.stretch(frame, length, -1 if match["dir"] in ("last", "past", "previous") else 1)
    return days.vague(found, match[0]) if found and "few" in match[0] else found


def _one(match: re.Match[str], frame: Frame) -> Any:
    """Read "next hour", "last minute"."""
    unit = "H" if match["u"] == "hour" else "MIN"
    return days.stretch(frame, Length(1, unit), -1 if match["dir"] in ("last", "past") else 1)


def _whole(match: re.Match[str], frame: Frame) -> Any:
    return Length(1, match["u"][0].upper())


def _parts(match: re.Match[str], frame: Frame) -> Any:
    """Read "mornings", "Tuesday evenings": what repeats; "weekday evenings" has its days from the word before."""
    part = Part(PARTS[match["part"]])
    if match["wd"]:
        return Every(Length(1, "W"), (WEEKDAYS[match["wd"][:3]],)), part
    if re.search(
        r"(?:week(?:day|end)|workday|days?|mon|tue|wed|thu|fri|sat|sun|daily|\bor|\band|,)s?\s*$",
        match.string[: match.start()],
    ):
        return part
    return Every(Length(1, "D")), part


def _every(match: re.Match[str], frame: Frame) -> Any:
    if match["word"]:
        step = 2 if match["word"].startswith(("bi", "fort")) else 1
        return Every(
            Length(step, {"d": "D", "w": "W", "b": "W", "f": "W", "m": "M", "y": "Y", "a": "Y"}[match["word"][0]])
        )
    if match["once"]:
        return Every(Length(1, match["once"][0].upper()))
    step = 2 if match["other"] else int(number(match["n"]) or 1) if match["n"] else 1
    unit = match["u"]
    return Every(Length(step, UNITS.get(unit[:2]) or UNITS[unit[0]]))


def _every_weekday(match: re.Match[str], frame: Frame) -> Any:
    numbers = sorted({WEEKDAYS[one] for one in re.findall("mon|tue|wed|thu|fri|sat|sun", match[0])})
    return Every(Length(2 if "other" in match[0] else 1, "W"), tuple(numbers))


def _weekday_range(match: re.Match[str], frame: Frame) -> Any:
    first, last = WEEKDAYS[match["a"][:3]], WEEKDAYS[match["b"][:3]]
    return Every(Length(1, "W"), tuple(range(first, last + 1))) if first < last else None


def _listed_parts(match: re.Match[str], frame: Frame) -> Any:
    """Read "Tuesday and Thursday evenings"."""
    return _every_weekday(match, frame), Part(PARTS[match["part"]])


def _group(match: re.Match[str], frame: Frame) -> Any:
    return Every(Length(1, "W"), (6, 7) if "weekend" in match[0] else (1, 2, 3, 4, 5))


def _every_part(match: re.Match[str], frame: Frame) -> Any:
    return Every(Length(1, "D")), Part(PARTS[match["part"]])


RULES = (
    rule(rf"{WORD}{_LENGTH}", _length),
    rule(rf"{WORD}(?P<n>\d{{1,6}}(?:\.\d+)?)\s*(?P<u>seconds?|secs?)(?P<plus>(?!))?{END}", _length),
    rule(rf"{WORD}(?P<dir>in|after|within)\s+{_LENGTH}(?!\s+ago)", _ahead),
    rule(rf"{WORD}{_FEW}\s+(?P<dir>ago|from now|from today|later|earlier|hence)", _ahead),
    rule(rf"{WORD}(?:the\s+)?(?P<dir>next|coming|following|last|past|previous)\s+{_FEW}", _stretch),
    rule(rf"{WORD}(?:the\s+)?(?P<dir>next|last|past)\s+(?P<u>hour|minute){END}", _one),
    rule(rf"{WORD}(?:all|full|whole|entire)[\s-](?P<u>week|month|year){END}", _whole),
    rule(rf"{WORD}(?:all|full|whole|entire)[\s-]day{END}", lambda match, frame: Part("ALL")),
    rule(
        rf"{WORD}(?:(?P<word>daily|weekly|biweekly|fortnightly|monthly|yearly|annually|annual)|once\s+an?\s+"
        rf"(?P<once>day|week|month|year)|(?:every|each)\s+(?P<other>other\s+)?(?:(?P<n>\d+|{ENGLISH})\s+)?"
        rf"(?P<u>{_UNITS}))"
        rf"{END}",
        _every,
    ),
    rule(
        rf"{WORD}(?:every|each)\s+(?:other\s+)?(?:{LONG}|{SHORT})s?(?:{_AND}(?:{LONG}|{SHORT})s?)*{END}", _every_weekday
    ),
    rule(rf"{WORD}{LONG}s(?:{_AND}{LONG}s)*{END}", _every_weekday),
    rule(
        rf"{WORD}(?:{LONG}|{SHORT})(?:{_AND}(?:{LONG}|{SHORT}))+\s+(?P<part>morning|afternoon|evening|night)s{END}",
        _listed_parts,
    ),
    rule(
        rf"{WORD}(?:from\s+)?(?P<a>{LONG}|{SHORT})\s*(?:-|to|through|thru)\s*(?P<b>{LONG}|{SHORT}){END}{_EACH}",
        _weekday_range,
    ),
    rule(
        rf"{WORD}(?:(?:every|each|on|during|the)\s+)*(?:weekdays?|workdays?|working days?|weekends)(?!\s+of){END}",
        _group,
    ),
    rule(rf"{WORD}(?:every|each)\s+weekend{END}", _group),
    rule(rf"{WORD}(?:every|each)\s+(?P<part>{PART}){END}", _every_part),
    rule(rf"{WORD}(?:(?P<wd>{LONG})\s+)?(?P<part>morning|afternoon|evening|night)s{END}", _parts),
)
