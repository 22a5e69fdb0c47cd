"""Calendars of offers: recurring rules, days off, and what they give."""

from marshmallow import fields

from gateway.schemas.base import MAX_SEATS, Answer, Body, Change, Strict, WindowSchema
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, pattern, real, string, whole

MAX_MINUTES = 60 * 24 * 14
MAX_SESSIONS = 100
LOCAL = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$"
DAY = r"^\d{4}-\d{2}-\d{2}$"


def _local(**options: object) -> fields.String:
    return pattern(LOCAL, "a local time without an offset, such as 2026-05-23T09:00", **options)


def _day(**options: object) -> fields.String:
    return pattern(DAY, "a day such as 2026-05-23", **options)


class CalendarRule(Strict):
    """Dates by a recurring rule (RFC 5545), each from its local time on; so many following dates make one slot."""

    rrule = string(200, required=True)
    starts = _local(required=True)
    minutes = whole(1, MAX_MINUTES, required=True)
    capacity = whole(1, MAX_SEATS, required=True)
    sessions = whole(1, MAX_SESSIONS)


class ExtraDay(Strict):
    """One more date."""

    starts = _local(required=True)
    minutes = whole(1, MAX_MINUTES, required=True)
    capacity = whole(1, MAX_SEATS, required=True)


class Blackout(Strict):
    """Days on which nothing takes place, both ends included; without a last day it is one day."""

    first = _day(required=True)
    last = _day()
    why = string(200, least=0)


class OfferCalendar(Strict):
    """When an offer can be had. What needs the same resource never takes place at the same time, the way included."""

    zone = string(64, required=True)
    rules = many(nested(CalendarRule), 0, 10)
    extra_days = many(nested(ExtraDay), 0, 200)
    blackouts = many(nested(Blackout), 0, 200)
    exceptions = many(_local(), 0, 200)
    resource = string(80, least=0)
    parallel = flag()
    before_minutes = whole(0, 24 * 60)
    after_minutes = whole(0, 24 * 60)
    lead_hours = real(0, 24 * 90)


class SetDaysOff(Change):
    """The days on which a supplier works for nobody, whatever its calendars say; what is not given stays."""

    zone = string(64)
    blackouts = many(nested(Blackout), 0, 200)


class DaysOffView(Answer):
    """The days on which a supplier works for nobody."""

    supplier_id = ident(required=True)
    zone = string(64, required=True)
    blackouts = fields.List(nested(Blackout), required=True)
    version = whole(0, 2**53, required=True)


class OpenSlotView(WindowSchema, Answer):
    """A slot that can be booked, and by when."""

    slot_id = ident(required=True)
    sessions = many(nested(WindowSchema), 1, MAX_SESSIONS, required=True)
    capacity = whole(1, MAX_SEATS, required=True)
    free = whole(0, MAX_SEATS, required=True)
    book_by = moment(required=True)


class OfferCalendarView(Answer):
    """When an offer can be had; crews and reasons are shown to whose supplier it is."""

    offer_id = ident(required=True)
    version = whole(1, 2**53, required=True)
    calendar = nested(OfferCalendar, required=True, allow_none=True)
    slots = fields.List(nested(OpenSlotView), required=True)


class PreviewCalendar(Body):
    """A calendar to be tried out; with the days off of one of the caller's suppliers, if it is named."""

    supplier_id = ident()
    calendar = nested(OfferCalendar, required=True)
    days = whole(1, 366)


class PreviewedSlot(WindowSchema, Answer):
    """A slot that a calendar gives."""

    local = fields.String(required=True)
    sessions = many(nested(WindowSchema), 1, MAX_SESSIONS, required=True)
    capacity = whole(1, MAX_SEATS, required=True)


class LeftOutDate(Answer):
    """A date that is left out, and why."""

    start = moment(required=True)
    local = fields.String(required=True)
    because = choice("exception", "blackout", "supplier_blackout", "too_soon", "taken", "incomplete", required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class CalendarPreview(Answer):
    """What a calendar gives."""

    zone = string(64, required=True)
    slots = fields.List(nested(PreviewedSlot), required=True)
    left_out = fields.List(nested(LeftOutDate), required=True)
