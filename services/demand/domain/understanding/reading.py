"""All that a text says about a need, put together: when, how long, how many people, at what price at most, where."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.demand.domain.understanding.ceilings import read_ceiling
from services.demand.domain.understanding.heads import read_heads
from services.demand.domain.understanding.model import (
    Ceiling,
    Frame,
    HeadCount,
    Place,
    Question,
    TimeReading,
    Understanding,
)
from services.demand.domain.understanding.times import HORIZON, read_times
from services.demand.domain.understanding.windows import union, windows, without
from services.kernel.timespan import Timespan

# A kind of reading that a price can be about: 每小时60以内 is no repetition, 一小时60 no length.
_OF_PRICES = ("duration", "set")
_OR = re.compile(r"\s*(?:或者?|或是|or|and|和|、|,|，|/|&)\s*")
_BLANK = "\ufffc"
_ZH_PLACE = re.compile(
    r"(?:在|去|到|于|离)?(?P<near>[\u4e00-\u9fffA-Za-z0-9·]{2,10}?)(?:附近|周边|旁边|一带)"
    r"|(?:在|去|到)(?P<at>[\u4e00-\u9fffA-Za-z0-9·]{1,10}?(?:公园|广场|小区|社区|花园|中心|商场"
    r"|大厦|大学|学校|小学|中学|幼儿园|体育馆|图书馆|文化馆|活动室|地铁站|路|街|湖|山|寺|村))"
)
_EN_PLACE = re.compile(
    r"\b(?P<near>[Nn]ear|[Cc]lose to|[Aa]round) (?:the )?(?P<name>[A-Z][\w'-]*(?: [A-Z][\w'-]*)*)"
    r"|\b(?:in|at) (?:the )?(?P<at>[A-Z][\w'-]*(?: [A-Z][\w'-]*)* (?:Park|Square|Center|Centre"
    r"|Mall|Library|School|Gym|Street|Road|Garden|Plaza|Station))"
)


def understand(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    locale: str | None = None,
    *,
    currency: str = "CNY",
    horizon: timedelta = HORIZON,
) -> Understanding:
    """Return what ``text``, said at ``now`` (aware) in ``zone``, says about a need.

    No two readings share a place in the text: what is a time is no price and no number of people.
    """
    times = read_times(text, now, zone, locale, horizon)
    fixed = [one for one in times if one.kind not in _OF_PRICES]
    ceiling = read_ceiling(_without(text, fixed), currency)
    heads = read_heads(_without(text, [*fixed, *([ceiling] if ceiling else [])]))
    taken = [one for one in (ceiling, heads) if one is not None]
    times = [one for one in times if not any(_overlap(one, other) for other in taken)]
    minutes, asked = _minutes(times)
    spans = _together(times, text, Frame(now.astimezone(zone), zone, locale, horizon), minutes)
    if not spans and not any(one.questions for one in times) and any(one.kind.startswith("time") for one in times):
        asked += (Question("day_missing", "是哪一天？", "On which day?"),)
    return Understanding(text, tuple(times), spans, minutes, heads, ceiling, read_place(text), asked)


def read_minutes(text: str, now: datetime, zone: ZoneInfo, locale: str | None = None) -> int | None:
    """Return the length that ``text`` says, in minutes, or None if it says none or several."""
    return _minutes(read_times(text, now, zone, locale))[0]


def read_place(text: str) -> Place | None:
    """Return the first place that is called by name; where it lies is for others to find out."""
    for pattern in (_ZH_PLACE, _EN_PLACE):
        match = pattern.search(text)
        if match:
            groups = match.groupdict()
            name = groups.get("name") or groups.get("at") or groups["near"]
            start = match.start("name") if groups.get("name") else match.start("at" if groups.get("at") else "near")
            return Place(start, start + len(name), name, name, near=groups.get("near") is not None)
    return None


def _same_days(times: Sequence[TimeReading], text: str) -> list[TimeReading]:
    """Give hours that only "or" parts from a day with hours that day too: 周六9点到11点或14点到16点."""
    found: list[TimeReading] = []
    for one in times:
        before = found[-1] if found else None
        if before and one.kind in ("time", "time range") and before.detail.start is not None and before.windows:
            hours = one.detail
            if _OR.fullmatch(text[before.end : one.start]) and not one.questions and not before.detail.until:
                meant = replace(before.detail, start=hours.start, end=hours.end, mod=hours.mod, part=hours.part)
                one = replace(one, kind="datetime range", detail=meant, windows=before.windows)
        found.append(one)
    return found


def _together(times: Sequence[TimeReading], text: str, frame: Frame, minutes: int | None) -> tuple[Timespan, ...]:
    """Return the windows of all readings together: hours said apart from the days are of those days.

    A start without an end lasts as long as the text says; what does not suit is cut out.
    """
    said = [one for one in _same_days(times, text) if not one.denied]
    hours = [one for one in said if one.kind in ("time", "time range")]
    days = [one for one in said if one.detail.start is None and (one.detail.days or one.detail.every)]
    exact = {day for one in said if one.detail.start is not None for span in one.detail.days for day in span.each()}
    found: list[Timespan] = []
    for one in said:
        if one in days and any(span.first <= day <= span.last for span in one.detail.days for day in exact):
            # In "周末班，6月13日10点到12点" the weekend only says what the day is.
            continue
        meant = one.detail
        if one in days and len(hours) == 1 and not hours[0].questions and one.windows:
            clock = hours[0].detail
            meant = replace(meant, start=clock.start, end=clock.end, mod=clock.mod)
        if minutes and meant.start is not None and meant.end is None and not meant.mod:
            meant = replace(meant, end=meant.start + minutes * 60)
        if one.windows:
            found += windows(meant, frame)
    return without(union(found), [window for one in times if one.denied for window in one.windows])


def _minutes(times: Iterable[TimeReading]) -> tuple[int | None, tuple[Question, ...]]:
    lengths = {one.duration: one.text for one in times if one.duration and one.duration < timedelta(days=1)}
    if len(lengths) > 1:
        said = "、".join(lengths.values())
        return None, (Question("lengths_differ", f"要多长时间？文中有：{said}", f"How long? The text says: {said}"),)
    return next((int(one.total_seconds() // 60) for one in lengths), None), ()


def _without(text: str, readings: Sequence[TimeReading | Ceiling]) -> str:
    """Return the text with what was read already blanked out, each place where it was."""
    for one in readings:
        text = text[: one.start] + _BLANK * (one.end - one.start) + text[one.end :]
    return text


def _overlap(one: TimeReading, other: HeadCount | Ceiling) -> bool:
    return one.start < other.end and other.start < one.end
