"""Hours, parts of the day, lengths and repetitions in English, on folded text."""

import re
from typing import Any

from services.demand.domain.understanding import days
from services.demand.domain.understanding.english_days import END, LONG, SHORT, WEEKDAYS, WORD
from services.demand.domain.understanding.lexing import rule, words
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.numerals import ENGLISH, amount, number
from services.demand.domain.understanding.values import Bare, Clock, Every, Length, Now, Part

UNITS = {"y": "Y", "mo": "M", "w": "W", "d": "D", "h": "H", "mi": "MIN", "s": "S", "n": "D"}
PARTS = {
    "morning": "MO",
    "forenoon": "MO",
    "afternoon": "AF",
    "evening": "EV",
    "night": "NI",
    "daytime": "DT",
    "lunchtime": "MI",
    "midday": "MI",
    "all day": "ALL",
    "whole day": "ALL",
}
_NUMBER = rf"(?:\d{{1,4}}(?:\.\d+)?|{ENGLISH}|an?(?:\s+couple(?:\s+of)?)?|half\s+an?|half)"
_UNIT = r"(?P<u>hours?|hrs?|h|minutes?|mins?|min|seconds?|secs?|days?|nights?|weeks?|wks?|months?|years?|yrs?)"
_LENGTH = rf"(?P<n>{_NUMBER})[\s-]*{_UNIT}(?P<plus>\s+and\s+a\s+half)?{END}"
_PARTS = "|".join(PARTS)


def _clock(match: re.Match[str], frame: Frame) -> Any:
    said = match.groupdict()
    hour = number(said["h"])
    minute = int(said["m"]) if said.get("m") else None
    second = int(said["s"]) if said.get("s") else None
    half = {"a": "am", "p": "pm"}.get((said.get("half") or "")[:1])
    if hour is None or hour > 24 or (half and not 1 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Clock(hour, minute, second, half, exact=half is not None)


def _past(match: re.Match[str], frame: Frame) -> Any:
    hour = number(match["h"])
    word = match["m"].replace("a ", "").strip()
    minutes = {"half": 30, "quarter": 15}.get(word) or number(word)
    if hour is None or minutes is None or hour > 12 or minutes > 59:
        return None
    if match["dir"] in ("to", "til", "till"):
        hour, minutes = hour - 1 or 12, 60 - minutes
    half = {"a": "am", "p": "pm"}.get((match["half"] or "")[:1])
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Clock(hour, minutes, None, half, exact=half is not None)


def _fixed(match: re.Match[str], frame: Frame) -> Any:
    return Clock(12 if match[1] == "noon" else 0, 0, None, None, exact=True)


def _bare(match: re.Match[str], frame: Frame) -> Any:
    hour = number(match[0])
    return Bare(hour) if hour is not None and hour <= 24 else None


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
    return days.relative(frame, (days.shift(frame.today, length, sign) - frame.today).days)


def _stretch(match: re.Match[str], frame: Frame) -> Any:
    length = _length(match, frame)
    return length and days.stretch(frame, length, -1 if match["dir"] in ("last", "past", "previous") else 1)


def _tonight(match: re.Match[str], frame: Frame) -> Any:
    if match[0] == "tonight":
        return days.relative(frame, 0), Part("EV")
    if match[0] == "last night":
        return days.relative(frame, -1), Part("EV")
    return days.relative(frame, 0), Part(PARTS[match["part"]])


def _every(match: re.Match[str], frame: Frame) -> Any:
    if match["word"]:
        step = 2 if match["word"].startswith("bi") or match["word"].startswith("fort") else 1
        return Every(
            Length(step, {"d": "D", "w": "W", "b": "W", "f": "W", "m": "M", "y": "Y", "a": "Y"}[match["word"][0]])
        )
    step = 2 if match["other"] else int(number(match["n"]) or 1) if match["n"] else 1
    unit = match["u"]
    return Every(Length(step, UNITS.get(unit[:2]) or UNITS[unit[0]]))


def _every_weekday(match: re.Match[str], frame: Frame) -> Any:
    numbers = sorted({WEEKDAYS[one] for one in re.findall("mon|tue|wed|thu|fri|sat|sun", match[0])})
    return Every(Length(2 if "other" in match[0] else 1, "W"), tuple(numbers))


def _group(match: re.Match[str], frame: Frame) -> Any:
    return Every(Length(1, "W"), (6, 7) if "weekend" in match[0] else (1, 2, 3, 4, 5))


def _every_part(match: re.Match[str], frame: Frame) -> Any:
    return Every(Length(1, "D")), Part(PARTS[match["part"]])


RULES = (
    rule(rf"(?P<h>\d{{1,2}})(?::(?P<m>[0-5]\d))?(?::(?P<s>[0-5]\d))?\s*(?P<half>a\.?m\.?|p\.?m\.?){END}", _clock),
    rule(rf"{WORD}(?P<h>\d{{1,2}}|{ENGLISH})\s+o'?\s?clock{END}", _clock),
    rule(rf"{WORD}(?P<h>{ENGLISH})\s*(?P<half>a\.?m\.?|p\.?m\.?){END}", _clock),
    rule(
        rf"{WORD}(?P<m>half|(?:a\s+)?quarter|{ENGLISH}|\d{{1,2}})\s+(?P<dir>past|to|til|till)\s+(?P<h>{ENGLISH}"
        rf"|\d{{1,2}})(?:\s*(?P<half>am|pm))?{END}",
        _past,
    ),
    rule(rf"{WORD}(noon|midnight){END}", _fixed),
    rule(rf"{WORD}(?:{ENGLISH}){END}", _bare),
    rule(rf"{WORD}{_LENGTH}", _length),
    rule(rf"(?P<dir>in|after|within)\s+{_LENGTH}(?!\s+ago)", _ahead),
    rule(rf"{_LENGTH}\s+(?P<dir>ago|from now|from today|later|earlier|hence)", _ahead),
    rule(rf"(?:the\s+)?(?P<dir>next|coming|following|last|past|previous)\s+{_LENGTH}", _stretch),
    rule(rf"{WORD}(?:tonight|last night|this\s+(?P<part>{_PARTS})){END}", _tonight),
    rule(rf"{WORD}(?P<early>early |late )?(?P<part>{_PARTS})s?{END}", lambda m, f: Part(PARTS[m["part"]])),
    rule(
        rf"{WORD}(?:(?P<word>daily|weekly|biweekly|fortnightly|monthly|yearly|annually)|(?:every|each)\s+"
        rf"(?P<other>other\s+)?(?:(?P<n>\d+|{ENGLISH})\s+)?{_UNIT}){END}",
        _every,
    ),
    rule(
        rf"{WORD}(?:every|each)\s+(?:other\s+)?(?:{LONG}|{SHORT})s?(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+"
        rf"|\s*[/&]\s*)(?:{LONG}|{SHORT})s?)*{END}",
        _every_weekday,
    ),
    rule(rf"{WORD}{LONG}s(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+|\s*[/&]\s*){LONG}s)*{END}", _every_weekday),
    rule(
        rf"{WORD}(?:(?:every|each|on|during|the)\s+)*(?:weekdays?|workdays?|working days?|weekends)(?!\s+of){END}",
        _group,
    ),
    rule(rf"{WORD}(?:every|each)\s+weekend{END}", _group),
    rule(rf"{WORD}(?:every|each)\s+(?P<part>{_PARTS}){END}", _every_part),
    rule(rf"{WORD}(?:right\s+)?now{END}", lambda m, f: Now()),
    words(rf"{WORD}(?:to|until|till|til|through|thru){END}", "t"),
    words(rf"{WORD}and{END}|&", "j"),
    words(rf"{WORD}or{END}", "v"),
    words(rf"{WORD}(?:from|between|at|by){END}", "f"),
    words(rf"{WORD}(?:about|around|approximately|roughly|circa|ish){END}", "a"),
    words(rf"{WORD}(?:after|since|onwards|from then on){END}", "m"),
    words(rf"{WORD}(?:before){END}", "b"),
    words(rf"{WORD}(?:on|in|the|of|during|for|early|late){END}", "x"),
)
