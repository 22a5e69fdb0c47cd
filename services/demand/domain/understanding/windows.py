"""From a meaning to windows: the spans of time in which it is, in UTC."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from services.demand.domain.understanding.hours import DAY, HOUR, PARTS, UNSAID_HOURS
from services.demand.domain.understanding.meaning import Meaning
from services.demand.domain.understanding.model import Frame
from services.kernel.timespan import Timespan


def windows(meant: Meaning, frame: Frame) -> Iterator[Timespan]:
    """Yield when it is; a day of which no hour is said has the hours of PARTS["ALL"].

    What has begun counts from now on if it is a day, a part of one or open at an end; what begins at an hour that was
    said is over once that hour has come.
    """
    open_ = meant.start is None or meant.part is not None or meant.mod is not None
    if meant.until is not None:
        first = meant.days[0].first
        yield from _ahead(_at(first, meant.start or 0, frame), _at(meant.until, meant.end or 0, frame), frame, open_)
        return
    start, end = meant.start, meant.end
    whole = PARTS["ALL"]
    if start is None:
        start, end = whole[0] * HOUR, whole[1] * HOUR
    elif meant.mod == "after":
        end = max(whole[1] * HOUR, start + HOUR)
    elif meant.mod == "before":
        start, end = min(whole[0] * HOUR, start - HOUR), start
    elif end is None:
        end = start + UNSAID_HOURS * HOUR
    for day in _each_day(meant, frame):
        yield from _ahead(_at(day, start, frame), _at(day, end or start, frame), frame, open_)


def _each_day(meant: Meaning, frame: Frame) -> Iterator[date]:
    if meant.every is not None:
        yield from _repeated(meant, frame)
        return
    for said in meant.days:
        last = min(said.last, max(said.first, frame.today) + frame.horizon)
        day = max(said.first, frame.today) if said.first != said.last else said.first
        while day <= last:
            yield day
            day += timedelta(days=1)


def _repeated(meant: Meaning, frame: Frame) -> Iterator[date]:
    every = meant.every
    # Which week of two, which day of each month: the words do not say, so there is no window.
    if every is None or (every.period.count != 1) or (not every.weekdays and every.period.unit != "D"):
        return
    for count in range(frame.horizon.days + 1):
        day = frame.today + timedelta(days=count)
        if not every.weekdays or day.isoweekday() in every.weekdays:
            yield day


def _at(day: date, seconds: int, frame: Frame) -> datetime:
    """Return the instant at so many seconds of the wall's clock, also on days that change the clock."""
    shifted, rest = divmod(seconds, DAY)
    wall = datetime.combine(day + timedelta(days=shifted), time(), frame.zone) + timedelta(seconds=rest)
    return wall.astimezone(UTC)


def _ahead(start: datetime, end: datetime, frame: Frame, open_: bool) -> Iterator[Timespan]:
    now = frame.now.astimezone(UTC)
    if open_:
        start = max(start, now)
    if end > start >= now:
        yield Timespan(start, end)


def union(spans: Iterable[Timespan]) -> tuple[Timespan, ...]:
    """Return the spans in order, those that touch or overlap as one."""
    found: list[Timespan] = []
    for one in sorted(spans):
        if found and one.start <= found[-1].end:
            found[-1] = Timespan(found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(one)
    return tuple(found)


def without(spans: Iterable[Timespan], denied: Iterable[Timespan]) -> tuple[Timespan, ...]:
    """Return what is left of the spans when the denied ones are cut out."""
    left = list(spans)
    for cut in denied:
        pieces = []
        for one in left:
            if one.start < min(one.end, cut.start):
                pieces.append(Timespan(one.start, min(one.end, cut.start)))
            if max(one.start, cut.end) < one.end:
                pieces.append(Timespan(max(one.start, cut.end), one.end))
        left = pieces
    return tuple(left)
