"""Calendars, days off and previews to what callers are answered; slots to a file for the calendars of people."""

import base64
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kernel.clock import format_time
from services.supplier.domain.calendars import Blackout, Calendar
from services.supplier.domain.cards import OfferCard
from services.supplier.domain.offers import Offer, Slot
from services.supplier.domain.planning import Because, DaysOff, LeftOut, Plan, Planned
from services.supplier.domain.terms import Where
from services.supplier.outbound.terms import times

Wire = dict[str, Any]
REASONS: dict[Because, tuple[str, str]] = {
    Because.EXCEPTION: ("这一次被单独取消", "this one date is excepted"),
    Because.BLACKOUT: ("报价的停办日", "a blackout day of the offer"),
    Because.SUPPLIER_BLACKOUT: ("供应商的休息日", "a day off of the supplier"),
    Because.TOO_SOON: ("离开始太近, 已不能预订", "too soon to be booked"),
    Because.TAKEN: ("与另一时段冲突 (含准备和路程时间)", "overlaps another slot, with preparation and travel"),
    Because.INCOMPLETE: ("余下的日期不够一期课程", "too few dates are left for a whole course"),
}


def offer_calendar(it: Offer, slots: tuple[Slot, ...], *, insider: bool) -> Wire:
    """Show when an offer can be had: its calendar, if it has one, and the slots that can be booked."""
    return {
        "offer_id": str(it.offer_id),
        "version": it.version,
        "calendar": calendar(it.calendar, insider=insider) if it.calendar else None,
        "slots": [
            {
                "slot_id": str(slot.slot_id),
                **times(slot.span, slot.sessions),
                "capacity": slot.capacity,
                "free": slot.free,
                "book_by": format_time(slot.bookable_until),
            }
            for slot in slots
        ],
    }


def calendar(it: Calendar, *, insider: bool) -> Wire:
    """Show a calendar; the crew and the supplier's reasons only to an insider."""
    return {
        "zone": it.zone,
        "rules": [
            {
                "rrule": rule.rrule,
                "starts": _local(rule.starts),
                "minutes": rule.minutes,
                "capacity": rule.capacity,
                "sessions": rule.sessions,
            }
            for rule in it.rules
        ],
        "extra_days": [
            {"starts": _local(extra.starts), "minutes": extra.minutes, "capacity": extra.capacity}
            for extra in it.extra_days
        ],
        "blackouts": _blackouts(it.blackouts, insider=insider),
        "exceptions": [_local(one) for one in it.exceptions],
        "resource": it.resource if insider else "",
        "parallel": it.parallel,
        "before_minutes": it.before_minutes,
        "after_minutes": it.after_minutes,
        "lead_hours": it.lead_hours,
    }


def _local(time: datetime) -> str:
    return time.isoformat(timespec="minutes" if time.second == 0 else "seconds")


def _blackouts(those: tuple[Blackout, ...], *, insider: bool) -> list[Wire]:
    return [
        {"first": one.first.isoformat(), "last": one.last.isoformat(), "why": one.why if insider else ""}
        for one in those
    ]


def days_off(answer: tuple[UUID, DaysOff]) -> Wire:
    """Show on which days a supplier works for nobody."""
    supplier_id, it = answer
    blackouts = _blackouts(it.blackouts, insider=True)
    return {"supplier_id": str(supplier_id), "zone": it.zone, "blackouts": blackouts, "version": it.version}


def preview(it: Plan, zone: str) -> Wire:
    """Show which slots a calendar gives, and which dates are left out and why."""
    place = ZoneInfo(zone)
    return {
        "zone": zone,
        "slots": [_planned(one, place) for one in it.slots],
        "left_out": [_left_out(one, place) for one in it.left_out],
    }


def _planned(it: Planned, zone: ZoneInfo) -> Wire:
    local = it.span.start.astimezone(zone).isoformat(timespec="minutes")
    return {**times(it.span, it.sessions), "local": local, "capacity": it.capacity}


def _left_out(it: LeftOut, zone: ZoneInfo) -> Wire:
    zh, en = REASONS[it.because]
    said = {"zh": f"{zh}: {it.why}", "en": f"{en}: {it.why}"} if it.why else {"zh": zh, "en": en}
    local = it.start.astimezone(zone).isoformat(timespec="minutes")
    return {"start": format_time(it.start), "local": local, "because": str(it.because), **said}


def calendar_file(card: OfferCard, now: datetime) -> Wire:
    """Make an iCalendar file (RFC 5545) of the slots of an offer, an event for each session."""
    # Only who asks for a file pays for the library.
    from icalendar import Calendar as File

    file = File()
    file.add("prodid", "-//Pinlian//offers//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", card.offer.terms.title)
    for slot in card.slots:
        for number in range(len(slot.sessions)):
            file.add_component(_event(card, slot, number, now))
    content = base64.b64encode(file.to_ical()).decode()
    return {"name": f"{card.offer.terms.title}.ics", "base64": content}


def _event(card: OfferCard, slot: Slot, number: int, now: datetime) -> Any:
    from icalendar import Event, vGeo

    terms, session, many = card.offer.terms, slot.sessions[number], len(slot.sessions)
    event = Event()
    event.add("uid", f"{slot.slot_id}-{number + 1}@pinlian")
    event.add("dtstamp", now)
    event.add("dtstart", session.start)
    event.add("dtend", session.end)
    event.add("summary", terms.title if many == 1 else f"{terms.title} {number + 1}/{many}")
    lowest = terms.tiers[-1].price
    said = (
        f"{card.supplier_name}; {terms.min_group}-{terms.max_group} 人 people; "
        f"{lowest.currency} {lowest.amount} 起 and up; 余 {slot.free} free"
    )
    event.add("description", said)
    if terms.where is Where.SUPPLIER:
        event.add("geo", vGeo((terms.place.lat, terms.place.lon)))
    return event
