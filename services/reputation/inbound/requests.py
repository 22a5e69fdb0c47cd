"""What callers ask: wire to commands."""

from collections.abc import Callable

from marshmallow import fields

from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.ids import parse_id
from services.reputation.domain.commands import ListReviews, Question, WriteReview
from services.reputation.domain.model import DIMENSIONS, Scores, require_text
from services.reputation.inbound.reading import Reader, Request, read


class _ScoresReader(Reader):
    # Raw, because the domain checks marks: it is the only place that says what a mark may be.
    quality = fields.Raw(required=True)
    punctuality = fields.Raw(load_default=None, allow_none=True)
    communication = fields.Raw(load_default=None, allow_none=True)
    value = fields.Raw(load_default=None, allow_none=True)


class _WriteReviewReader(Reader):
    commitment_id = fields.String(required=True)
    scores = fields.Nested(_ScoresReader, required=True)
    text = fields.Raw(load_default=None, allow_none=True)


class _ListReviewsReader(Reader):
    supplier_id = fields.String(load_default=None, allow_none=True)


def write_review(request: Request) -> WriteReview:
    """Read a review; every mark is a whole number from 1 to 5."""
    data = read(_WriteReviewReader, request["data"])
    return WriteReview(
        caller=Caller.from_wire(request["caller"]),
        commitment_id=parse_id(data["commitment_id"], "commitment_id"),
        scores=Scores(**{dimension: data["scores"][dimension] for dimension in DIMENSIONS}),
        text="" if data["text"] is None else require_text(data["text"], "text"),
    )


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
    )
