"""What events are made of: fields, and what they hold of an offer and a slot."""

from marshmallow import Schema, fields, validate


def an_id(**options: object) -> fields.UUID:
    """Return a field that holds an id."""
    return fields.UUID(required=True, **options)


def a_text(*choices: str) -> fields.String:
    """Return a field that holds one of the ``choices``, or any text but an empty one."""
    return fields.String(required=True, validate=validate.OneOf(choices) if choices else validate.Length(min=1))


def a_count(least: int = 1) -> fields.Integer:
    """Return a field that holds a whole number."""
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=least))


def a_time() -> fields.AwareDateTime:
    """Return a field that holds a time with its zone."""
    return fields.AwareDateTime(required=True)


def a_time_or_none() -> fields.AwareDateTime:
    """Return a field that holds a time with its zone, or null."""
    return fields.AwareDateTime(required=True, allow_none=True)


def one(schema: type[Schema]) -> fields.Nested:
    """Return a field that holds an object."""
    return fields.Nested(schema, required=True)


def many(schema: type[Schema], least: int = 1) -> fields.List:
    """Return a field that holds at least so many objects."""
    return fields.List(fields.Nested(schema), required=True, validate=validate.Length(min=least))


class MoneySchema(Schema):
    """A decimal string and an ISO 4217 currency."""

    amount = a_text()
    currency = a_text()


class PlaceSchema(Schema):
    """Degrees, WGS 84."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class TierSchema(Schema):
    """From ``seats`` seats on, each seat costs ``price``."""

    seats = a_count()
    price = one(MoneySchema)


class ReleaseStageSchema(Schema):
    """At ``stage`` ``share_bp`` basis points of the money are released; ``session`` evenly, as each is held."""

    stage = a_text("confirmed", "session", "delivered", "accepted")
    share_bp = a_count(0)


class SharesSchema(Schema):
    """Who gets which part of every release: 10000 basis points together."""

    supplier_bp = a_count(0)
    organiser_bp = a_count(0)
    community_bp = a_count(0)
    platform_bp = a_count(0)


class CancellationStepSchema(Schema):
    """Who leaves at least ``hours_before`` hours before the first start gets ``refund_bp`` back."""

    hours_before = fields.Float(required=True, validate=validate.Range(min=0))
    refund_bp = a_count(0)


class CancellationSchema(Schema):
    """What comes back to who leaves a confirmed campaign: by time (later than the last step nothing), and by cause."""

    steps = many(CancellationStepSchema, 0)
    weather_bp = a_count(0)
    illness_bp = a_count(0)
    no_show_bp = a_count(0)


class TitleSchema(Schema):
    """A name for people."""

    zh = a_text()
    en = a_text()


class OptionChoiceSchema(Schema):
    """One of the things to choose from."""

    key = a_text()
    title = one(TitleSchema)


class OptionSchema(Schema):
    """Something that a community could adapt, and the ``value`` that holds for this match."""

    key = a_text()
    kind = a_text("choice", "text", "number", "range")
    title = one(TitleSchema)
    value = fields.Raw(required=True)
    choices = many(OptionChoiceSchema, 0)
    least = fields.Integer(required=True, allow_none=True)
    most = fields.Integer(required=True, allow_none=True)


class OfferSnapshotSchema(Schema):
    """The offer as it was when the match was made; it never changes."""

    offer_id = an_id()
    version = a_count()
    title = a_text()
    category = a_text()
    where = a_text("supplier", "community")
    place = one(PlaceSchema)
    tiers = many(TierSchema)
    fallback_tiers = many(TierSchema, 0)
    min_group = a_count()
    max_group = a_count()
    minutes = a_count()
    release = many(ReleaseStageSchema)
    shares = one(SharesSchema)
    cancellation = one(CancellationSchema)
    acceptance_hours = fields.Float(required=True, validate=validate.Range(min=0))
    options = fields.List(fields.Nested(OptionSchema))


class SessionSchema(Schema):
    """One meeting; a course has many."""

    start = a_time()
    end = a_time()


class SlotSchema(SessionSchema):
    """When the service takes place: in ``sessions`` in order, all of them from ``start`` to ``end``."""

    slot_id = an_id()
    sessions = many(SessionSchema)
