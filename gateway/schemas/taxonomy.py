"""Categories, forms, and how a text is understood."""

from typing import Any

from marshmallow import fields

from gateway.schemas.base import Answer, Body, MoneySchema, Query, SentenceSchema, Strict, WindowSchema
from gateway.schemas.demand import MAX_MINUTES
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, pattern, real, string, whole
from gateway.schemas.intake import QuestionView, RankedView
from services.kernel.money import EXPONENTS

TYPES = ("text", "number", "choice", "date", "time", "yes_no", "head_count")


def category_key(**options: Any) -> fields.String:
    """Return a field for the key of a category."""
    return pattern(r"^[a-z][a-z0-9_-]{0,29}\Z", "a key of small letters, digits, _ and -, at most 30", **options)


class CategoryQuery(Query):
    """Whose taxonomy; a node operator says it."""

    community_id = ident()


class TemplateQuery(CategoryQuery):
    """Whose form, and in which language the file to fill in is."""

    locale = choice("zh", "en")


class AddCategory(Body):
    """A category of a community, with names in both languages, or examples of one that there is."""

    community_id = ident()
    category = category_key(required=True)
    zh = string(100)
    en = string(100)
    examples = many(string(200), 1, 100)


class CategoryView(Answer):
    """A category; ``own`` where the community added it. The examples are its own, those built in are not listed."""

    category = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    own = flag(required=True)
    examples = fields.List(fields.String(), required=True)


class OptionSchema(Strict):
    """One of several answers."""

    value = string(60, required=True)
    zh = string(100, required=True)
    en = string(100, required=True)


class FormQuestion(Strict):
    """A question of a form; ``least`` and ``most`` bound numbers and head counts."""

    key = pattern(r"^[a-z][a-z0-9_]{0,39}\Z", "a key of small letters, digits and _, at most 40", required=True)
    zh = string(200, required=True)
    en = string(200, required=True)
    type = choice(*TYPES, required=True)
    required = flag()
    options = many(nested(OptionSchema), 0, 50)
    least = real(-(10**9), 10**9, allow_none=True)
    most = real(-(10**9), 10**9, allow_none=True)


class SetTemplate(Body):
    """The questions that a community asks of a demand of a category."""

    community_id = ident()
    questions = many(nested(FormQuestion), 0, 30, required=True)


class FormQuestionView(Answer):
    """A question of a form."""

    key = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    type = choice(*TYPES, required=True)
    required = flag(required=True)
    options = fields.List(nested(OptionSchema), required=True)
    least = fields.Float(required=True, allow_none=True)
    most = fields.Float(required=True, allow_none=True)


class TemplateView(Answer):
    """A form; ``csv`` is a file to fill in, and ``columns`` are the names that are known in files."""

    category = fields.String(required=True)
    questions = fields.List(nested(FormQuestionView), required=True)
    columns = fields.List(fields.String(), required=True)
    csv = fields.String(required=True)


class Understand(Body):
    """A text, and when it was said if not now."""

    community_id = ident()
    text = string(2000, required=True)
    said_at = moment()
    currency = choice(*EXPONENTS)


class SuggestedView(RankedView):
    """A category that it may be, with its names."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class UnderstandingView(Answer):
    """What a text says; ``category`` is null where it does not decide, the likeliest are in ``suggestions``."""

    category = fields.String(required=True, allow_none=True)
    suggestions = fields.List(nested(SuggestedView), required=True)
    people = fields.Integer(required=True, allow_none=True)
    windows = fields.List(nested(WindowSchema), required=True, allow_none=True)
    minutes = whole(1, MAX_MINUTES, required=True, allow_none=True)
    ceiling = nested(MoneySchema, required=True, allow_none=True)
    readings = fields.List(nested(SentenceSchema), required=True)
    questions = fields.List(nested(QuestionView), required=True)


class CategoryPage(Answer):
    """The whole taxonomy, in one page."""

    items = fields.List(nested(CategoryView), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PostView(Answer):
    """A pool as a jielong: the own people by name, others in ``people``, at least so many where it is not exact."""

    pool_id = ident(required=True)
    community_id = ident(required=True)
    text = fields.String(required=True)
    rows = whole(0, 2**53, required=True)
    people = whole(0, 2**53, required=True)
    people_exact = flag(required=True)
