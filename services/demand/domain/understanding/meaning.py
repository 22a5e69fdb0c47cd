"""What a phrase means: days, hours of each, and what of it is open."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.demand.domain.understanding import days
from services.demand.domain.understanding.grammar import Phrase
from services.demand.domain.understanding.hours import HOUR, PARTS, Hour, hour, hours
from services.demand.domain.understanding.model import Frame, Question
from services.demand.domain.understanding.values import Around, Bare, Clock, Day, Every, Length, Now, Part


@dataclass(frozen=True, slots=True)
class Meaning:
    """``days`` are when, in order; ``start`` and ``end`` seconds of each of them after its midnight, where said.

    A point in time has no ``end``; a span from hours of one day to hours of another has ``until`` as its last day.
    ``part`` is the part of the day that was said instead of hours; ``mod`` is after or before.
    """

    kind: str
    value: str
    days: tuple[Day, ...] = ()
    start: int | None = None
    end: int | None = None
    until: date | None = None
    part: Part | None = None
    mod: str | None = None
    every: Every | None = None
    length: Length | None = None
    questions: tuple[Question, ...] = ()
    doubt: bool = False
    confidence: float = 1.0

    def asking(self, *questions: Question, confidence: float | None = None) -> "Meaning":
        """Return the same with questions."""
        return replace(
            self,
            questions=(*self.questions, *questions),
            confidence=min(self.confidence, confidence or self.confidence),
        )


def meaning(phrase: Phrase, frame: Frame) -> Meaning | None:
    """Return what a phrase means, or None if its parts do not go together."""
    return _MAKERS[phrase.kind](phrase, frame)


def _list(phrase: Phrase, name: str) -> tuple[Day, ...]:
    return tuple(token.value for token in phrase.parts.get(name, ()) if token.letter in "DR")


def _days_of(phrase: Phrase) -> tuple[Day, ...]:
    return _list(phrase, "d1") or _list(phrase, "d3")


def _asked(found: tuple[Day, ...]) -> tuple[Question, ...]:
    return tuple(question for day in found for question in day.questions)


def _clock(value: object, frame: Frame) -> Clock | None:
    if isinstance(value, Bare):
        return Clock(value.hour)
    if isinstance(value, Now):
        at = _moment(value, frame)
        return Clock(at.hour, at.minute, at.second or None, exact=True)
    return value if isinstance(value, Clock) else None


def _moment(value: Now, frame: Frame) -> datetime:
    shifted = value.after.delta * value.sign if value.after else timedelta()
    return frame.now + shifted


def _part(phrase: Phrase, number: int) -> Part | None:
    found = phrase.value(f"p{number}") or phrase.value(f"q{number}")
    return found if isinstance(found, Part) else None


def _dates(phrase: Phrase, frame: Frame) -> Meaning:
    found = _list(phrase, "d1")
    if len(found) == 1:
        kind = ("holiday" if found[0].holiday else "date") if found[0].one else "date range"
    else:
        kind = "date"
    return Meaning(kind, ",".join(day.timex for day in found), found, questions=_asked(found))


def _dayparts(phrase: Phrase, frame: Frame) -> Meaning:
    found, part = _list(phrase, "d1"), _part(phrase, 1) or Part("ALL")
    start, end = PARTS[part.code]
    value = ",".join(f"{day.timex}T{part.code}" for day in found)
    return Meaning("datetime range", value, found, start * HOUR, end * HOUR, part=part, questions=_asked(found))


def _only_part(phrase: Phrase, frame: Frame) -> Meaning:
    part = _part(phrase, 1) or Part("ALL")
    start, end = PARTS[part.code]
    return Meaning("time range", f"T{part.code}", (), start * HOUR, end * HOUR, part=part)


def _parts(phrase: Phrase, frame: Frame) -> Meaning | None:
    first, last = _part(phrase, 1), _part(phrase, 2)
    if first is None or last is None:
        return None
    found, until = _days_of(phrase), _list(phrase, "d2")
    start, end = PARTS[first.code][0] * HOUR, PARTS[last.code][1] * HOUR
    value = f"(T{first.code},T{last.code})"
    if not found:
        return Meaning("time range", value, (), start, end, part=first) if start < end else None
    value = f"({found[0].timex}T{first.code},{(until or found)[0].timex}T{last.code})"
    stop = days.completed(frame, found[0], until[0]).last if until else None
    return Meaning("datetime range", value, found, start, end, until=stop, questions=_asked(found + until))


def _range_of_days(phrase: Phrase, frame: Frame) -> Meaning | None:
    first, last = _list(phrase, "d1")[0], _list(phrase, "d2")[0]
    first, last = days.ordered(frame, first, last)
    if last.last < first.first:
        return None
    # A year until a year ends where the last begins, as the specs of TIMEX have it; days include the last.
    value = f"({first.timex},{last.timex},P{(last.first - first.first).days}D)"
    whole = days.span(first.first, last.last if last.grain != "year" else last.first, "days", value)
    found = Meaning("date range", value, (whole,), questions=_asked((first, last)))
    part = _part(phrase, 1)
    if part is None:
        return found
    start, end = PARTS[part.code]
    return replace(
        found, kind="datetime range", value=f"{value}T{part.code}", start=start * HOUR, end=end * HOUR, part=part
    )


def _hours(phrase: Phrase, frame: Frame) -> Meaning | None:
    first, last = (_clock(phrase.value(f"c{number}"), frame) for number in (1, 2))
    found, until = _days_of(phrase), _list(phrase, "d2")
    if first is None or last is None:
        return None
    if not found and (until or isinstance(phrase.value("c1"), Now)):
        found = (days.relative(frame, 0),)
        if isinstance(phrase.value("c1"), Now) and last.hour * 3600 <= first.seconds and last.hour <= 12:
            last = replace(last, hour=last.hour + 12)
    start, end = hours(first, last, (_part(phrase, 1), _part(phrase, 2)), frame, bool(until))
    stop = days.completed(frame, found[0], until[0]).last if until else None
    asked = _asked(found + until)
    if not found:
        return Meaning(
            "time range", f"({start.timex},{end.timex})", (), start.seconds, end.seconds, doubt=_unclear(start, end)
        )
    value = ",".join(f"({day.timex}{start.timex},{(until[0] if until else day).timex}{end.timex})" for day in found)
    return Meaning(
        "datetime range", value, found, start.seconds, end.seconds, stop, questions=asked, doubt=_unclear(start, end)
    )


def _unclear(start: Hour, end: Hour) -> bool:
    return start.doubt


def _point(phrase: Phrase, frame: Frame) -> Meaning | None:
    said = phrase.value("c1")
    mod = {"m": "after", "b": "before"}.get(phrase.parts["mod"][0].letter) if "mod" in phrase.parts else None
    found = _days_of(phrase)
    if isinstance(said, Now):
        if found or mod:
            return None
        return _now(said, frame)
    clock = _clock(said, frame)
    if clock is None:
        return None
    at = hour(clock, _part(phrase, 1), frame)
    if mod and not found:
        return Meaning("time range", at.timex, (), at.seconds, mod=mod, doubt=at.doubt)
    if not found:
        return Meaning("time", at.timex, (), at.seconds, doubt=at.doubt)
    value = ",".join(f"{day.timex}{at.timex}" for day in found)
    kind = "datetime range" if mod else "datetime"
    return Meaning(kind, value, found, at.seconds, mod=mod, questions=_asked(found), doubt=at.doubt)


def _now(said: Now, frame: Frame) -> Meaning:
    if said.after is None:
        return Meaning("datetime", "PRESENT_REF", confidence=0.5 if said.vague else 0.9)
    at = _moment(said, frame)
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
    first, last = (_clock(phrase.value(f"c{number}"), frame) for number in (1, 2))
    part = _part(phrase, 1)
    base = every.timex if every.weekdays or every.timex != "P1D" else ""
    if first and last:
        start, end = hours(first, last, (part, _part(phrase, 2)), frame, False)
        value = f"({base}{start.timex},{base}{end.timex})"
        return Meaning("set", value, (), start.seconds, end.seconds, every=every, doubt=start.doubt)
    if first:
        at = hour(first, part, frame)
        return Meaning("set", base + at.timex, (), at.seconds, every=every, doubt=at.doubt)
    if part:
        start, end = PARTS[part.code]
        return Meaning("set", f"{base}T{part.code}", (), start * HOUR, end * HOUR, part=part, every=every)
    return Meaning("set", every.timex, every=every)


_MAKERS: dict[str, Callable[[Phrase, Frame], Meaning | None]] = {
    "set": _set,
    "hours": _hours,
    "days": _range_of_days,
    "parts": _parts,
    "moment": _point,
    "dayparts": _dayparts,
    "length": _length,
    "around": _around,
    "dates": _dates,
    "part": _only_part,
}
