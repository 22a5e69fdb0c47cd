"""Reviews and reputation."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, PageQuery, SentenceSchema, Strict, page_of
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, string, whole
from gateway.schemas.receipts import WeightsView

PHASES, AUTHORS = ("before", "during", "after"), ("participant", "organiser", "quality_supervisor")
HIDDEN = ("phone", "identity_number", "email", "account", "bank_card", "abuse", "other")


class Scores(Strict):
    """Points from 1 to 5. After the service quality is always judged, before it qualification, during it attendance."""

    quality = whole(1, 5, allow_none=True)
    punctuality = whole(1, 5, allow_none=True)
    communication = whole(1, 5, allow_none=True)
    value = whole(1, 5, allow_none=True)
    qualification = whole(1, 5, allow_none=True)
    attendance = whole(1, 5, allow_none=True)
    progress = whole(1, 5, allow_none=True)


class WriteReview(Body):
    """A review: of a commitment that was paid, or of a campaign by its organiser or a quality supervisor.

    Before the service: qualification, communication. During it: attendance, progress, communication. After it: quality,
    punctuality, communication, value, and whether one would take it again.
    """

    commitment_id = ident()
    campaign_id = ident()
    phase = choice(*PHASES)
    scores = nested(Scores, required=True)
    text = string(2000, least=0, allow_none=True)
    again = flag(allow_none=True)


class MaskView(Answer):
    """Which part of the text is hidden, and why."""

    kind = choice(*HIDDEN, required=True)
    start = whole(0, 10_000, required=True)
    length = whole(1, 10_000, required=True)


class EarlierAnswer(Answer):
    """What the supplier said before, and until when."""

    text = fields.String(required=True)
    until = moment(required=True)


class ReviewAnswer(Answer):
    """What the supplier says to it."""

    text = fields.String(required=True)
    at = moment(required=True)
    earlier = fields.List(nested(EarlierAnswer), required=True)


class ReviewView(Answer):
    """A review; who wrote it, and what is hidden of it, is told to its own community only."""

    review_id = ident(required=True)
    commitment_id = ident(required=True, allow_none=True)
    campaign_id = ident(required=True, allow_none=True)
    supplier_id = ident(required=True)
    community_id = ident(required=True, allow_none=True)
    member_id = ident(required=True, allow_none=True)
    phase = choice(*PHASES, required=True)
    author = choice(*AUTHORS, required=True)
    scores = nested(Scores, required=True)
    overall = fields.Float(required=True)
    again = flag(required=True, allow_none=True)
    text = string(2000, least=0, required=True, allow_none=True)
    original = string(2000, least=0, required=True, allow_none=True)
    masks = fields.List(nested(MaskView), required=True)
    answer = nested(ReviewAnswer, required=True, allow_none=True)
    created_at = moment(required=True)


class AnswerReview(Body):
    """What the supplier says to a review; what it said before stays beside it."""

    text = string(2000, required=True)


class HidePassage(Body):
    """Which passage nobody should read, and why."""

    passage = string(2000, required=True)
    kind = choice(*HIDDEN)
    reason = string(500, required=True)


class ShowPassages(Body):
    """What was hidden by mistake (all of it if no kind is named), and why it is shown again."""

    kind = choice(*HIDDEN)
    reason = string(500, required=True)


class SetAbuseWords(Body):
    """Words that a community does not want to read, beside those that nobody wants to."""

    words = many(string(40, least=2), 0, 200, required=True)


class AbuseWordsView(Answer):
    """Words that a community does not want to read."""

    community_id = ident(required=True)
    words = fields.List(fields.String(), required=True)


class SummaryMark(Answer):
    """The mean of a mark with its interval of 95 %."""

    mark = fields.String(required=True)
    reviews = whole(1, 2**53, required=True)
    mean = fields.Float(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)


class AgainView(Answer):
    """How many were asked whether they would take it again, how many would, and their share with its interval."""

    asked = whole(0, 2**53, required=True)
    yes = whole(0, 2**53, required=True)
    share = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)


class SummaryPart(Answer):
    """What reviews of one phase by one kind of author say."""

    phase = choice(*PHASES, required=True)
    author = choice(*AUTHORS, required=True)
    reviews = whole(1, 2**53, required=True)
    marks = fields.List(nested(SummaryMark), required=True)
    again = nested(AgainView, required=True)


class ReviewSummary(Answer):
    """What is said of a supplier before, during and after; only what participants say after it counts for the score."""

    supplier_id = ident(required=True)
    parts = fields.List(nested(SummaryPart), required=True)


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
    phase = choice(*PHASES)
    author = choice(*AUTHORS)


ReviewPage = page_of(ReviewView)
