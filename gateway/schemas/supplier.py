"""Suppliers, qualifications, offers, slots and matches."""

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
from gateway.schemas.fields import choice, ident, many, moment, nested, real, string, whole

WHERE = ("supplier", "community")
STAGES = ("confirmed", "delivered", "accepted")
SHARING_MODES = ("none", "named", "all")
SUPPLIER_STATES = ("active", "suspended")
QUALIFICATION_STATES = ("submitted", "approved", "rejected", "expired")
MAX_ACCEPTANCE_HOURS = 24 * 90
MAX_MINUTES = 60 * 24 * 14
MAX_TRAVEL_KM = 1000


class Sharing(Strict):
    """Who may see the supplier besides the community that registered it."""

    mode = choice(*SHARING_MODES, required=True)
    community_ids = many(ident(), 0, 1000)


class RegisterSupplier(Body):
    """A supplier; a node operator says for which community."""

    community_id = ident()
    name = string(100, required=True)
    contact = string(200, allow_none=True)
    place = nested(PlaceSchema, required=True)
    sharing = nested(Sharing)


class ChangeSupplier(Change):
    """What may be changed of a supplier."""

    name = string(100)
    contact = string(200, allow_none=True)
    place = nested(PlaceSchema)
    sharing = nested(Sharing)


class SubmitQualification(Body):
    """A licence or certificate; of its number only the end is ever shown."""

    kind = string(60, required=True)
    issuer = string(200, required=True)
    number = string(100, required=True)
    expires_at = moment(required=True)


class ReviewQualification(Body):
    """What the reviewer decided, and why."""

    decision = choice("approved", "rejected", required=True)
    reason = string(500, required=True)


class Tier(Strict):
    """The price per seat from a number of seats on."""

    seats = whole(1, MAX_SEATS, required=True)
    price = nested(PriceSchema, required=True)


class ReleaseStage(Strict):
    """The share of the money, in ten thousandths, that is released at a stage."""

    stage = choice(*STAGES, required=True)
    share_bp = whole(0, 10_000, required=True)


class AddSlot(WindowSchema):
    """A time at which the service can be had, and for how many."""

    capacity = whole(1, MAX_SEATS, required=True)


class PublishOffer(Body):
    """What a supplier offers: to groups of which size, at which prices, where and when."""

    title = string(200, required=True)
    category = string(60, required=True)
    where = choice(*WHERE, required=True)
    place = nested(PlaceSchema)
    travel_km = real(0, MAX_TRAVEL_KM, allow_none=True)
    tiers = many(nested(Tier), 1, 50, required=True)
    min_group = whole(1, MAX_SEATS, required=True)
    max_group = whole(1, MAX_SEATS, required=True)
    minutes = whole(1, MAX_MINUTES, required=True)
    release = many(nested(ReleaseStage), 1, 3)
    acceptance_hours = real(0, MAX_ACCEPTANCE_HOURS)
    required_qualifications = many(string(60), 0, 20)
    slots = many(nested(AddSlot), 0, 200)

    @validates_schema
    def _sizes_in_order(self, data: Mapping[str, Any], **_: Any) -> None:
        if {"min_group", "max_group"} <= data.keys() and data["max_group"] < data["min_group"]:
            raise ValidationError("is below min_group; expected at least min_group", "max_group")


class OfferQuery(PageQuery):
    """Which offers."""

    supplier_id = ident()
    category = string(60)


class Score(Answer):
    """The score of a supplier, as the reputation service told it."""

    score = fields.Float(required=True)
    reviews = whole(0, 2**53, required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)


class SupplierView(Answer):
    """A supplier; the contact is told to those who registered it and to itself."""

    supplier_id = ident(required=True)
    community_id = ident(required=True)
    name = string(100, required=True)
    contact = string(200, required=True, allow_none=True)
    place = nested(PlaceSchema, required=True)
    sharing = nested(Sharing, required=True)
    state = choice(*SUPPLIER_STATES, required=True)
    score = nested(Score, required=True, allow_none=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)


class QualificationView(Answer):
    """A qualification, its number masked."""

    qualification_id = ident(required=True)
    supplier_id = ident(required=True)
    kind = string(60, required=True)
    issuer = string(200, required=True)
    number = string(100, required=True)
    expires_at = moment(required=True)
    state = choice(*QUALIFICATION_STATES, required=True)
    reviewed_by = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    created_at = moment(required=True)


class SlotRef(WindowSchema, Answer):
    """A slot."""

    slot_id = ident(required=True)


class SlotView(SlotRef):
    """A slot and how much of it is taken."""

    capacity = whole(1, MAX_SEATS, required=True)
    held = whole(0, MAX_SEATS, required=True)
    confirmed = whole(0, MAX_SEATS, required=True)
    free = whole(0, MAX_SEATS, required=True)


class AddedSlotView(SlotView):
    """A slot that was added to an offer."""

    offer_id = ident(required=True)


class OfferTerms(Answer):
    """The terms of an offer, as a match keeps them."""

    offer_id = ident(required=True)
    version = whole(1, 2**53, required=True)
    title = string(200, required=True)
    category = string(60, required=True)
    where = choice(*WHERE, required=True)
    place = nested(PlaceSchema, required=True)
    tiers = many(nested(Tier), 1, 50, required=True)
    min_group = whole(1, MAX_SEATS, required=True)
    max_group = whole(1, MAX_SEATS, required=True)
    minutes = whole(1, MAX_MINUTES, required=True)
    release = many(nested(ReleaseStage), 1, 3, required=True)
    acceptance_hours = real(0, MAX_ACCEPTANCE_HOURS, required=True)


class OfferView(OfferTerms):
    """An offer."""

    supplier_id = ident(required=True)
    supplier_name = string(100, required=True)
    travel_km = real(0, MAX_TRAVEL_KM, required=True, allow_none=True)
    required_qualifications = fields.List(string(60), required=True)
    slots = fields.List(nested(SlotView), required=True)
    state = choice("published", "withdrawn", required=True)
    created_at = moment(required=True)


SupplierPage = page_of(SupplierView)
QualificationPage = page_of(QualificationView)
OfferPage = page_of(OfferView)
