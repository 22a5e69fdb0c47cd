"""Receipts, their keys, and the weights by which communities score."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, PageQuery, SentenceSchema, page_of
from gateway.schemas.fields import flag, ident, moment, nested, pattern, real, string, whole

MOST = 2**53


def _pseudonym() -> fields.String:
    return pattern(r"^[0-9a-f]{32}\Z", "16 bytes in hexadecimal", required=True)


def _day(**options: object) -> fields.String:
    return pattern(r"^\d{4}-\d{2}-\d{2}\Z", "a day, such as 2026-05-23", required=True, **options)


def _share() -> fields.Integer:
    return whole(0, 10_000, required=True, allow_none=True)


class RatingView(Answer):
    """Marks from 1 to 5."""

    quality = whole(1, 5, required=True)
    punctuality = whole(1, 5, required=True, allow_none=True)
    communication = whole(1, 5, required=True, allow_none=True)
    value = whole(1, 5, required=True, allow_none=True)


class ReceiptDisputeView(Answer):
    """How a dispute ended, and which part of the money went back, in basis points."""

    reason = string(40, required=True)
    outcome = string(40, required=True)
    returned_bp = whole(0, 10_000, required=True)


class FactsView(Answer):
    """What happened to the order; null is not known yet. Shares of the paid money are in basis points."""

    paid = fields.Boolean(required=True)
    delivered_on = _day(allow_none=True)
    attended = fields.Boolean(required=True, allow_none=True)
    sessions = whole(0, MOST, required=True, allow_none=True)
    sessions_held = whole(0, MOST, required=True, allow_none=True)
    settled_on = pattern(r"^\d{4}-\d{2}\Z", "a month, such as 2026-05", required=True, allow_none=True)
    released_bp = _share()
    refunded_bp = _share()
    rating = nested(RatingView, required=True, allow_none=True)
    disputes = fields.List(nested(ReceiptDisputeView), required=True)


class ReceiptDocument(Answer):
    """What was signed. Order, campaign, community and rater are pseudonyms that only the issuer can trace back."""

    type = string(40, required=True)
    receipt_id = ident(required=True)
    issuer = ident(required=True)
    order = _pseudonym()
    seq = whole(1, MOST, required=True)
    supersedes = ident(required=True, allow_none=True)
    supplier_id = ident(required=True)
    campaign = _pseudonym()
    community = _pseudonym()
    rater = _pseudonym()
    category = string(200, required=True, allow_none=True)
    issued_on = _day()
    facts = nested(FactsView, required=True)


class ReceiptView(Answer):
    """A receipt: the signature is Ed25519 over DSSE of the document as RFC 8785 writes it."""

    receipt_id = ident(required=True)
    supplier_id = ident(required=True)
    document = nested(ReceiptDocument, required=True)
    key_id = string(16, required=True)
    signature = string(88, required=True)
    digest = pattern(r"^[0-9a-f]{64}\Z", "32 bytes in hexadecimal", required=True)
    superseded_by = ident(required=True, allow_none=True)


class ReceiptQuery(PageQuery):
    """Of which supplier; with ``history`` also those that were superseded."""

    supplier_id = ident(required=True)
    history = flag()


ReceiptPage = page_of(ReceiptView)


class CheckReceipt(Body):
    """What claims to be a receipt."""

    document = fields.Dict(keys=fields.String(), required=True)
    key_id = string(200, least=0, required=True)
    signature = string(2000, least=0, required=True)


class VerdictView(Answer):
    """Whether it is a receipt of this node, exactly as it was issued, or why not."""

    valid = fields.Boolean(required=True)
    code = string(40, required=True)
    text = nested(SentenceSchema, required=True)


class ReceiptKeyView(Answer):
    """A public key."""

    key_id = string(16, required=True)
    algorithm = string(20, required=True)
    public = string(44, required=True)
    created_at = moment(required=True)
    retired_at = moment(required=True, allow_none=True)


class ReceiptKeysView(Answer):
    """Who issues the receipts of this node, and all its keys."""

    issuer = ident(required=True)
    keys = fields.List(nested(ReceiptKeyView), required=True)


class DimensionWeights(Body):
    """How much the marks of a review weigh."""

    quality = real(0, 10)
    punctuality = real(0, 10)
    communication = real(0, 10)
    value = real(0, 10)


class SetWeights(Body):
    """By which weights a community scores; what is not said is as the node has it."""

    own = real(0, 10)
    others = real(0, 10)
    half_life_days = whole(7, 3650)
    rater_cap = real(1, 10)
    dimensions = nested(DimensionWeights)


class WeightsView(Answer):
    """Weights; version 0 are those of the node."""

    own = fields.Float(required=True)
    others = fields.Float(required=True)
    half_life_days = whole(7, 3650, required=True)
    rater_cap = fields.Float(required=True)
    dimensions = nested(DimensionWeights, required=True)
    version = whole(0, MOST, required=True)


class CommunityWeightsView(WeightsView):
    """The weights of a community."""

    community_id = ident(required=True)
