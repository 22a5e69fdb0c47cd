"""Requests about categories, forms and texts as commands and questions."""

from typing import Any

from marshmallow import fields

from services.demand.domain import intake_commands as commands
from services.demand.domain.intake.templates import MAX_OPTIONS, MAX_QUESTIONS, AnswerType, FormQuestion, Option
from services.demand.domain.model import Locale
from services.demand.inbound import reading
from services.demand.inbound.intakes import category, currency, list_within, within
from services.demand.inbound.reading import Read, Tolerant, load
from services.demand.inbound.requests import Request, an_id, caller_of, id_of
from services.demand.views.intakes import AskCategory
from services.demand.views.posting import AskPost
from services.kernel.clock import parse_time


class CategorySchema(Tolerant):
    """A category of a community."""

    community_id = an_id(load_default=None, allow_none=True)
    category = Read(category, required=True)
    zh = Read(reading.text(1, 100), load_default=None, allow_none=True)
    en = Read(reading.text(1, 100), load_default=None, allow_none=True)
    examples = Read(reading.list_of(reading.text(1, 200), 100), load_default=())
    locale = Read(reading.one_of(Locale), load_default=None, allow_none=True)


class UnderstandSchema(Tolerant):
    """A text to be understood."""

    community_id = an_id(load_default=None, allow_none=True)
    text = Read(reading.text(1, 2000), required=True)
    said_at = Read(parse_time, load_default=None, allow_none=True)
    currency = Read(currency, load_default="CNY")


class PostSchema(Tolerant):
    """How a pool is to be posted."""

    community_id = an_id(load_default=None, allow_none=True)
    locale = Read(reading.one_of(Locale), load_default=None, allow_none=True)


class OptionSchema(Tolerant):
    """One of several answers."""

    value = Read(reading.text(1, 60), required=True)
    zh = Read(reading.text(1, 100), required=True)
    en = Read(reading.text(1, 100), required=True)


class QuestionSchema(Tolerant):
    """A question of a form."""

    key = Read(reading.text(1, 40), required=True)
    zh = Read(reading.text(1, 200), required=True)
    en = Read(reading.text(1, 200), required=True)
    type = Read(reading.one_of(AnswerType), required=True)
    required = Read(reading.flag, load_default=False)
    options = fields.Raw(load_default=list)
    least = Read(reading.number, load_default=None, allow_none=True)
    most = Read(reading.number, load_default=None, allow_none=True)


categories, texts, options, questions = CategorySchema(), UnderstandSchema(), OptionSchema(), QuestionSchema()
posts = PostSchema()


def add_category(request: Request) -> commands.AddCategory:
    """Read a category."""
    data = load(categories, request["data"])
    del data["locale"]
    return commands.AddCategory(caller_of(request), **data)


def remove_category(request: Request) -> commands.RemoveCategory:
    """Read which category is taken away."""
    data = load(categories, request["data"])
    return commands.RemoveCategory(caller_of(request), data["community_id"], data["category"])


def set_template(request: Request) -> commands.SetTemplate:
    """Read the questions of a form."""
    data = load(categories, request["data"])
    asked = list_within(request["data"].get("questions", []), "questions", MAX_QUESTIONS)
    form = tuple(_question(one, f"questions.{index}") for index, one in enumerate(asked))
    return commands.SetTemplate(caller_of(request), data["community_id"], data["category"], form)


def _question(value: Any, field: str) -> FormQuestion:
    data = within(questions, value, field)
    choices = list_within(data.pop("options"), f"{field}.options", MAX_OPTIONS)
    found = (within(options, one, f"{field}.options.{index}") for index, one in enumerate(choices))
    return FormQuestion(**data, options=tuple(Option(**one) for one in found))


def understand(request: Request) -> commands.Understand:
    """Read a text to be understood."""
    return commands.Understand(caller_of(request), **load(texts, request["data"]))


def get_template(request: Request) -> AskCategory:
    """Read whose form of which category is asked for."""
    data = load(categories, request["data"])
    locale = None if data["locale"] is None else str(data["locale"])
    return AskCategory(caller_of(request), data["community_id"], data["category"], locale)


def list_categories(request: Request) -> AskCategory:
    """Read whose taxonomy is asked for."""
    data = load(categories, request["data"], partial=True)
    return AskCategory(caller_of(request), data.get("community_id"))


def get_pool_jielong(request: Request) -> AskPost:
    """Read which pool is to be posted, by whom."""
    data = load(posts, request["data"])
    locale = None if data["locale"] is None else str(data["locale"])
    return AskPost(caller_of(request), id_of(request, "pool_id"), data["community_id"], locale)
