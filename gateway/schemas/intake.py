"""Intakes, categories and forms as they are given and as they are shown."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from gateway.schemas.base import (
    MAX_PEOPLE,
    Answer,
    Body,
    Change,
    MoneySchema,
    PageQuery,
    PlaceSchema,
    PriceSchema,
    SentenceSchema,
    Strict,
    WindowSchema,
    page_of,
)
from gateway.schemas.demand import MAX_MINUTES, MAX_RADIUS_KM
from gateway.schemas.fields import (
    SEPARATOR,
    choice,
    flag,
    ident,
    many,
    moment,
    nested,
    options_of,
    real,
    string,
    whole,
)
from services.kernel.money import EXPONENTS

KINDS = ("jielong", "chat", "file")
STATES = ("previewed", "committed", "discarded")
RULES = ("ask", "one", "quantity")
CHANGES = ("new", "changed", "unchanged", "removed")
OUTCOMES = ("placed", "changed", "withdrawn", "kept", "too_late")
MAX_TEXT, MAX_FILE = 400_000, 940_000
MAX_ROWS = 2_000
# Like those of other texts, but an export may have the line ends of any system.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def pasted(**options: Any) -> fields.String:
    """Return a field for a text as it was copied."""
    expected = f"a text of 1 to {MAX_TEXT} characters"

    def check(value: str) -> None:
        if not value.strip() or _CONTROL.search(value):
            raise ValidationError(f"is blank or holds control characters{SEPARATOR}{expected}")

    length = validate.Length(1, MAX_TEXT, error=f"has a wrong length{SEPARATOR}{expected}")
    return fields.String(validate=[check, length], **options_of(expected, options))


class _Answers(fields.Dict):
    """Answers by the keys of a form's questions."""

    def __init__(self, **options: Any) -> None:
        expected = "an object of answers by the keys of the form"
        super().__init__(keys=string(40), values=fields.Raw(), **options_of(expected, options))


class WantSchema(Strict):
    """What holds for all rows that say nothing else; ``when`` says windows in words."""

    category = string(60, allow_none=True)
    windows = many(nested(WindowSchema), 1, 50, allow_none=True)
    when = string(200, allow_none=True)
    minutes = whole(1, MAX_MINUTES, allow_none=True)
    ceiling = nested(PriceSchema, allow_none=True)
    place = nested(PlaceSchema, allow_none=True)
    radius_km = real(0, MAX_RADIUS_KM, allow_none=True)


class CreateIntake(Body):
    """A jielong, an exported chat, or a file (CSV, xlsx): as text, or its bytes in base64.

    ``fork`` is a second answer to the same post of a jielong. ``people_rule``: for how many people a row counts that
    does not say it: ask, one, or the sum of its quantities.
    """

    community_id = ident()
    kind = choice(*KINDS, required=True)
    text = pasted()
    file = string(MAX_FILE)
    fork = pasted()
    people_rule = choice(*RULES)
    currency = choice(*EXPONENTS)
    defaults = nested(WantSchema)


class CorrectRow(WantSchema):
    """What is said of one row. ``accept``: it is right as it is shown; ``drop``: nothing is to become of it."""

    number = whole(1, 100_000, required=True)
    nickname = string(100)
    household = string(100, allow_none=True)
    contact = string(100, allow_none=True)
    people = whole(1, MAX_PEOPLE)
    text = string(500, least=0)
    answers = _Answers()
    accept = flag()
    drop = flag()


class CorrectGroup(WantSchema):
    """What is said of one suggestion of a chat, for all its rows."""

    number = whole(1, 100_000, required=True)
    text = string(500)
    accept = flag()
    drop = flag()


class ChangeIntake(Change):
    """Answers, corrections, and what is dropped."""

    rows = many(nested(CorrectRow), 1, MAX_ROWS)
    groups = many(nested(CorrectGroup), 1, MAX_ROWS)
    people_rule = choice(*RULES)
    defaults = nested(WantSchema)


class IntakeQuery(PageQuery):
    """Which intakes."""

    community_id = ident()
    state = choice(*STATES)
    kind = choice(*KINDS)


class QuestionView(Answer):
    """What only people can answer; ``field`` is the field that answers it, null where ``accept`` does."""

    code = string(60, required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    field = fields.String(required=True, allow_none=True)
    choices = fields.List(fields.String(), required=True)


class ItemView(Answer):
    """So much of an option; the quantity as it was written, null where it was not."""

    option = fields.String(required=True, allow_none=True)
    quantity = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)


class WantView(Answer):
    """What is wanted."""

    category = fields.String(required=True, allow_none=True)
    windows = fields.List(nested(WindowSchema), required=True, allow_none=True)
    minutes = whole(1, MAX_MINUTES, required=True, allow_none=True)
    ceiling = nested(MoneySchema, required=True, allow_none=True)
    place = nested(PlaceSchema, required=True, allow_none=True)
    radius_km = real(0, MAX_RADIUS_KM, required=True, allow_none=True)


class RowView(WantView):
    """One person's part: what was read, what is asked, what changed, and what became of it.

    ``source`` is the original text, and with ``contact`` shown by GET only, until the row is confirmed.
    """

    number = whole(1, 100_000, required=True)
    lines = fields.List(fields.Integer(), required=True)
    source = fields.String(required=True, allow_none=True)
    nickname = fields.String(required=True)
    household = fields.String(required=True, allow_none=True)
    contact = fields.String(required=True, allow_none=True)
    group = fields.Integer(required=True, allow_none=True)
    status = fields.String(required=True)
    paid = fields.Boolean(required=True, allow_none=True)
    items = fields.List(nested(ItemView), required=True)
    text = fields.String(required=True)
    people = fields.Integer(required=True, allow_none=True)
    answers = fields.Dict(required=True)
    readings = fields.List(nested(SentenceSchema), required=True)
    confidence = real(0, 1, required=True)
    questions = fields.List(nested(QuestionView), required=True)
    change = choice(*CHANGES, required=True)
    dropped = flag(required=True)
    member_id = ident(required=True, allow_none=True)
    signal_id = ident(required=True, allow_none=True)
    outcome = choice(*OUTCOMES, required=True, allow_none=True)


class RankedView(Answer):
    """A category that it may be."""

    category = fields.String(required=True)
    confidence = real(0, 1, required=True)


class EvidenceView(Answer):
    """A line of a chat that a suggestion rests on."""

    line = fields.Integer(required=True)
    sender = fields.String(required=True)
    text = fields.String(required=True)
    kind = fields.String(required=True)


class GroupView(WantView):
    """A need that a chat suggests."""

    number = whole(1, 100_000, required=True)
    text = fields.String(required=True)
    suggestions = fields.List(nested(RankedView), required=True)
    evidence = fields.List(nested(EvidenceView), required=True)
    readings = fields.List(nested(SentenceSchema), required=True)
    confidence = real(0, 1, required=True)
    dropped = flag(required=True)


class IntakeLineView(Answer):
    """An intake as an item of a list; ``summary`` counts its rows."""

    intake_id = ident(required=True)
    community_id = ident(required=True)
    kind = choice(*KINDS, required=True)
    state = choice(*STATES, required=True)
    title = fields.String(required=True)
    summary = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)
    decided_at = moment(required=True, allow_none=True)


class IntakeView(IntakeLineView):
    """What was sent in, row by row. Rows with questions are not committed until they are answered."""

    defaults = nested(WantView, required=True)
    people_rule = choice(*RULES, required=True)
    warnings = fields.List(nested(SentenceSchema), required=True)
    groups = fields.List(nested(GroupView), required=True)
    rows = fields.List(nested(RowView), required=True)


IntakePage = page_of(IntakeLineView)
