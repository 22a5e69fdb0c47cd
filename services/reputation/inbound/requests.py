"""What callers ask: wire to commands."""

from collections.abc import Callable
from typing import Any

from marshmallow import fields

from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.reputation.domain.commands import (
    AnswerReview,
    HidePassage,
    ListReviews,
    Question,
    SetAbuseWords,
    ShowPassages,
    WriteReview,
)
from services.reputation.domain.masking import Hidden
from services.reputation.domain.model import Scores, require_text
from services.reputation.domain.phases import Author, Phase, require_marks
from services.reputation.inbound.reading import Reader, Request, read

MOST_WORDS = 200


class _ScoresReader(Reader):
    # Raw, because the domain checks marks: it is the only place that says what a mark may be.
    quality = fields.Raw(load_default=None, allow_none=True)
    punctuality = fields.Raw(load_default=None, allow_none=True)
    communication = fields.Raw(load_default=None, allow_none=True)
    value = fields.Raw(load_default=None, allow_none=True)
    qualification = fields.Raw(load_default=None, allow_none=True)
    attendance = fields.Raw(load_default=None, allow_none=True)
    progress = fields.Raw(load_default=None, allow_none=True)


class _WriteReviewReader(Reader):
    commitment_id = fields.String(load_default=None, allow_none=True)
    campaign_id = fields.String(load_default=None, allow_none=True)
    phase = fields.String(load_default="after")
    scores = fields.Nested(_ScoresReader, required=True)
    text = fields.Raw(load_default=None, allow_none=True)
    again = fields.Boolean(load_default=None, allow_none=True)


class _AnswerReader(Reader):
    review_id = fields.String(required=True)
    text = fields.Raw(required=True)


class _HideReader(Reader):
    review_id = fields.String(required=True)
    passage = fields.String(required=True)
    kind = fields.String(load_default="other")
    reason = fields.Raw(required=True)


class _ShowReader(Reader):
    review_id = fields.String(required=True)
    kind = fields.String(load_default=None, allow_none=True)
    reason = fields.Raw(required=True)


class _WordsReader(Reader):
    community_id = fields.String(required=True)
    words = fields.List(fields.String(), required=True)


class _ListReviewsReader(Reader):
    supplier_id = fields.String(load_default=None, allow_none=True)
    phase = fields.String(load_default=None, allow_none=True)
    author = fields.String(load_default=None, allow_none=True)


def write_review(request: Request) -> WriteReview:
    """Read a review; every mark is a whole number from 1 to 5, and one of its phase."""
    data = read(_WriteReviewReader, request["data"])
    phase = one_of(Phase, data["phase"], "phase")
    if phase is not Phase.AFTER and data["again"] is not None:
        raise InvalidError("again", f"is asked {phase} the service", "nothing before the service is over")
    ids = {name: _maybe_id(data[name], name) for name in ("commitment_id", "campaign_id")}
    if ids["commitment_id"] is None and ids["campaign_id"] is None:
        raise InvalidError(
            "commitment_id", "is missing", "a commitment_id, or a campaign_id by who speaks of all of it"
        )
    return WriteReview(
        caller=Caller.from_wire(request["caller"]),
        commitment_id=ids["commitment_id"],
        scores=Scores(**require_marks(phase, data["scores"])),
        text="" if data["text"] is None else require_text(data["text"], "text"),
        campaign_id=ids["campaign_id"],
        phase=phase,
        again=data["again"],
    )


def answer_review(request: Request) -> AnswerReview:
    """Read a supplier's answer."""
    data = read(_AnswerReader, request["data"])
    return AnswerReview(Caller.from_wire(request["caller"]), _id(data, "review_id"), _filled(data, "text"))


def hide_passage(request: Request) -> HidePassage:
    """Read which passage is hidden, and why."""
    data = read(_HideReader, request["data"])
    kind = one_of(Hidden, data["kind"], "kind")
    caller, review_id = Caller.from_wire(request["caller"]), _id(data, "review_id")
    return HidePassage(caller, review_id, _filled(data, "passage"), kind, _filled(data, "reason"))


def show_passages(request: Request) -> ShowPassages:
    """Read what is shown again, and why."""
    data = read(_ShowReader, request["data"])
    kind = None if data["kind"] is None else one_of(Hidden, data["kind"], "kind")
    return ShowPassages(Caller.from_wire(request["caller"]), _id(data, "review_id"), kind, _filled(data, "reason"))


def set_abuse_words(request: Request) -> SetAbuseWords:
    """Read which words a community does not want to read."""
    data = read(_WordsReader, request["data"])
    words = tuple(dict.fromkeys(require_text(word, f"words.{at}") for at, word in enumerate(data["words"])))
    if len(words) > MOST_WORDS or any(not 2 <= len(word) <= 40 for word in words):
        raise InvalidError(
            "words", "are too many, too short or too long", f"at most {MOST_WORDS} words of 2 to 40 signs"
        )
    return SetAbuseWords(Caller.from_wire(request["caller"]), _id(data, "community_id"), words)


def one_of(words: type[Any], value: Any, field: str) -> Any:
    """Read a member of a string enumeration."""
    if value not in list(words):
        raise InvalidError(field, f"{value!r:.40} is not known", f"one of {', '.join(words)}")
    return words(value)


def _filled(data: dict[str, Any], field: str) -> str:
    text = require_text(data[field], field)
    if not text:
        raise InvalidError(field, "is empty", "a text")
    return text


def _id(data: dict[str, Any], field: str) -> Any:
    return parse_id(data[field], field)


def _maybe_id(value: str | None, field: str) -> Any:
    return None if value is None else parse_id(value, field)


def by_id(field: str) -> Callable[[Request], Question]:
    """Return a reader of questions after the one thing whose id is in ``field``."""

    def read_id(request: Request) -> Question:
        return Question(Caller.from_wire(request["caller"]), parse_id(request["data"].get(field), field))

    return read_id


def list_reviews(request: Request) -> ListReviews:
    """Read a question after a page of reviews."""
    data = read(_ListReviewsReader, request["data"])
    page = Page.from_request(request["data"])
    supplier_id = data["supplier_id"]
    return ListReviews(
        caller=Caller.from_wire(request["caller"]),
        supplier_id=None if supplier_id is None else parse_id(supplier_id, "supplier_id"),
        limit=page.limit,
        before=None if page.after is None else parse_id(page.after, "cursor"),
        phase=None if data["phase"] is None else one_of(Phase, data["phase"], "phase"),
        author=None if data["author"] is None else one_of(Author, data["author"], "author"),
    )
