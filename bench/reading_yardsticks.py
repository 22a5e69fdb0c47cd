"""The readers that are measured: ours, plain jionlp and plain dateparser, each with its answers in one form."""

import contextlib
import io
import logging
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bench.reading_specs import Answer
from services.demand.domain.understanding import read_times

# The specs are about the clock on the wall; in a zone without summer time that is all there is.
ZONE = ZoneInfo("UTC")


def ours(sample):
    """Return what our reader reads in the whole text."""
    found = []
    for one in read_times(sample.text, sample.now.replace(tzinfo=UTC), ZONE, sample.language):
        meant = one.detail
        for said in meant.days or (None,):
            first = said.first if said else None
            last = meant.until or (said.last if said else None)
            found.append(
                Answer(
                    one.start,
                    one.end,
                    first,
                    last
                    if last is None or meant.until or meant.end is None or meant.end <= 86400
                    else last + timedelta(days=1),
                    meant.start,
                    meant.end,
                    meant.length.delta.total_seconds() if meant.length else None,
                    one.value if meant.every else None,
                    meant.part.code if meant.part else None,
                )
            )
        if one.value == "PRESENT_REF":
            found[-1] = at_moment(one.start, one.end, sample.now)
    return found


def at_moment(start, end, at):
    return Answer(start, end, at.date(), at.date(), at.hour * 3600 + at.minute * 60 + at.second)


class Jionlp:
    """jionlp as it comes: its extractor of times with parsing switched on. It is for Chinese."""

    name, languages = "jionlp", ("zh",)

    def __init__(self):
        with contextlib.redirect_stdout(io.StringIO()):
            import jionlp
        logging.getLogger().setLevel(logging.CRITICAL)
        self._jio = jionlp

    def __call__(self, sample):
        now = sample.now
        base = {
            "year": now.year,
            "month": now.month,
            "day": now.day,
            "hour": now.hour,
            "minute": now.minute,
            "second": 0,
        }
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                found = self._jio.ner.extract_time(sample.text, time_base=base, with_parsing=True)
        except Exception:  # what it cannot read it sometimes raises; that is no answer
            return []
        return [answer for one in found or () if one.get("detail") for answer in [self._answer(one)] if answer]

    def _answer(self, one):
        (start, end), detail = one["offset"], one["detail"]
        kind, time = detail["type"], detail["time"]
        if kind == "time_delta":
            return Answer(start, end, length=length(time))
        if kind == "time_period":
            return Answer(start, end, repeats=repeats(time))
        if not isinstance(time, list) or not all(re.match(r"\d{4}-", str(at)) for at in time):
            return Answer(start, end)
        begin, until = (datetime.fromisoformat(at) for at in time)
        last = seconds(until)
        # Its spans end a second before the next begins; an end on the minute is the end itself.
        last = last + 1 if last % 60 == 59 else last
        return Answer(start, end, begin.date(), until.date(), seconds(begin), last)


class Dateparser:
    """dateparser as it comes: search_dates in the language of the text, looking ahead."""

    name, languages = "dateparser", ("zh", "en")

    def __init__(self):
        from dateparser.search import search_dates

        self._search = search_dates

    def __call__(self, sample):
        settings = {"RELATIVE_BASE": sample.now, "PREFER_DATES_FROM": "future"}
        try:
            found = self._search(sample.text, languages=[sample.language], settings=settings) or []
        except Exception:  # the same
            return []
        answers, after = [], 0
        for words, at in found:
            start = max(sample.text.find(words, after), after)
            after = start + len(words)
            answers.append(at_moment(start, after, at))
        return answers


def seconds(at):
    return at.hour * 3600 + at.minute * 60 + at.second


def length(time):
    units = {"year": 365 * 86400, "month": 30 * 86400, "week": 7 * 86400, "day": 86400, "hour": 3600, "minute": 60}
    return sum(
        units.get(name, 1) * float(count[0] if isinstance(count, list) else count) for name, count in time.items()
    )


def repeats(time):
    """Return its repetition as a TIMEX: a period, or the hour or the weekday of each."""
    delta, point = time["delta"], time.get("point")
    ((unit, count), *_) = delta.items() if isinstance(delta, dict) and delta else (("day", 0),)
    count = int(float(count[0] if isinstance(count, list) else count))
    if unit == "day" and count % 7 == 0 and count:
        unit, count = "week", count // 7
    period = f"P{'T' if unit in ('hour', 'minute', 'second') else ''}{count}{unit[0].upper()}"
    if not point:
        return period
    at = datetime.fromisoformat(point["time"][0])
    hour = f"T{at.hour:02}" if at.hour or at.minute else ""
    weekday = f"XXXX-WXX-{date(at.year, at.month, at.day).isoweekday()}" if unit == "week" else ""
    return weekday + hour or period


def yardsticks():
    """Yield the yardsticks that are installed, and the names of those that are not."""
    for make in (Jionlp, Dateparser):
        try:
            yield make()
        except ImportError:
            yield make.name
