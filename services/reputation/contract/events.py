"""Writer schemas of the events: exactly what a payload holds, and nothing more.

The subject of ``review_written`` is the review; that of ``score_changed`` is the supplier.
"""

from marshmallow import Schema, fields, validate

from services.reputation.contract.grades import GRADE_EVENTS


def _id() -> fields.UUID:
    return fields.UUID(required=True)


def _mark(**options: bool) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(1, 5), **options)


def _mean() -> fields.Float:
    return fields.Float(required=True, validate=validate.Range(1, 5))


def _count(least: int = 0) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=least))


class ScoresSchema(Schema):
    """Marks from 1 to 5; null where the reviewer gave none, or where they are of another phase."""

    quality = _mark(allow_none=True)
    punctuality = _mark(allow_none=True)
    communication = _mark(allow_none=True)
    value = _mark(allow_none=True)
    qualification = _mark(allow_none=True)
    attendance = _mark(allow_none=True)
    progress = _mark(allow_none=True)


class ReviewWrittenSchema(Schema):
    """review_written.v1: without the text and without the member; ``overall`` is the mean of the given marks.

    Only what a participant says after the service may become evidence of a score.
    """

    review_id = _id()
    supplier_id = _id()
    campaign_id = _id()
    community_id = fields.UUID(required=True, allow_none=True)
    overall = _mean()
    scores = fields.Nested(ScoresSchema, required=True)
    phase = fields.String(required=True, validate=validate.OneOf(("before", "during", "after")))
    author = fields.String(required=True, validate=validate.OneOf(("participant", "organiser", "quality_supervisor")))
    again = fields.Boolean(required=True, allow_none=True)


class ScoreChangedSchema(Schema):
    """score_changed.v1: the score with its 95 % interval, rounded to 4 places.

    ``reviews`` of settled orders count; ``orders`` with those that only a dispute says something of.
    """

    supplier_id = _id()
    score = _mean()
    reviews = _count()
    low = _mean()
    high = _mean()
    orders = _count(1)
    communities = _count(1)


class ReceiptIssuedSchema(Schema):
    """receipt_issued.v1: a receipt with its signature, which holds nothing personal; RECEIPTS.md says what is in it."""

    receipt_id = _id()
    supplier_id = _id()
    document = fields.Dict(required=True)
    key_id = fields.String(required=True, validate=validate.Length(equal=16))
    signature = fields.String(required=True, validate=validate.Length(equal=88))


EVENTS: dict[str, Schema] = {
    **GRADE_EVENTS,
    "review_written.v1": ReviewWrittenSchema(),
    "score_changed.v1": ScoreChangedSchema(),
    "receipt_issued.v1": ReceiptIssuedSchema(),
}
