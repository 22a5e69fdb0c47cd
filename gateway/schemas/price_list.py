"""Price lists: what is sent in, and what would come of it."""

from marshmallow import fields, validate

from gateway.schemas.base import MAX_PEOPLE, Answer, Body, PlaceSchema, Query
from gateway.schemas.fields import choice, flag, ident, moment, nested, pattern, real, string, whole
from gateway.schemas.offer import MAX_MINUTES, WHERE
from services.kernel.money import EXPONENTS

KINDS = ("new", "changed", "unchanged", "delisted", "invalid")
FORMATS = ("template", "foodsoft", "ofn")
MOST_BYTES = 950_000  # of base64
CATEGORY = r"^[a-z][a-z0-9_-]{0,59}$"


class PreviewPriceList(Body):
    """A file (CSV or xlsx, base64), and what it does not say.

    ``locale`` is the language of its numbers, where they leave doubts. ``categories`` translates words of the file.
    ``prices_are`` net or gross, where it has a column of taxes. With ``complete`` what is not in it is delisted. The
    other fields are for what is new and has no column.
    """

    file_name = string(200, required=True)
    base64 = string(MOST_BYTES, required=True)
    currency = choice(*EXPONENTS)
    locale = string(20)
    prices_are = choice("net", "gross")
    category = pattern(CATEGORY, "a key of GET /v1/categories")
    categories = fields.Dict(keys=fields.String(), values=fields.String(), validate=validate.Length(max=200))
    min_group = whole(1, MAX_PEOPLE)
    max_group = whole(1, MAX_PEOPLE)
    minutes = whole(1, MAX_MINUTES)
    where = choice(*WHERE)
    place = nested(PlaceSchema)
    travel_km = real(0, 20_000)
    complete = flag()


class LineChange(Answer):
    """One field of an offer, before and after."""

    field = fields.String(required=True)
    before = fields.String(required=True)
    after = fields.String(required=True)


class LineProblem(Answer):
    """What is wrong in one cell, and what would be right."""

    column = fields.String(required=True)
    problem = fields.String(required=True)
    expected = fields.String(required=True)


class LineView(Answer):
    """What would come of a line of the file; without a line it is an offer that is not in the file."""

    line = whole(1, 2**31, required=True, allow_none=True)
    kind = choice(*KINDS, required=True)
    number = fields.String(required=True)
    title = fields.String(required=True)
    offer_id = ident(required=True, allow_none=True)
    changes = fields.List(nested(LineChange), required=True)
    from_defaults = fields.List(fields.String(), required=True)
    problems = fields.List(nested(LineProblem), required=True)


class CountsView(Answer):
    """How many lines of each kind."""

    new = whole(0, 2**31, required=True)
    changed = whole(0, 2**31, required=True)
    unchanged = whole(0, 2**31, required=True)
    delisted = whole(0, 2**31, required=True)
    invalid = whole(0, 2**31, required=True)


class PriceListView(Answer):
    """A price list with its preview, which waits a day to be committed; invalid lines are left out then."""

    list_id = ident(required=True)
    supplier_id = ident(required=True)
    file_name = string(200, required=True)
    format = choice(*FORMATS, required=True)
    ignored_columns = fields.List(fields.String(), required=True)
    state = choice("previewed", "committed", "discarded", required=True)
    counts = nested(CountsView, required=True)
    lines = fields.List(nested(LineView), required=True)
    created_at = moment(required=True)
    expires_at = moment(required=True)
    ended_at = moment(required=True, allow_none=True)


class ExportQuery(Query):
    """Which form, and in which language the columns of our own are named."""

    form = choice(*FORMATS)
    language = choice("zh", "en")


class TemplateQuery(Query):
    """In which language."""

    language = choice("zh", "en")
