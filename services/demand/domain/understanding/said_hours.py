"""Phrases that are about hours, lengths and repetitions; and the one table of all kinds of phrases."""

from collections.abc import Callable
from dataclasses import replace

from services.demand.domain.understanding import days, said_days
from services.demand.domain.understanding.grammar import Phrase
from services.demand.domain.understanding.hours import HOUR, PARTS, hour, hours, whole_part
from services.demand.domain.understanding.meaning import (
    Meaning,
    asked_of,
    clock_of,
    days_of,
    listed,
    mod_of,
    moment_of,
    part_of,
)
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.values import Around, Day, Every, Length, Now, Part


def meaning(phrase: Phrase, frame: Frame) -> Meaning | None:
    """Return what a phrase means, or None if its parts do not go together."""
    return _MAKERS[phrase.kind](phrase, frame)


def _only_part(phrase: Phrase, frame: Frame) -> Meaning:
    part = part_of(phrase, 1) or Part("ALL")
    start, end = PARTS[part.code]
    if part.code == "ALL":
        return Meaning("duration", "P1D", length=Length(1, "D"))
    return Meaning("time range", f"T{part.code}", (), start * HOUR, end * HOUR, part=part)


def _hours(phrase: Phrase, frame: Frame) -> Meaning | None:
    first, last = (clock_of(phrase.value(f"c{number}"), frame) for number in (1, 2))
    found, until = days_of(phrase), listed(phrase, "d2") or listed(phrase, "e2")
    if first is None or last is None:
        return None
    if not found and "e2" in phrase.parts:
        # 3pm to 4pm tomorrow: one day for both.
        found, until = until, ()
    if not found and (until or isinstance(phrase.value("c1"), Now)):
        found = (days.relative(frame, 0),)
        if isinstance(phrase.value("c1"), Now) and last.hour * 3600 <= first.seconds and last.hour <= 12:
            last = replace(last, hour=last.hour + 12)
    start, end = hours(first, last, (part_of(phrase, 1), part_of(phrase, 2)), frame, bool(until))
    part = whole_part(part_of(phrase, 1), start, end)
    stop = days.completed(frame, found[0], until[0]).last if until else None
    asked = asked_of(found + until)
    if not found:
        return Meaning(
            "time range", f"({start.timex},{end.timex})", (), start.seconds, end.seconds, part=part, doubt=start.doubt
        )
    value = ",".join(f"({day.timex}{start.timex},{(until[0] if until else day).timex}{end.timex})" for day in found)
    return Meaning(
        "datetime range", value, found, start.seconds, end.seconds, stop, part, questions=asked, doubt=start.doubt
    )


def _point(phrase: Phrase, frame: Frame) -> Meaning | None:
    said = phrase.value("c1")
    mod = mod_of(phrase)
    found = days_of(phrase)
    if isinstance(said, Now):
        if found or mod:
            return None
        return _now(said, frame)
    clock = clock_of(said, frame)
    if clock is None:
        return None
    at = hour(clock, part_of(phrase, 1), frame)
    if mod and not found:
        return Meaning("time range", at.timex, (), at.seconds, mod=mod, doubt=at.doubt)
    if not found:
        return Meaning("time", at.timex, (), at.seconds, doubt=at.doubt)
    value = ",".join(f"{day.timex}{at.timex}" for day in found)
    kind = "datetime range" if mod else "datetime"
    return Meaning(kind, value, found, at.seconds, mod=mod, questions=asked_of(found), doubt=at.doubt)


def _now(said: Now, frame: Frame) -> Meaning:
    if said.after is None:
        return Meaning("datetime", "PRESENT_REF", confidence=0.5 if said.vague else 0.9)
    at = moment_of(said, frame)
    day = Day(at.date().isoformat(), at.date(), at.date())
    return Meaning("datetime", at.strftime("%Y-%m-%dT%H:%M:%S"), (day,), at.hour * 3600 + at.minute * 60 + at.second)


def _around(phrase: Phrase, frame: Frame) -> Meaning | None:
    said = phrase.value("w")
    if not isinstance(said, Around):
        return None
    start, end = sorted((frame.now, frame.now + said.length.delta * said.sign))
    value = f"({start:%Y-%m-%dT%H:%M:%S},{end:%Y-%m-%dT%H:%M:%S},{said.length.timex})"
    first, last = (Day(at.date().isoformat(), at.date(), at.date()) for at in (start, end))
    seconds = [at.hour * 3600 + at.minute * 60 + at.second for at in (start, end)]
    return Meaning("datetime range", value, (first,), *seconds, until=last.first)


def _length(phrase: Phrase, frame: Frame) -> Meaning:
    found = [token.value for token in phrase.parts["l"] if token.letter == "L"]
    length = replace(found[0], more=tuple(found[1:]))
    return Meaning("duration", length.timex, length=length)


def _set(phrase: Phrase, frame: Frame) -> Meaning | None:
    every = phrase.value("s")
    if not isinstance(every, Every):
        return None
    first, last = (clock_of(phrase.value(f"c{number}"), frame) for number in (1, 2))
    part = part_of(phrase, 1)
    base = every.timex if every.weekdays or every.timex != "P1D" else ""
    if first and last:
        start, end = hours(first, last, (part, part_of(phrase, 2)), frame, False)
        value = f"({base}{start.timex},{base}{end.timex})"
        return Meaning(
            "set",
            value,
            (),
            start.seconds,
            end.seconds,
            part=whole_part(part, start, end),
            every=every,
            doubt=start.doubt,
        )
    if first:
        at = hour(first, part, frame)
        return Meaning("set", base + at.timex, (), at.seconds, mod=mod_of(phrase), every=every, doubt=at.doubt)
    if part:
        start, end = PARTS[part.code]
        return Meaning("set", f"{base}T{part.code}", (), start * HOUR, end * HOUR, part=part, every=every)
    return Meaning("set", every.timex, every=every)


_MAKERS: dict[str, Callable[[Phrase, Frame], Meaning | None]] = {
    "set": _set,
    "hours": _hours,
    "days": said_days.range_of_days,
    "numbers": said_days.numbered_days,
    "parts": said_days.range_of_parts,
    "moment": _point,
    "dayparts": said_days.parts_of_days,
    "length": _length,
    "around": _around,
    "dates": said_days.dates,
    "part": _only_part,
}
