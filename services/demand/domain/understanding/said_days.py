"""Phrases that are about days: one, several, from one to another, and parts of them."""

from dataclasses import replace
from datetime import timedelta

from services.demand.domain.understanding import days
from services.demand.domain.understanding.grammar import Phrase
from services.demand.domain.understanding.hours import HOUR, PARTS, hour, hours, whole_part
from services.demand.domain.understanding.meaning import Meaning, asked_of, clock_of, days_of, listed, mod_of, part_of
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.values import Bare, Day, Part


def dates(phrase: Phrase, frame: Frame) -> Meaning:
    """Read days by themselves, and from or until a day."""
    found = listed(phrase, "d1") or listed(phrase, "d2")
    mod = mod_of(phrase)
    if mod:
        said = found[0]
        # 周六前 includes the Saturday and 月底前 the end of the month; 下周前 ends before the week.
        until = said.last if said.grain in ("day", "days") else said.first - timedelta(days=1)
        # "After Saturday" leaves the Saturday out, 周六以后 does not.
        since = said.last + timedelta(days=1) if _is_before(phrase) else said.first
        first, last = (since, since + frame.horizon) if mod == "after" else (frame.today, until)
        if last < first:
            first = last
        whole = days.span(first, last, "days", f"{said.timex}/{mod}")
        return Meaning("date range", whole.timex, (whole,), questions=asked_of(found))
    if len(found) == 1:
        kind = ("holiday" if found[0].holiday else "date") if found[0].one else "date range"
    else:
        kind = "date"
    return Meaning(kind, ",".join(day.timex for day in found), found, questions=asked_of(found))


def _is_before(phrase: Phrase) -> bool:
    return any(token.letter == "M" for token in phrase.tokens)


def parts_of_days(phrase: Phrase, frame: Frame) -> Meaning:
    """Read days with a part of the day: 周六下午."""
    found, part = listed(phrase, "d1"), part_of(phrase, 1) or Part("ALL")
    start, end = PARTS[part.code]
    value = ",".join(f"{day.timex}T{part.code}" for day in found)
    return Meaning("datetime range", value, found, start * HOUR, end * HOUR, part=part, questions=asked_of(found))


def range_of_parts(phrase: Phrase, frame: Frame) -> Meaning | None:
    """Read from one part of a day to another: 周六上午到周日下午."""
    first, last = part_of(phrase, 1), part_of(phrase, 2)
    if first is None or last is None:
        return None
    found, until = days_of(phrase), listed(phrase, "d2")
    start, end = PARTS[first.code][0] * HOUR, PARTS[last.code][1] * HOUR
    value = f"(T{first.code},T{last.code})"
    if not found:
        return Meaning("time range", value, (), start, end, part=first) if start < end else None
    value = f"({found[0].timex}T{first.code},{(until or found)[0].timex}T{last.code})"
    stop = days.completed(frame, found[0], until[0]).last if until else None
    return Meaning("datetime range", value, found, start, end, until=stop, questions=asked_of(found + until))


def range_of_days(phrase: Phrase, frame: Frame) -> Meaning | None:
    """Read from one day or month to another, perhaps with a part of each day."""
    first, last = listed(phrase, "d1")[0], listed(phrase, "d2")[0]
    week = phrase.value("r1")
    if isinstance(week, Day):
        if week.grain != "week" or not first.weekday or not last.weekday or first.weekday >= last.weekday:
            return None
        first, last = (
            replace(one, first=day, last=day, timex=str(day), weekday=None)
            for one, day in ((first, week.each()[first.weekday - 1]), (last, week.each()[last.weekday - 1]))
        )
    first, last = days.ordered(frame, first, last)
    if last.last < first.first:
        return None
    # A year until a year ends where the last begins, as the specs of TIMEX have it; days include the last.
    value = f"({first.timex},{last.timex},P{(last.first - first.first).days}D)"
    whole = days.span(first.first, last.last if last.grain != "year" else last.first, "days", value)
    found = Meaning("date range", value, (whole,), questions=asked_of((first, last)))
    part = part_of(phrase, 1)
    begin, until = (clock_of(phrase.value(f"c{number}"), frame) for number in (1, 2))
    if begin and until:
        start, end = hours(begin, until, (part, part_of(phrase, 2)), frame, apart=False)
        value = f"{value}({start.timex},{end.timex})"
        return replace(
            found,
            kind="datetime range",
            value=value,
            start=start.seconds,
            end=end.seconds,
            part=whole_part(part, start, end),
            doubt=start.doubt,
        )
    if begin:
        at = hour(begin, part, frame)
        return replace(
            found, kind="datetime range", value=value + at.timex, start=at.seconds, mod=mod_of(phrase), doubt=at.doubt
        )
    if part is None:
        return found
    start, end = PARTS[part.code]
    return replace(
        found, kind="datetime range", value=f"{value}T{part.code}", start=start * HOUR, end=end * HOUR, part=part
    )


def _until_day(first: Day, last: int, frame: Frame) -> Meaning | None:
    """Read 6月13-15: the number is a day of the same month."""
    end = days.calendar_day(frame, first.first.year, first.first.month, last)
    if end is None or end.first <= first.first:
        return None
    value = f"({first.timex},{end.timex},P{(end.first - first.first).days}D)"
    return Meaning(
        "date range", value, (days.span(first.first, end.first, "days", value),), questions=asked_of((first,))
    )


def numbered_days(phrase: Phrase, frame: Frame) -> Meaning | None:
    """Read "4 to 22 January" and "4 to 22 this month": days of the month that is named last."""
    if isinstance(opening := phrase.value("d5"), Day) and isinstance(closing := phrase.value("n5"), Bare):
        return _until_day(opening, closing.hour, frame)
    first = phrase.value("n1") or phrase.value("n2")
    last = phrase.value("n3") or phrase.value("n4")
    said = next((one for name in ("d2", "d3", "m1", "m2") if (one := phrase.value(name))), None)
    if not isinstance(first, Bare) or not isinstance(said, Day) or said.month is None:
        return None
    end = (
        said
        if said.one
        else days.calendar_day(frame, said.year, said.month, last.hour if isinstance(last, Bare) else 0)
    )
    start = end and days.calendar_day(frame, said.year and end.first.year, said.month, first.hour)
    if start is None or end is None or first.hour >= end.first.day or start.first.year != end.first.year:
        return None
    value = f"({start.timex},{end.timex},P{(end.first - start.first).days}D)"
    whole = days.span(start.first, end.first, "days", value)
    return Meaning("date range", value, (whole,), questions=asked_of((end,)))
