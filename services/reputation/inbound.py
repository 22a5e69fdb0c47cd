"""What the service hears: wire to commands. Readers are tolerant of fields that they do not know."""

from collections.abc import Callable
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.chassis.envelope import Envelope
from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.quantity import require_count
from services.reputation.domain.commands import (
    CopySupplier,
    DeliveredCommitment,
    ListReviews,
    Question,
    RecordDelivery,
    WriteReview,
)
from services.reputation.domain.model import DIMENSIONS, Scores, Sharing, SupplierCopy, require_text

Request = dict[str, Any]


class _Reader(Schema):
    class Meta:
        unknown: ClassVar[str] = EXCLUDE


class _ScoresReader(_Reader):
    # Raw, because the domain checks marks: it is the only place that says what a mark may be.
    quality = fields.Raw(required=True)
    punctuality = fields.Raw(load_default=None, allow_none=True)
    communication = fields.Raw(load_default=None, allow_none=True)
    value = fields.Raw(load_default=None, allow_none=True)


class _WriteReviewReader(_Reader):
    commitment_id = fields.String(required=True)
    scores = fields.Nested(_ScoresReader, required=True)
    text = fields.Raw(load_default=None, allow_none=True)


class _ListReviewsReader(_Reader):
    supplier_id = fields.String(load_default=None, allow_none=True)


class _DeliveredReader(_Reader):
    commitment_id = fields.String(required=True)
    community_id = fields.String(required=True)
    member_id = fields.String(required=True)
    seats = fields.Raw(required=True)


class _DeliveryReader(_Reader):
    campaign_id = fields.String(required=True)
    supplier_id = fields.String(required=True)
    delivered_at = fields.String(required=True)
    commitments = fields.List(fields.Nested(_DeliveredReader), required=True)


class _SharingReader(_Reader):
    mode = fields.String(required=True)
    community_ids = fields.List(fields.String(), load_default=list)


class _SupplierReader(_Reader):
    supplier_id = fields.String(required=True)
    community_id = fields.String(required=True)
    sharing = fields.Nested(_SharingReader, required=True)


def write_review(request: Request) -> WriteReview:
    """Read a review; every mark is a whole number from 1 to 5."""
    data = _read(_WriteReviewReader, request["data"])
    return WriteReview(
        caller=Caller.from_wire(request["caller"]),
        commitment_id=parse_id(data["commitment_id"], "commitment_id"),
        scores=Scores(**{dimension: data["scores"][dimension] for dimension in DIMENSIONS}),
        text="" if data["text"] is None else require_text(data["text"], "text"),
    )


def by_id(field: str) -> Callable[[Request], Question]:
    """Return a reader of questions after the one thing whose id is in ``field``."""

    def read(request: Request) -> Question:
        return Question(Caller.from_wire(request["caller"]), parse_id(request["data"].get(field), field))

    return read


def list_reviews(request: Request) -> ListReviews:
    """Read a question after a page of reviews."""
    data = _read(_ListReviewsReader, request["data"])
    page = Page.from_request(request["data"])
    supplier_id = data["supplier_id"]
    return ListReviews(
        caller=Caller.from_wire(request["caller"]),
        supplier_id=None if supplier_id is None else parse_id(supplier_id, "supplier_id"),
        limit=page.limit,
        before=None if page.after is None else parse_id(page.after, "cursor"),
    )


def campaign_delivered(event: Envelope) -> RecordDelivery:
    """Read campaign.campaign_delivered.v1."""
    data = _read(_DeliveryReader, event.data)
    return RecordDelivery(
        campaign_id=parse_id(data["campaign_id"], "campaign_id"),
        supplier_id=parse_id(data["supplier_id"], "supplier_id"),
        delivered_at=parse_time(data["delivered_at"], "delivered_at"),
        commitments=tuple(_delivered(one) for one in data["commitments"]),
    )


def supplier_seen(event: Envelope) -> CopySupplier:
    """Read supplier.supplier_registered.v1 and supplier.supplier_changed.v1, which hold the same."""
    data = _read(_SupplierReader, event.data)
    mode = data["sharing"]["mode"]
    if mode not in list(Sharing):
        raise InvalidError("sharing.mode", f"{mode!r} is not known", f"one of {', '.join(Sharing)}")
    named = (parse_id(one, "sharing.community_ids") for one in data["sharing"]["community_ids"])
    return CopySupplier(
        SupplierCopy(
            supplier_id=parse_id(data["supplier_id"], "supplier_id"),
            community_id=parse_id(data["community_id"], "community_id"),
            sharing=Sharing(mode),
            shared_with=frozenset(named),
            seen_version=event.version,
        )
    )


def _delivered(data: dict[str, Any]) -> DeliveredCommitment:
    ids = {name: parse_id(data[name], f"commitments.{name}") for name in ("commitment_id", "community_id", "member_id")}
    return DeliveredCommitment(**ids, seats=require_count(data["seats"], "commitments.seats"))


def _read(reader: type[_Reader], data: Any) -> dict[str, Any]:
    """Load ``data``; raise ``InvalidError`` naming the first field that is missing or of the wrong type."""
    try:
        return reader().load(data)
    except ValidationError as error:
        field, problem = _first(error.normalized_messages())
        raise InvalidError(field, f"is wrong: {problem}", "a value as the API describes it") from None


def _first(messages: dict[Any, Any], path: str = "") -> tuple[str, str]:
    key, value = next(iter(messages.items()))
    here = path if key == "_schema" else f"{path}.{key}".lstrip(".")
    return _first(value, here) if isinstance(value, dict) else (here or "data", str(value[0]))
