"""Writer schemas of the events: exactly what a payload holds, and nothing more."""

from marshmallow import Schema, fields, validate


def _id(**options: object) -> fields.UUID:
    return fields.UUID(required=True, **options)


def _text(*choices: str) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(choices) if choices else validate.Length(min=1))


def _count(least: int = 1) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=least))


def _time() -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True)


def _one(schema: type[Schema]) -> fields.Nested:
    return fields.Nested(schema, required=True)


def _many(schema: type[Schema]) -> fields.List:
    return fields.List(fields.Nested(schema), required=True, validate=validate.Length(min=1))


class MoneySchema(Schema):
    """A decimal string and an ISO 4217 currency."""

    amount = _text()
    currency = _text()


class PlaceSchema(Schema):
    """Degrees, WGS 84."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class TierSchema(Schema):
    """From ``seats`` seats on, each seat costs ``price``."""

    seats = _count()
    price = _one(MoneySchema)


class ReleaseStageSchema(Schema):
    """At ``stage`` the supplier gets ``share_bp`` basis points of the money."""

    stage = _text("confirmed", "delivered", "accepted")
    share_bp = _count(0)


class OfferSnapshotSchema(Schema):
    """The offer as it was when the match was made; it never changes."""

    offer_id = _id()
    version = _count()
    title = _text()
    category = _text()
    where = _text("supplier", "community")
    place = _one(PlaceSchema)
    tiers = _many(TierSchema)
    min_group = _count()
    max_group = _count()
    minutes = _count()
    release = _many(ReleaseStageSchema)
    acceptance_hours = fields.Float(required=True, validate=validate.Range(min=0))


class SlotSchema(Schema):
    """When the service takes place."""

    slot_id = _id()
    start = _time()
    end = _time()


class CommunityShareSchema(Schema):
    """How many people of a community the match counts on; 0 where nobody has said."""

    community_id = _id()
    people = _count(0)


class SharingSchema(Schema):
    """Who sees the supplier besides the community that registered it."""

    mode = _text("none", "named", "all")
    community_ids = fields.List(fields.UUID(), required=True)


class SupplierSchema(Schema):
    """supplier_registered.v1 and supplier_changed.v1."""

    supplier_id = _id()
    community_id = _id()
    name = _text()
    sharing = _one(SharingSchema)


class QualificationSchema(Schema):
    """qualification_reviewed.v1 and qualification_expired.v1."""

    qualification_id = _id()
    supplier_id = _id()
    kind = _text()
    state = _text("approved", "rejected", "expired")


class OfferPublishedSchema(Schema):
    """offer_published.v1."""

    offer_id = _id()
    supplier_id = _id()
    category = _text()
    version = _count()


class OfferWithdrawnSchema(Schema):
    """offer_withdrawn.v1."""

    offer_id = _id()
    supplier_id = _id()


class MatchProposedSchema(Schema):
    """match_proposed.v1: ``seats`` of the slot are held until ``held_until``."""

    match_id = _id()
    pool_id = _id(allow_none=True)
    rank = _count()
    category = _text()
    people = _count()
    communities = _many(CommunityShareSchema)
    supplier_id = _id()
    supplier_name = _text()
    offer = _one(OfferSnapshotSchema)
    slot = _one(SlotSchema)
    seats = _count()
    held_until = _time()


class MatchExpiredSchema(Schema):
    """match_expired.v1: the seats are free again."""

    match_id = _id()
    pool_id = _id(allow_none=True)
    reason = _text("hold_expired", "offer_withdrawn", "pool_dissolved")


REASONS = (
    "no_offer",
    "not_shared",
    "out_of_reach",
    "group_too_small",
    "not_qualified",
    "no_slot",
    "too_expensive",
)


class PoolUnmatchedSchema(Schema):
    """pool_unmatched.v1: how many offers were ruled out by what; no supplier is named."""

    pool_id = _id()
    reasons = fields.Dict(
        keys=fields.String(validate=validate.OneOf(REASONS)),
        values=fields.Integer(strict=True, validate=validate.Range(min=1)),
        required=True,
    )


class SlotConfirmedSchema(Schema):
    """slot_confirmed.v1: ``seats`` are sold."""

    match_id = _id()
    slot_id = _id()
    campaign_id = _id()
    seats = _count()


class SlotReleasedSchema(Schema):
    """slot_released.v1: ``seats`` that were held are free again."""

    match_id = _id()
    slot_id = _id()
    seats = _count()


EVENTS: dict[str, Schema] = {
    "supplier_registered.v1": SupplierSchema(),
    "supplier_changed.v1": SupplierSchema(),
    "qualification_reviewed.v1": QualificationSchema(),
    "qualification_expired.v1": QualificationSchema(),
    "offer_published.v1": OfferPublishedSchema(),
    "offer_withdrawn.v1": OfferWithdrawnSchema(),
    "match_proposed.v1": MatchProposedSchema(),
    "match_expired.v1": MatchExpiredSchema(),
    "pool_unmatched.v1": PoolUnmatchedSchema(),
    "slot_confirmed.v1": SlotConfirmedSchema(),
    "slot_released.v1": SlotReleasedSchema(),
}
