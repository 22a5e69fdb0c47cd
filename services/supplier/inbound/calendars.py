"""Calendars and days off, as suppliers write them, to the domain; local times are those of the calendar's zone."""

from datetime import date, datetime
from typing import Any

from marshmallow import fields

from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.supplier.domain.calendars import LONGEST_RESOURCE, MAX_DAYS, MAX_RULES, Blackout, Calendar, ExtraDay, Rule
from services.supplier.domain.offer_commands import PreviewCalendar, SetDaysOff
from services.supplier.domain.recurrence import LONGEST
from services.supplier.inbound.reading import (
    Request,
    Tolerant,
    Values,
    count,
    hours,
    id_,
    list_of,
    load,
    many,
    needed,
    optional,
    text,
)

WHY, ZONE = 200, 64  # the longest texts, in characters
MOST_DAYS = 366
DEFAULT_DAYS = 60


def local_time(value: Any) -> datetime:
    """Read a local time, without an offset."""
    expected = "a local time without an offset, such as 2026-05-23T09:00"
    try:
        read = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        raise InvalidError("", f"{value!r} is not a time", expected) from None
    if read.tzinfo is not None:
        raise InvalidError("", f"{value!r} has an offset", expected)
    return read.replace(microsecond=0)


def day(value: Any) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        raise InvalidError("", f"{value!r} is not a day", "a day such as 2026-05-23") from None


class _Rule(Tolerant):
    rrule = needed(text(LONGEST))
    starts = needed(local_time)
    minutes = needed(count())
    capacity = needed(count())
    sessions = optional(count(), 1)


class _ExtraDay(Tolerant):
    starts = needed(local_time)
    minutes = needed(count())
    capacity = needed(count())


class _Blackout(Tolerant):
    first = needed(day)
    last = optional(day)
    why = optional(text(WHY, least=0), "")


class CalendarSchema(Tolerant):
    """A calendar."""

    zone = needed(text(ZONE))
    rules = many(_Rule, MAX_RULES, load_default=list)
    extra_days = many(_ExtraDay, MAX_DAYS, load_default=list)
    blackouts = many(_Blackout, MAX_DAYS, load_default=list)
    exceptions = optional(list_of(local_time, MAX_DAYS), ())
    resource = optional(text(LONGEST_RESOURCE, least=0), "")
    parallel = fields.Boolean(load_default=False)
    before_minutes = optional(count(least=0), 0)
    after_minutes = optional(count(least=0), 0)
    lead_hours = optional(hours, 0)


class _DaysOff(Tolerant):
    supplier_id = needed(id_)
    zone = needed(text(ZONE))
    blackouts = many(_Blackout, MAX_DAYS, required=True)


class _Preview(Tolerant):
    supplier_id = optional(id_)
    calendar = fields.Nested(CalendarSchema, required=True)
    days = optional(count(most=MOST_DAYS), DEFAULT_DAYS)


def calendar(data: Values | None) -> Calendar | None:
    """Make a calendar of what was read of one."""
    if data is None:
        return None
    given = {name: value for name, value in data.items() if value is not None}
    lists = {
        "rules": tuple(Rule(**{**rule, "sessions": rule["sessions"] or 1}) for rule in data["rules"]),
        "extra_days": tuple(ExtraDay(**extra) for extra in data["extra_days"]),
        "blackouts": _blackouts(data["blackouts"]),
        "exceptions": tuple(sorted(set(data["exceptions"] or ()))),
    }
    return Calendar(**{**given, **lists})


def _blackouts(data: list[Values]) -> tuple[Blackout, ...]:
    return tuple(Blackout(one["first"], one["last"] or one["first"], one["why"] or "") for one in data)


def set_days_off(request: Request) -> SetDaysOff:
    """Read on which days a supplier works for nobody; what is not named stays."""
    data = load(_DaysOff(partial=("zone", "blackouts")), request["data"])
    supplier_id = data.pop("supplier_id")
    if "blackouts" in data:
        data["blackouts"] = _blackouts(data["blackouts"])
    return SetDaysOff(Caller.from_wire(request["caller"]), supplier_id, request.get("if_match"), data)


def preview_calendar(request: Request) -> PreviewCalendar:
    """Read the question which dates a calendar gives."""
    data = load(_Preview(), request["data"])
    made = calendar(data["calendar"])
    assert made is not None
    days = DEFAULT_DAYS if data["days"] is None else data["days"]
    return PreviewCalendar(Caller.from_wire(request["caller"]), data["supplier_id"], made, days)
