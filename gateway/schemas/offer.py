"""Offers and their slots."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from gateway.schemas.base import (
    MAX_SEATS,
    Answer,
    Body,
    Change,
    PageQuery,
    PlaceSchema,
    PriceSchema,
    Strict,
    WindowSchema,
    page_of,
)
from gateway.schemas.calendar import OfferCalendar
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, real, string, whole

WHERE = ("supplier", "community")
STAGES = ("confirmed", "session", "delivered", "accepted")
MAX_ACCEPTANCE_HOURS = 24 * 90
MAX_HOURS_BEFORE = 24 * 366
MAX_MINUTES = 60 * 24 * 14
MAX_TRAVEL_KM = 1000
MAX_SESSIONS = 100


class Tier(Strict):
    """The price per seat from a number of seats on."""

    seats = whole(1, MAX_SEATS, required=True)
    price = nested(PriceSchema, required=True)


class ReleaseStage(Strict):
    """The share of the money, in ten thousandths, that is released at a stage; session: evenly, as each is held."""

    stage = choice(*STAGES, required=True)
    share_bp = whole(0, 10_000, required=True)


class RevenueShares(Strict):
    """Who gets which part of every release, in ten thousandths: 10000 together, and at least 7000 the supplier."""

    supplier_bp = whole(0, 10_000, required=True)
    organiser_bp = whole(0, 10_000)
    community_bp = whole(0, 10_000)
    platform_bp = whole(0, 10_000)


class CancellationStep(Strict):
    """Who leaves at least so many hours before the first start gets this part back, in ten thousandths."""

    hours_before = real(0, MAX_HOURS_BEFORE, required=True)
    refund_bp = whole(0, 10_000, required=True)


class CancellationRule(Strict):
    """What comes back to who leaves a confirmed group; later than the last step nothing does."""

    steps = many(nested(CancellationStep), 0, 10)
    weather_bp = whole(0, 10_000)
    illness_bp = whole(0, 10_000)
    no_show_bp = whole(0, 10_000)


class AddSlot(WindowSchema):
    """A time at which the service can be had, and for how many; a course has several sessions within it."""

    sessions = many(nested(WindowSchema), 1, MAX_SESSIONS)
    capacity = whole(1, MAX_SEATS, required=True)


class Title(Strict):
    """A name for people."""

    zh = string(200, required=True)
    en = string(200, required=True)


class OptionChoice(Strict):
    """One of the things to choose from."""

    key = string(80, required=True)
    title = nested(Title, required=True)


class OfferOption(Strict):
    """What a community may adapt, and what holds unless it does; numbers and ranges are within least and most."""

    key = string(80, required=True)
    kind = choice("choice", "text", "number", "range", required=True)
    title = nested(Title, required=True)
    value = fields.Raw(required=True)
    choices = many(nested(OptionChoice), 0, 50)
    least = whole(0, MAX_SEATS, allow_none=True)
    most = whole(0, MAX_SEATS, allow_none=True)


class PublishOffer(Body):
    """What a supplier offers: to groups of which size, at which prices, where and when.

    Minutes are the least length of each session. Fallback tiers are smaller groups that would still be served.
    """

    title = string(200, required=True)
    category = string(60, required=True)
    where = choice(*WHERE, required=True)
    place = nested(PlaceSchema)
    travel_km = real(0, MAX_TRAVEL_KM, allow_none=True)
    tiers = many(nested(Tier), 1, 50, required=True)
    fallback_tiers = many(nested(Tier), 0, 10)
    min_group = whole(1, MAX_SEATS, required=True)
    max_group = whole(1, MAX_SEATS, required=True)
    minutes = whole(1, MAX_MINUTES, required=True)
    release = many(nested(ReleaseStage), 1, len(STAGES))
    shares = nested(RevenueShares)
    cancellation = nested(CancellationRule)
    acceptance_hours = real(0, MAX_ACCEPTANCE_HOURS)
    required_qualifications = many(string(60), 0, 20)
    slots = many(nested(AddSlot), 0, 200)
    calendar = nested(OfferCalendar, allow_none=True)
    options = many(nested(OfferOption), 0, 20)

    @validates_schema
    def _sizes_in_order(self, data: Mapping[str, Any], **_: Any) -> None:
        if {"min_group", "max_group"} <= data.keys() and data["max_group"] < data["min_group"]:
            raise ValidationError("is below min_group; expected at least min_group", "max_group")


class ReviseOffer(Change):
    """Other terms for what is proposed from now on; what was proposed or booked keeps the terms of its version."""

    title = string(200)
    where = choice(*WHERE)
    place = nested(PlaceSchema)
    travel_km = real(0, MAX_TRAVEL_KM, allow_none=True)
    tiers = many(nested(Tier), 1, 50)
    fallback_tiers = many(nested(Tier), 0, 10)
    min_group = whole(1, MAX_SEATS)
    max_group = whole(1, MAX_SEATS)
    minutes = whole(1, MAX_MINUTES)
    release = many(nested(ReleaseStage), 1, len(STAGES))
    shares = nested(RevenueShares)
    cancellation = nested(CancellationRule)
    acceptance_hours = real(0, MAX_ACCEPTANCE_HOURS)
    required_qualifications = many(string(60), 0, 20)
    calendar = nested(OfferCalendar, allow_none=True)
    options = many(nested(OfferOption), 0, 20)


class OfferQuery(PageQuery):
    """Which offers."""

    supplier_id = ident()
    category = string(60)


class SlotRef(WindowSchema, Answer):
    """A slot."""

    slot_id = ident(required=True)


class SlotTimes(SlotRef):
    """A slot and its sessions; most have one, the slot itself."""

    sessions = many(nested(WindowSchema), 1, MAX_SESSIONS, required=True)


class SlotView(SlotTimes):
    """A slot and how much of it is taken; its supplier has withdrawn from a closed one."""

    capacity = whole(1, MAX_SEATS, required=True)
    held = whole(0, MAX_SEATS, required=True)
    confirmed = whole(0, MAX_SEATS, required=True)
    free = whole(0, MAX_SEATS, required=True)
    closed = flag(required=True)


class AddedSlotView(SlotView):
    """A slot that was added to an offer."""

    offer_id = ident(required=True)


class SharesView(Answer):
    """Who gets which part of every release, in ten thousandths."""

    supplier_bp = whole(0, 10_000, required=True)
    organiser_bp = whole(0, 10_000, required=True)
    community_bp = whole(0, 10_000, required=True)
    platform_bp = whole(0, 10_000, required=True)


class CancellationView(Answer):
    """What comes back to who leaves a confirmed group, by time and by cause."""

    steps = many(nested(CancellationStep), 0, 10, required=True)
    weather_bp = whole(0, 10_000, required=True)
    illness_bp = whole(0, 10_000, required=True)
    no_show_bp = whole(0, 10_000, required=True)


class OfferTerms(Answer):
    """The terms of an offer, as a match keeps them."""

    offer_id = ident(required=True)
    version = whole(1, 2**53, required=True)
    title = string(200, required=True)
    category = string(60, required=True)
    where = choice(*WHERE, required=True)
    place = nested(PlaceSchema, required=True)
    tiers = many(nested(Tier), 1, 50, required=True)
    fallback_tiers = many(nested(Tier), 0, 10, required=True)
    min_group = whole(1, MAX_SEATS, required=True)
    max_group = whole(1, MAX_SEATS, required=True)
    minutes = whole(1, MAX_MINUTES, required=True)
    release = many(nested(ReleaseStage), 1, len(STAGES), required=True)
    shares = nested(SharesView, required=True)
    cancellation = nested(CancellationView, required=True)
    acceptance_hours = real(0, MAX_ACCEPTANCE_HOURS, required=True)
    options = fields.List(nested(OfferOption), required=True)


class OfferVersionView(OfferTerms):
    """The terms that an offer has from a version on, until the next one that is listed."""

    travel_km = real(0, MAX_TRAVEL_KM, required=True, allow_none=True)
    required_qualifications = fields.List(string(60), required=True)
    created_at = moment(required=True)


OfferVersionPage = page_of(OfferVersionView)


class OfferView(OfferTerms):
    """An offer."""

    supplier_id = ident(required=True)
    supplier_name = string(100, required=True)
    travel_km = real(0, MAX_TRAVEL_KM, required=True, allow_none=True)
    required_qualifications = fields.List(string(60), required=True)
    own_prices = flag(required=True)
    slots = fields.List(nested(SlotView), required=True)
    state = choice("published", "paused", "withdrawn", required=True)
    paused_for = fields.List(string(60), required=True)
    created_at = moment(required=True)


OfferPage = page_of(OfferView)
