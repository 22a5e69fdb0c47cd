"""Reviews and reputation."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, PageQuery, SentenceSchema, Strict, page_of
from gateway.schemas.fields import ident, moment, nested, string, whole
from gateway.schemas.receipts import WeightsView


class Scores(Strict):
    """Points from 1 to 5; quality is always judged."""

    quality = whole(1, 5, required=True)
    punctuality = whole(1, 5, allow_none=True)
    communication = whole(1, 5, allow_none=True)
    value = whole(1, 5, allow_none=True)


class WriteReview(Body):
    """The review of a commitment that was paid and delivered."""

    commitment_id = ident(required=True)
    scores = nested(Scores, required=True)
    text = string(2000, least=0, allow_none=True)


class ReviewView(Answer):
    """A review; who wrote it is told to its own community only."""

    review_id = ident(required=True)
    commitment_id = ident(required=True, allow_none=True)
    campaign_id = ident(required=True, allow_none=True)
    supplier_id = ident(required=True)
    community_id = ident(required=True, allow_none=True)
    member_id = ident(required=True, allow_none=True)
    scores = nested(Scores, required=True)
    overall = fields.Float(required=True)
    text = string(2000, least=0, required=True, allow_none=True)
    created_at = moment(required=True)


class Prior(Answer):
    """What is assumed before the first review."""

    mean = fields.Float(required=True)
    weight = fields.Float(required=True)


class StepView(Answer):
    """One number on the way to the score, and what it means."""

    code = fields.String(required=True)
    value = fields.Float(required=True)
    text = nested(SentenceSchema, required=True)


class VoiceView(Answer):
    """What one community says: ``weight`` in fresh orders, ``share`` of the score; ``cut`` if its pull was limited."""

    community = fields.String(required=True)
    own = fields.Boolean(required=True)
    mean = fields.Float(required=True)
    orders = whole(0, 2**53, required=True)
    raters = whole(0, 2**53, required=True)
    weight = fields.Float(required=True)
    uncapped = fields.Float(required=True)
    share = fields.Float(required=True)
    cut = fields.Boolean(required=True)


class ComparisonView(Answer):
    """The score as others would make it."""

    method = fields.String(required=True)
    value = fields.Float(required=True)
    text = nested(SentenceSchema, required=True)


class OwnScoreView(Answer):
    """The score that the caller's community derives from the same evidence under its own weights."""

    community_id = ident(required=True)
    score = fields.Float(required=True)
    reviews = whole(0, 2**53, required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    weights = nested(WeightsView, required=True)


class ReputationParts(Answer):
    """What the score is made of, so that everybody can work it out again."""

    prior = nested(Prior, required=True)
    mean_of_reviews = fields.Float(required=True, allow_none=True)
    sum = fields.Float(required=True)
    deliveries = whole(0, 2**53, required=True)
    formula = nested(SentenceSchema, required=True)
    steps = fields.List(nested(StepView), required=True)
    voices = fields.List(nested(VoiceView), required=True)


class DimensionView(Answer):
    """The mean of one dimension."""

    dimension = fields.String(required=True)
    mean = fields.Float(required=True, allow_none=True)
    reviews = whole(0, 2**53, required=True)


class ReputationView(Answer):
    """The score of a supplier with its 95 % interval."""

    supplier_id = ident(required=True)
    score = fields.Float(required=True, allow_none=True)
    reviews = whole(0, 2**53, required=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    dimensions = fields.List(nested(DimensionView), required=True)
    parts = nested(ReputationParts, required=True)
    communities = whole(0, 2**53, required=True)
    orders = whole(0, 2**53, required=True)
    comparisons = fields.List(nested(ComparisonView), required=True)
    for_community = nested(OwnScoreView, required=True, allow_none=True)


class ReviewQuery(PageQuery):
    """Which reviews."""

    supplier_id = ident()


ReviewPage = page_of(ReviewView)
