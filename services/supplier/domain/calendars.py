"""The calendar of an offer: when the service can be had, said by rules. OFFERS.md tells how it becomes slots."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.kernel.errors import InvalidError
from services.kernel.quantity import require_count, require_number
from services.kernel.timespan import Timespan
from services.supplier.domain.recurrence import check_rrule
from services.supplier.domain.terms import MAX_MINUTES, MAX_SESSIONS, Terms

HORIZON = timedelta(days=60)  # how far ahead rules become slots
MAX_BUFFER = 24 * 60
MAX_LEAD_HOURS = 90 * 24
MAX_RULES, MAX_DAYS = 10, 200
LONGEST_RESOURCE = 80
OLDEST_START = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Rule:
    """Dates by a recurring rule: each from its local time on for ``minutes``, with ``capacity`` seats.

    ``sessions`` following dates make one slot: 1 where each date is sold by itself, 8 for a course of eight.
    """

    rrule: str
    starts: datetime
    minutes: int
    capacity: int
    sessions: int = 1


@dataclass(frozen=True, slots=True)
class ExtraDay:
    """One more date, at a local time, whatever the rules and the days off of the offer say."""

    starts: datetime
    minutes: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days on which nothing takes place, from ``first`` to ``last`` (both included), local."""

    first: date
    last: date
    why: str = ""

    def covers(self, day: date) -> bool:
        """Tell whether it is one of the days."""
        return self.first <= day <= self.last


def check_blackouts(blackouts: Sequence[Blackout], field: str) -> None:
    """Raise ``InvalidError`` naming the part of ``field`` unless they are few, each with its days in order."""
    _check_length(blackouts, MAX_DAYS, field)
    for index, blackout in enumerate(blackouts):
        if blackout.last < blackout.first:
            problem = f"{blackout.last} is before the first day"
            raise InvalidError(f"{field}.{index}.last", problem, f"{blackout.first} or later")


def zone_of(name: str, field: str) -> ZoneInfo:
    """Return the time zone of a name of the IANA database; raise ``InvalidError`` naming ``field``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidError(field, f"{name!r} is no time zone", "a name such as Asia/Shanghai") from None


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a service can be had. Local times are naive, and those of ``zone``.

    ``resource`` is the crew or room that it needs, empty for the supplier itself; what needs the same one never takes
    place at the same time, ``before_minutes`` of preparation and ``after_minutes`` of travel included, unless it is
    ``parallel``. ``lead_hours`` before its start a slot can no longer be booked.
    """

    zone: str
    rules: tuple[Rule, ...] = ()
    extra_days: tuple[ExtraDay, ...] = ()
    blackouts: tuple[Blackout, ...] = ()
    exceptions: tuple[datetime, ...] = ()
    resource: str = ""
    parallel: bool = False
    before_minutes: int = 0
    after_minutes: int = 0
    lead_hours: float = 0

    def __post_init__(self) -> None:
        zone_of(self.zone, "calendar.zone")
        for name, most in (("rules", MAX_RULES), ("extra_days", MAX_DAYS), ("exceptions", MAX_DAYS)):
            _check_length(getattr(self, name), most, f"calendar.{name}")
        for index, rule in enumerate(self.rules):
            check_rrule(rule.rrule, f"calendar.rules.{index}.rrule")
            require_count(rule.sessions, f"calendar.rules.{index}.sessions", most=MAX_SESSIONS)
        for name in ("before_minutes", "after_minutes"):
            require_count(getattr(self, name), f"calendar.{name}", least=0, most=MAX_BUFFER)
        require_number(self.lead_hours, "calendar.lead_hours", most=MAX_LEAD_HOURS)
        check_blackouts(self.blackouts, "calendar.blackouts")
        if len(self.resource) > LONGEST_RESOURCE:
            raise InvalidError("calendar.resource", "is too long", f"at most {LONGEST_RESOURCE} characters")

    @property
    def lead(self) -> timedelta:
        """How long before its start a slot can no longer be booked."""
        return timedelta(hours=self.lead_hours)

    def occupied(self, sessions: Sequence[Timespan]) -> tuple[Timespan, ...]:
        """Return when the resource is taken by sessions: with preparation and travel, and whatever touches joined."""
        before, after = timedelta(minutes=self.before_minutes), timedelta(minutes=self.after_minutes)
        return joined(Timespan(session.start - before, session.end + after) for session in sessions)


def joined(spans: Iterable[Timespan]) -> tuple[Timespan, ...]:
    """Return the spans in order, those that touch as one."""
    found: list[Timespan] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            last = found.pop()
            found.append(Timespan(last.start, max(last.end, span.end)))
        else:
            found.append(span)
    return tuple(found)


def check_calendar(calendar: Calendar, terms: Terms, now: datetime) -> None:
    """Raise ``InvalidError`` unless its dates are long and large enough for the terms, and start in our time."""
    dated = [(f"calendar.rules.{index}", rule) for index, rule in enumerate(calendar.rules)]
    dated += [(f"calendar.extra_days.{index}", extra) for index, extra in enumerate(calendar.extra_days)]
    for field, one in dated:
        require_count(one.minutes, f"{field}.minutes", least=terms.minutes, most=MAX_MINUTES)
        require_count(one.capacity, f"{field}.capacity", least=terms.min_group)
        if not abs(one.starts - now.replace(tzinfo=None)) <= OLDEST_START:
            raise InvalidError(
                f"{field}.starts", f"{one.starts.isoformat()} is too far away", "a time within three years"
            )


def _check_length(items: Sequence[object], most: int, field: str) -> None:
    if len(items) > most:
        raise InvalidError(field, f"has {len(items)} items", f"at most {most}")
