"""Hours and parts of the day in English, on folded text."""

import re
from typing import Any

from services.demand.domain.understanding import days
from services.demand.domain.understanding.english_days import END, WORD
from services.demand.domain.understanding.lexing import rule, words
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.numerals import ENGLISH, number
from services.demand.domain.understanding.values import Bare, Clock, Now, Part

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
PART = "|".join(PARTS)


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
    word = re.sub(r"\s*min(?:ute)?s?$|^a ", "", match["m"]).strip()
    minutes = {"half": 30, "quarter": 15, "three quarters": 45}.get(word) or number(word)
    # "five to seven" is a range of hours, "five minutes to seven" and "ten past seven" are not.
    said = word != match["m"] or word in ("half", "quarter", "three quarters") or match["dir"] in ("past", "after")
    if hour is None or minutes is None or hour > 12 or minutes > 59 or not said:
        return None
    if match["dir"] not in ("past", "after"):
        hour, minutes = hour - 1 or 12, 60 - minutes
    half = {"a": "am", "p": "pm"}.get((match["half"] or "")[:1])
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Clock(hour, minutes, None, half, exact=half is not None)


def _spoken(match: re.Match[str], frame: Frame) -> Any:
    """Read "eight forty pm", 340pm; without am or pm only behind a word that leads to a time."""
    hour, minute = number(match["h"]), number(match["m"])
    half = {"a": "am", "p": "pm"}.get((match["half"] or "")[:1])
    leads = re.search(r"\b(?:at|for|by|from|until|till|around|about|is|it's|to)\s+$", match.string[: match.start()])
    if hour is None or minute is None or hour > 24 or minute > 59 or not (half or leads):
        return None
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Clock(hour, minute, None, half, exact=half is not None)


def _part(match: re.Match[str], frame: Frame) -> Any:
    return Part(PARTS[match["part"]])


def _fixed(match: re.Match[str], frame: Frame) -> Any:
    return Clock(12 if match[1] == "noon" else 0, 0, None, None, exact=True)


def _bare(match: re.Match[str], frame: Frame) -> Any:
    hour = number(match[0])
    return Bare(hour) if hour is not None and hour <= 24 else None


def _tonight(match: re.Match[str], frame: Frame) -> Any:
    if match[0] == "tonight":
        return days.relative(frame, 0), Part("EV")
    if match["other"]:
        return days.relative(frame, -1 if match["other"] == "last" else 1), Part(PARTS[match["part"]])
    return days.relative(frame, 0), Part(PARTS[match["p2"]])


_HALF = r"\s*(?P<half>a\.?\s?m\b\.?|p\.?\s?m\b\.?)"
_TEN = "ten|fifteen|twenty|thirty|forty|fifty"
_MINUTES = rf"(?:(?:twenty|thirty|forty|fifty)[\s-](?:one|two|three|four|five|six|seven|eight|nine)|{_TEN}|oh\s+five)"

RULES = (
    rule(rf"(?P<h>\d{{1,2}})(?::(?P<m>[0-5]\d))?(?::(?P<s>[0-5]\d))?{_HALF}", _clock),
    rule(rf"{WORD}(?P<h>\d{{1,2}}|{ENGLISH})\s+o'?\s?clock{END}", _clock),
    rule(rf"{WORD}(?P<h>{ENGLISH}){_HALF}", _clock),
    rule(r"(?<!\d)(?P<h>\d{1,2})(?P<m>[0-5]\d)" + _HALF, _spoken),
    rule(rf"{WORD}(?P<h>{ENGLISH})\s+(?P<m>{_MINUTES}){END}(?:{_HALF})?", _spoken),
    rule(
        rf"{WORD}(?P<m>half|(?:a\s+)?quarter|three\s+quarters|(?:{ENGLISH}|\d{{1,2}})(?:\s*min(?:ute)?s?)?)\s+"
        rf"(?P<dir>past|after|to|til|till|before)\s+(?P<h>{ENGLISH}|\d{{1,2}})(?:\s*(?P<half>am|pm)|\s+o'?clock)?{END}",
        _past,
    ),
    rule(rf"{WORD}(?:12\s+)?(noon|midnight)(?:ish)?{END}", _fixed),
    rule(rf"{WORD}mid[\s-]night{END}", lambda match, frame: Clock(0, 0, exact=True)),
    rule(r"(?<!\d)(?P<h>\d{1,2})-?ish\b", _clock),
    rule(rf"{WORD}(?:{ENGLISH}){END}(?!\s+(?:of|more|time|thing|another|or\s+two))", _bare),
    rule(
        rf"{WORD}(?:tonight|(?P<other>next|last)\s+(?P<part>night|evening)|this\s+(?P<p2>{PART})){END}",
        _tonight,
    ),
    rule(rf"{WORD}(?:early|late)[\s-](?P<part>{PART})s?{END}", _part),
    rule(rf"{WORD}(?P<part>{PART})s?{END}", _part),
    rule(rf"{WORD}(?:right\s+)?now{END}", lambda match, frame: Now()),
    rule(rf"{WORD}(?:as soon as possible|asap){END}", lambda match, frame: Now(vague=True)),
    words(rf"{WORD}(?:to|until|till|til|through|thru){END}", "t"),
    words(rf"(?<=-)next day{END}", "x"),
    words(rf"{WORD}and{END}|&", "j"),
    words(rf"{WORD}or{END}", "v"),
    words(rf"{WORD}(?:from|between){END}", "f"),
    words(rf"{WORD}(?:at|by){END}", "h"),
    words(rf"{WORD}(?:about|around|approximately|roughly|circa|ish){END}", "a"),
    words(rf"{WORD}(?:onwards?|and later|or later|or after|from then on){END}", "m"),
    words(rf"{WORD}(?:after|since){END}", "M"),
    words(rf"{WORD}(?:or earlier|or before){END}", "b"),
    words(rf"{WORD}before{END}", "B"),
    words(rf"{WORD}(?:on|in|the|of|during|early|late){END}|{WORD}for(?=\s+\d+(?::|\s*[ap]\.?m))", "x"),
)
