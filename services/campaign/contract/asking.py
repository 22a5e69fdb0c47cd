"""Writer schemas of what is told when members are asked. The subject of ``inquiry_*`` is the inquiry."""

from functools import partial

from marshmallow import Schema, fields, validate

ABOUT = ("merge", "replacement", "move")
CONCLUSIONS = ("merged", "rematched", "moved", "too_few", "not_asked", "gone", "called_off", "supplier_withdrew")

_id, _time = partial(fields.UUID, required=True), partial(fields.AwareDateTime, required=True)
_text = partial(fields.String, required=True)
_count = partial(fields.Integer, required=True, strict=True, validate=validate.Range(min=1))


class _MoneySchema(Schema):
    """A decimal string and an ISO 4217 currency."""

    amount = _text()
    currency = _text()


class _PlaceSchema(Schema):
    """Degrees of latitude and longitude."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class _SpanSchema(Schema):
    """From when to when."""

    start = _time()
    end = _time()


class InquiryOpenedSchema(Schema):
    """The members of a campaign are asked until ``term``; silence means refund. Counts are left to who may see them."""

    inquiry_id = _id()
    campaign_id = _id()
    about = _text(validate=validate.OneOf(ABOUT))
    target_campaign_id = _id(allow_none=True)
    match_id = _id()
    term = _time()


class InquiryClosedSchema(InquiryOpenedSchema):
    """An inquiry has its conclusion."""

    conclusion = _text(validate=validate.OneOf(CONCLUSIONS))


class CommitmentMovedSchema(Schema):
    """A commitment goes on as another one, in another campaign, with ``amount`` of what was paid for it."""

    campaign_id = _id()
    commitment_id = _id()
    community_id = _id()
    member_id = _id()
    seats = _count()
    amount = fields.Nested(_MoneySchema, required=True)
    to_campaign_id = _id()
    to_commitment_id = _id()


class CampaignVacatedSchema(Schema):
    """The supplier has withdrawn; another one is looked for until ``until``, else everybody is refunded."""

    campaign_id = _id()
    match_id = _id()
    pool_id = _id(allow_none=True)
    supplier_id = _id()
    reason = _text()
    until = _time()


class CampaignMovedSchema(Schema):
    """The group that stays meets at another time or place."""

    campaign_id = _id()
    match_id = _id()
    supplier_id = _id()
    slot = fields.Nested(_SpanSchema, required=True)
    sessions = fields.List(fields.Nested(_SpanSchema), required=True)
    place = fields.Nested(_PlaceSchema, required=True)
    reason = _text()
    seats = fields.Integer(required=True, strict=True)


EVENTS: dict[str, Schema] = {
    "inquiry_opened.v1": InquiryOpenedSchema(),
    "inquiry_closed.v1": InquiryClosedSchema(),
    "commitment_moved.v1": CommitmentMovedSchema(),
    "campaign_vacated.v1": CampaignVacatedSchema(),
    "campaign_moved.v1": CampaignMovedSchema(),
}
