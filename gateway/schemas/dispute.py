"""Mediators and disputes."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from gateway.schemas.base import (
    MAX_SEATS,
    Answer,
    Body,
    MoneySchema,
    PageQuery,
    PriceSchema,
    SentenceSchema,
    Strict,
    page_of,
)
from gateway.schemas.campaign import STATES
from gateway.schemas.fields import choice, ident, many, moment, nested, pattern, string, whole
from gateway.schemas.rules import FULL_BP

REASONS = (*("not_delivered", "partly_delivered", "not_as_described", "quality", "late", "safety", "fee", "other"),)
DISPUTE_STATES = (
    *("opened", "answered", "mediation", "decided", "appealed", "settled", "withdrawn", "decided_finally", "closed"),
)
OUTCOMES = ("settled", "withdrawn", "decided", "decided_finally", "called_off")
SEATS = ("claimant", "supplier", "mediator", "node_operator")
STATEMENTS = ("claim", "answer", "evidence", "offer", "acceptance", "withdrawal", "decision", "appeal")
MAX_TEXT, MAX_FILES, MAX_BYTES = 4000, 20, 10**12


class NameMediator(Body):
    """The member of the community who decides disputes of others."""

    member_id = ident(required=True)


class MediatorView(Answer):
    """A mediator; one that was ended has no open cases."""

    member_id = ident(required=True)
    community_id = ident(required=True)
    named_at = moment(required=True)
    ended_at = moment(required=True, allow_none=True)
    open_cases = whole(0, 10**6, required=True)


class EvidenceFile(Strict):
    """A file that stays with who has it: what it is called, its SHA-256 and its size in bytes."""

    name = string(200, required=True)
    sha256 = pattern(r"^[0-9a-f]{64}\Z", "64 hexadecimal digits in lower case", required=True)
    size = whole(0, MAX_BYTES, required=True)


def _files() -> fields.List:
    return many(nested(EvidenceFile), 0, MAX_FILES)


class OpenDispute(Body):
    """What is disputed, and how much is to be given back: at most what is left of the net price."""

    reason = choice(*REASONS, required=True)
    claim = nested(PriceSchema, required=True)
    text = string(MAX_TEXT, required=True)


class Saying(Body):
    """What is said, with the files that show it."""

    text = string(MAX_TEXT, required=True)
    files = _files()


class Remark(Body):
    """A remark, if there is one to make."""

    text = string(MAX_TEXT)


class OfferSettlement(Body):
    """For how much a side would settle; it takes the place of its earlier offer."""

    amount = nested(MoneySchema, required=True)
    text = string(MAX_TEXT)


class DecideDispute(Body):
    """How much goes back, as an amount or as a part of the claim in ten thousandths, and why."""

    amount = nested(MoneySchema)
    share_bp = whole(0, FULL_BP)
    text = string(MAX_TEXT, required=True)

    @validates_schema
    def _one_of_two(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("amount" in data) == ("share_bp" in data):
            raise ValidationError("is not given alone; expected amount or share_bp, one of the two", "amount")


class DisputeQuery(PageQuery):
    """Which disputes."""

    state = choice(*DISPUTE_STATES)
    campaign_id = ident()


class DisputeSummary(Answer):
    """A dispute as the caller may see it: who the parties are is null where the caller does not know it already."""

    dispute_id = ident(required=True)
    campaign_id = ident(required=True)
    commitment_id = ident(required=True, allow_none=True)
    community_id = ident(required=True, allow_none=True)
    member_id = ident(required=True, allow_none=True)
    supplier_id = ident(required=True, allow_none=True)
    you = choice(*SEATS, required=True, allow_none=True)
    state = choice(*DISPUTE_STATES, required=True)
    status = nested(SentenceSchema, required=True)
    reason = choice(*REASONS, required=True)
    claim = nested(MoneySchema, required=True)
    refunded = nested(MoneySchema, required=True)
    outcome = choice(*OUTCOMES, required=True, allow_none=True)
    due_at = moment(required=True, allow_none=True)
    opened_at = moment(required=True)
    closed_at = moment(required=True, allow_none=True)
    version = whole(1, 2**53, required=True)


class DisputeFacts(Answer):
    """What the campaign and its ledger know of the case."""

    title = string(200, required=True)
    category = string(60, required=True)
    campaign_state = choice(*STATES, required=True)
    start = moment(required=True)
    delivered_at = moment(required=True, allow_none=True)
    seats = whole(1, MAX_SEATS, required=True)
    price = nested(MoneySchema, required=True)
    paid = nested(MoneySchema, required=True, allow_none=True)
    left = nested(MoneySchema, required=True)
    terms_digest = fields.String(required=True, allow_none=True)


class StandingOffer(Answer):
    """What a side would settle for now."""

    offer_id = ident(required=True)
    by = choice(*SEATS, required=True)
    amount = nested(MoneySchema, required=True)


class DecisionView(Answer):
    """What was decided; the second decision is final."""

    amount = nested(MoneySchema, required=True)
    by = choice(*SEATS, required=True)
    decided_at = moment(required=True)


class StatementView(Answer):
    """Something that was said; it is never changed."""

    statement_id = ident(required=True)
    kind = choice(*STATEMENTS, required=True)
    by = choice(*SEATS, required=True)
    text = fields.String(required=True)
    amount = nested(MoneySchema, required=True, allow_none=True)
    files = fields.List(nested(EvidenceFile), required=True)
    created_at = moment(required=True)


class DisputeView(DisputeSummary):
    """A dispute with its file, and what the caller can do now (``options``, named as operations of this API)."""

    answer_until = moment(required=True)
    consent_until = moment(required=True)
    answered_at = moment(required=True, allow_none=True)
    about = nested(DisputeFacts, required=True)
    decided_by = choice("mediator", "node_operator", required=True, allow_none=True)
    offers = fields.List(nested(StandingOffer), required=True)
    decisions = fields.List(nested(DecisionView), required=True)
    appealed_by = choice("claimant", "supplier", required=True, allow_none=True)
    statements = fields.List(nested(StatementView), required=True)
    options = fields.List(fields.String(), required=True)


MediatorPage = page_of(MediatorView)
DisputePage = page_of(DisputeSummary)
