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


class ScoresSchema(Schema):
    """Marks from 1 to 5; null where the reviewer gave none."""

    quality = _mark()
    punctuality = _mark(allow_none=True)
    communication = _mark(allow_none=True)
    value = _mark(allow_none=True)


class ReviewWrittenSchema(Schema):
    """review_written.v1: without the text and without the member; ``overall`` is the mean of the given marks."""

    review_id = _id()
    supplier_id = _id()
    campaign_id = _id()
    community_id = _id()
    overall = _mean()
    scores = fields.Nested(ScoresSchema, required=True)


class ScoreChangedSchema(Schema):
    """score_changed.v1: the Bayesian average with its 95 % interval, rounded to 4 places."""

    supplier_id = _id()
    score = _mean()
    reviews = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    low = _mean()
    high = _mean()


EVENTS: dict[str, Schema] = {
    **GRADE_EVENTS,
    "review_written.v1": ReviewWrittenSchema(),
    "score_changed.v1": ScoreChangedSchema(),
}
