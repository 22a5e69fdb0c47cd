"""From what was said to days of the calendar, nearest to the day on which it was said."""

import calendar
from dataclasses import replace
from datetime import date, timedelta

from services.demand.domain.understanding.model import Frame, Question
from services.demand.domain.understanding.values import Around, Day, Length

# Of other years nobody speaks who needs something; and a calendar ends somewhere.
YEARS = range(100, 2500)
SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}


def shift_month(day: date, months: int) -> date:
    """Return the day so many months later, at the last of the month if it has no such day.

    Raise ``ValueError`` or ``OverflowError``, as all shifts here do, where the calendar ends.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def shift(day: date, length: Length, sign: int = 1) -> date:
    """Return the day a length of whole days before or after ``day``."""
    for one in (length, *length.more):
        count = sign * one.count
        if one.unit in ("Y", "M"):
            months = count * (12 if one.unit == "Y" else 1)
            # Half a month is fifteen days.
            day = shift_month(day, int(months)) + timedelta(days=int(30 * (months - int(months))))
        else:
            day += timedelta(days=int(count * (7 if one.unit == "W" else 1)))
    return day


def relative(frame: Frame, days: int) -> Day:
    """Return the day ``days`` after today."""
    day = frame.today + timedelta(days=days)
    if day.year not in YEARS:
        raise ValueError(f"nobody speaks of the year {day.year}")
    return Day(day.isoformat(), day, day)


def calendar_day(frame: Frame, year: int | None, month: int | None, day: int) -> Day | None:
    """Return a day of the calendar: with no year or month the next one that is not past; None if there is none."""
    if year is not None and year not in YEARS:
        return None
    said = {"year": year, "month": month, "day": day}
    timex = f"{_or_x(year, 4)}-{_or_x(month, 2)}-{day:02}"
    for shifted in range(97):
        if year is not None and month is not None:
            at = (year, month)
        elif year is not None:
            return None
        elif month is not None:
            at = (frame.today.year + shifted, month)
        else:
            first = shift_month(frame.today.replace(day=1), shifted)
            at = (first.year, first.month)
        try:
            found = date(*at, day)
        except ValueError:
            found = None
        if found is not None and (year is not None or found >= frame.today):
            return Day(timex, found, found, **said)
        if year is not None:
            return None
    return None


def month(frame: Frame, year: int | None, number: int) -> Day:
    """Return a month; with no year the next one that is not past. Raise ``ValueError`` for a year out of reach."""
    if year is not None and year not in YEARS:
        raise ValueError(f"nobody speaks of the year {year}")
    at = year if year is not None else frame.today.year + (number < frame.today.month)
    first = date(at, number, 1)
    timex = f"{_or_x(year, 4)}-{number:02}"
    return Day(timex, first, shift_month(first, 1) - timedelta(days=1), "month", year=year, month=number)


def months_from(frame: Frame, offset: int) -> Day:
    """Return this month, or the one ``offset`` months later."""
    first = shift_month(frame.today.replace(day=1), offset)
    return month(frame, first.year, first.month)


def year(number: int) -> Day | None:
    """Return a year, or None for one of which nobody speaks."""
    if number not in YEARS:
        return None
    return Day(f"{number:04}", date(number, 1, 1), date(number, 12, 31), "year", year=number)


def week(frame: Frame, offset: int) -> Day:
    """Return this week, from Monday on, or the one ``offset`` weeks later."""
    first = frame.today + timedelta(days=7 * offset - frame.today.weekday())
    number = first.isocalendar()
    return Day(f"{number.year}-W{number.week:02}", first, first + timedelta(days=6), "week")


def weekend(frame: Frame, offset: int) -> Day:
    """Return Saturday and Sunday of the week ``offset`` weeks later."""
    whole = week(frame, offset)
    return replace(whole, timex=whole.timex + "-WE", first=whole.first + timedelta(days=5), grain="weekend")


def week_of_month(of: Day, index: int) -> Day | None:
    """Return the week that begins on the ``index``-th Monday of a month; -1 is the last one that ends in it."""
    mondays = [day for day in of.each() if day.isoweekday() == 1]
    if index < 0:
        mondays = [day for day in mondays if day + timedelta(days=6) <= of.last]
        index = len(mondays)
    if not 1 <= index <= len(mondays):
        return None
    first = mondays[index - 1]
    return Day(f"{first.year:04}-{first.month:02}-W{index:02}", first, first + timedelta(days=6), "week")


def weekday(frame: Frame, number: int, offset: int | None = None) -> Day:
    """Return a weekday of the week ``offset`` weeks later, or of no week in particular: the next one from today."""
    if offset is not None:
        day = week(frame, offset).first + timedelta(days=number - 1)
        return Day(day.isoformat(), day, day)
    day = frame.today + timedelta(days=(number - 1 - frame.today.weekday()) % 7)
    return Day(f"XXXX-WXX-{number}", day, day, weekday=number)


def span(first: date, last: date, grain: str = "days", timex: str | None = None) -> Day:
    """Return the days from ``first`` to ``last``, both included."""
    after = last + timedelta(days=1)
    return Day(timex or f"({first},{after},P{(after - first).days}D)", first, last, grain)


def season(frame: Frame, code: str, offset: int | None = None) -> Day:
    """Return a season (SP, SU, FA, WI) of the year ``offset`` years on; with none the next one that is not over."""
    at = frame.today.year + (offset or 0)
    if offset is None and shift_month(date(at, SEASONS[code], 1), 3) <= frame.today:
        at += 1
    if at not in YEARS:
        raise ValueError(f"nobody speaks of the year {at}")
    first = date(at, SEASONS[code], 1)
    return span(first, shift_month(first, 3) - timedelta(days=1), "season", f"{at}-{code}")


def stretch(frame: Frame, length: Length, sign: int) -> Day | Around:
    """Return the time of such a length before or after now; whole days leave out today when they look ahead."""
    if not length.whole_days:
        return Around(length, sign)
    first = frame.today + timedelta(days=1) if sign > 0 else shift(frame.today, length, -1)
    after = shift(first, length) if sign > 0 else frame.today
    return span(first, after - timedelta(days=1), "days", f"({first},{after},{length.timex})")


def vague(found: Day | Around, said: str) -> Day | Around | None:
    """Return days that were said as "a few", with the question how many; hours that vague are nothing."""
    if not isinstance(found, Day):
        return None
    asked = Question("how_many", f"“{said}”是几天？", f'How many days is "{said}"?')
    return replace(found, questions=(*found.questions, asked))


def _or_x(value: int | None, width: int) -> str:
    return "X" * width if value is None else f"{value:0{width}}"


def completed(frame: Frame, first: Day, last: Day) -> Day:
    """Return the last day of a range, with what it leaves unsaid taken from the first."""
    if last.weekday and not first.weekday:
        return last if last.first >= first.first else _later_weekday(first, last)
    if last.weekday:
        return _later_weekday(first, last)
    if last.day is None or last.year is not None:
        return last
    if last.month is None and first.month is not None:
        at = first.first if last.day >= first.first.day else shift_month(first.first.replace(day=1), 1)
        return calendar_day(frame, at.year, at.month, last.day) or last
    for at in (first.first.year, first.first.year + 1):
        found = calendar_day(frame, at, last.month or first.first.month, last.day)
        if found is not None and found.first >= first.first:
            return found
    return last


def ordered(frame: Frame, first: Day, last: Day) -> tuple[Day, Day]:
    """Return both ends of a range so that the first is not after the last, near to now.

    Where no year was said the range is the next one that is not over, so one that has begun counts.
    """
    if first.grain == "month" and last.grain == "month":
        if last.year is None:
            at = first.first.year + ((last.month or 1) < (first.month or 1))
            last = replace(month(frame, at, last.month or 1), year=None, timex=last.timex)
        elif first.year is None:
            first = month(frame, last.year - ((first.month or 1) > (last.month or 1)), first.month or 1)
        return first, last
    if first.year is None and last.year is not None and first.month and last.month and first.day:
        earlier = calendar_day(frame, last.year, first.month, first.day)
        return (earlier or first), last
    end = completed(frame, first, last)
    if first.year is None and last.year is None and first.month and first.day and end.day and end.month:
        current = calendar_day(frame, first.first.year - 1, first.month, first.day)
        ending = current and completed(frame, current, last)
        if current and ending and ending.last >= frame.today:
            return replace(current, timex=first.timex), replace(ending, timex=last.timex)
    return first, replace(end, timex=last.timex) if end.first == last.first else end


def _later_weekday(first: Day, last: Day) -> Day:
    day = first.first + timedelta(days=((last.weekday or 1) - first.first.isoweekday()) % 7)
    return replace(last, first=day, last=day, timex=day.isoformat() if not first.weekday else last.timex)
