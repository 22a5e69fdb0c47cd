"""From the calendar of an offer to the slots that it gives within a horizon, and to the dates that it leaves out."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.kernel.errors import InvalidError
from services.kernel.timespan import Timespan
from services.supplier.domain.calendars import Blackout, Calendar, ExtraDay, Rule, check_blackouts, joined, zone_of
from services.supplier.domain.recurrence import instant, occurrences

MAX_SLOTS = 500
# A course may go on so long after the horizon within which it starts.
LONGEST_COURSE = timedelta(days=3 * 366)


class Because(StrEnum):
    """Why a date that a rule gives is left out."""

    EXCEPTION = "exception"
    BLACKOUT = "blackout"
    SUPPLIER_BLACKOUT = "supplier_blackout"
    TOO_SOON = "too_soon"
    TAKEN = "taken"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Planned:
    """A slot that a calendar gives."""

    span: Timespan
    sessions: tuple[Timespan, ...]
    capacity: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A date that is left out, and what for; ``why`` are the supplier's own words, if it has said any."""

    start: datetime
    because: Because
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The slots, and the dates that are left out, each in order of time."""

    slots: tuple[Planned, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The days on which a supplier works for nobody, in its own time zone."""

    zone: str = "Asia/Shanghai"
    blackouts: tuple[Blackout, ...] = ()
    version: int = 0

    def __post_init__(self) -> None:
        zone_of(self.zone, "zone")
        check_blackouts(self.blackouts, "blackouts")


@dataclass(slots=True)
class _Occupied:
    """Spans that do not overlap, in order."""

    spans: list[Timespan] = field(default_factory=list)

    def take(self, wanted: Iterable[Timespan]) -> bool:
        """Take the spans, or return False and take none where one is taken already."""
        wanted = list(wanted)
        if any(self._is_taken(span) for span in wanted):
            return False
        for span in wanted:
            self.spans.insert(bisect_left(self.spans, span), span)
        return True

    def _is_taken(self, span: Timespan) -> bool:
        place = bisect_left(self.spans, span)
        near = self.spans[max(place - 1, 0) : place + 1]
        return any(one.intersect(span) for one in near)


def plan(calendar: Calendar, days_off: DaysOff, now: datetime, until: datetime, kept: Sequence[Timespan] = ()) -> Plan:
    """Return the slots that start after ``now`` and before ``until``.

    ``kept`` is when the resource is taken by what is booked already: whatever overlaps it is left out.
    """
    found: list[Planned] = []
    left_out: list[LeftOut] = []
    dates = _Dates(calendar, days_off, until)
    for rule in calendar.rules:
        found += dates.of_rule(rule, left_out)
    found += [one for extra in calendar.extra_days if (one := dates.of_extra(extra, left_out))]
    occupied = _Occupied(list(joined(kept)))
    slots: list[Planned] = []
    for one in sorted(found, key=lambda one: (one.span, one.sessions)):
        start = one.span.start
        if not now < start < until:
            continue
        if start - calendar.lead <= now:
            left_out.append(LeftOut(start, Because.TOO_SOON))
        elif not calendar.parallel and not occupied.take(calendar.occupied(one.sessions)):
            left_out.append(LeftOut(start, Because.TAKEN))
        else:
            slots.append(one)
    shown = sorted((one for one in left_out if now < one.start < until), key=lambda one: one.start)
    return Plan(tuple(slots), tuple(shown))


def require_few(planned: Plan) -> None:
    """Raise ``InvalidError`` where a calendar gives more slots than anybody could look through."""
    if len(planned.slots) > MAX_SLOTS:
        raise InvalidError("calendar.rules", f"give {len(planned.slots)} slots at once", f"at most {MAX_SLOTS}")


def goes_on(calendar: Calendar, after: datetime) -> bool:
    """Tell whether a calendar has dates after a time, as far as one looks ahead."""
    zone = zone_of(calendar.zone, "calendar.zone")
    from_, to = (time.astimezone(zone).replace(tzinfo=None) for time in (after, after + LONGEST_COURSE))
    if any(extra.starts >= from_ for extra in calendar.extra_days):
        return True
    return any(found >= from_ for rule in calendar.rules for found in occurrences(rule.rrule, rule.starts, zone, to))


class _Dates:
    """Unfolds rules, and knows which days are off."""

    def __init__(self, calendar: Calendar, days_off: DaysOff, until: datetime) -> None:
        self._calendar = calendar
        self._zone = zone_of(calendar.zone, "calendar.zone")
        self._days_off = days_off
        self._supplier_zone = zone_of(days_off.zone, "zone")
        self._until = until

    def of_rule(self, rule: Rule, left_out: list[LeftOut]) -> Iterator[Planned]:
        """Yield the slots of a rule that start before the end, each of ``rule.sessions`` dates that are not off."""
        sessions: list[Timespan] = []
        last = (self._until + (LONGEST_COURSE if rule.sessions > 1 else timedelta())).astimezone(self._zone)
        for local in occurrences(rule.rrule, rule.starts, self._zone, last.replace(tzinfo=None)):
            session = self._session(local, rule.minutes)
            if not sessions and session.start >= self._until:
                return
            off = self._off(local, session)
            if off is not None:
                left_out.append(off)
                continue
            if sessions and session.start < sessions[-1].end:
                left_out.append(LeftOut(session.start, Because.TAKEN))
                continue
            sessions.append(session)
            if len(sessions) == rule.sessions:
                yield _planned(sessions, rule.capacity)
                sessions = []
        left_out += [LeftOut(session.start, Because.INCOMPLETE) for session in sessions]

    def of_extra(self, extra: ExtraDay, left_out: list[LeftOut]) -> Planned | None:
        """Return the slot of an extra day, which only the supplier's own days off leave out."""
        session = self._session(extra.starts, extra.minutes)
        off = _covering(self._days_off.blackouts, session, self._supplier_zone)
        if off is None:
            return _planned([session], extra.capacity)
        left_out.append(LeftOut(session.start, Because.SUPPLIER_BLACKOUT, off.why))
        return None

    def _session(self, local: datetime, minutes: int) -> Timespan:
        start = instant(local, self._zone)
        return Timespan(start, start + timedelta(minutes=minutes))

    def _off(self, local: datetime, session: Timespan) -> LeftOut | None:
        if local in self._calendar.exceptions:
            return LeftOut(session.start, Because.EXCEPTION)
        if found := _covering(self._calendar.blackouts, session, self._zone):
            return LeftOut(session.start, Because.BLACKOUT, found.why)
        if found := _covering(self._days_off.blackouts, session, self._supplier_zone):
            return LeftOut(session.start, Because.SUPPLIER_BLACKOUT, found.why)
        return None


def _planned(sessions: list[Timespan], capacity: int) -> Planned:
    return Planned(Timespan(sessions[0].start, max(one.end for one in sessions)), tuple(sessions), capacity)


def _covering(blackouts: Iterable[Blackout], session: Timespan, zone: ZoneInfo) -> Blackout | None:
    """Return the days off that a session touches, if any."""
    first = session.start.astimezone(zone).date()
    last = (session.end - timedelta(microseconds=1)).astimezone(zone).date()
    return next((one for one in blackouts if one.first <= last and first <= one.last), None)


def is_off(days_off: DaysOff, sessions: Iterable[Timespan]) -> Blackout | None:
    """Return the days off of a supplier that one of the sessions touches, if any."""
    zone = zone_of(days_off.zone, "zone")
    return next((off for session in sessions if (off := _covering(days_off.blackouts, session, zone))), None)
