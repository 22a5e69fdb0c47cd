"""Inquiries: what members are asked, what they answer, and what became of it."""

from marshmallow import fields

from gateway.schemas.base import (
    MAX_SEATS,
    Answer,
    Body,
    MoneySchema,
    PlaceSchema,
    SentenceSchema,
    WindowSchema,
    page_of,
)
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, string, whole
from gateway.schemas.offer import MAX_SESSIONS, WHERE, SlotRef

ABOUT = ("merge", "replacement", "move")
ANSWERS = ("accept", "refund")
REASONS = ("weather", "illness", "supplier", "organiser", "venue")
CONCLUSIONS = ("merged", "rematched", "moved", "too_few", "not_asked", "gone", "called_off", "supplier_withdrew")


class AnswerInquiry(Body):
    """The answer of one commitment; it may be changed until the term. Who does not answer is refunded in full."""

    commitment_id = ident(required=True)
    answer = choice(*ANSWERS, required=True)


class MoveCampaign(Body):
    """The new time and place of a group that was formed, and why; each member accepts or is refunded in full.

    Without sessions those of a course move by as much as its beginning does. Only the supplier can say that it comes
    even if fewer accept than its smallest group; otherwise the group is then called off and everybody refunded.
    """

    start = moment(required=True)
    end = moment(required=True)
    place = nested(PlaceSchema)
    sessions = many(nested(WindowSchema), 1, MAX_SESSIONS)
    reason = choice(*REASONS, required=True)
    text = string(500, required=True)
    even_if_fewer = flag()


def _seats() -> fields.Integer:
    return whole(0, MAX_SEATS, required=True, allow_none=True)


class AnswerCounts(Answer):
    """Seats that were asked, and how they answered; null where it would tell too much about another community."""

    asked = _seats()
    accepted = _seats()
    refunded = _seats()
    silent = _seats()


class CommunityAnswers(AnswerCounts):
    """The seats of one community."""

    community_id = ident(required=True)


class OwnAnswer(Answer):
    """What one of the caller's own commitments has answered; null so far."""

    commitment_id = ident(required=True)
    member_id = ident(required=True)
    seats = whole(1, MAX_SEATS, required=True)
    answer = choice(*ANSWERS, required=True, allow_none=True)
    answered_at = moment(required=True, allow_none=True)


class Proposal(Answer):
    """What would hold for those who accept; the campaign is that to which they would move, if it is about a merge."""

    campaign_id = ident(required=True, allow_none=True)
    match_id = ident(required=True)
    supplier_id = ident(required=True)
    supplier_name = string(100, required=True)
    offer_id = ident(required=True)
    title = string(200, required=True)
    slot = nested(SlotRef, required=True)
    sessions = fields.List(nested(WindowSchema), required=True)
    place = nested(PlaceSchema, required=True)
    where = choice(*WHERE, required=True)
    price = nested(MoneySchema, required=True, allow_none=True)


class InquiryView(Answer):
    """A question to every member whom a change concerns, with its term, and with what silence means."""

    inquiry_id = ident(required=True)
    campaign_id = ident(required=True)
    about = choice(*ABOUT, required=True)
    state = choice("open", "closed", required=True)
    conclusion = choice(*CONCLUSIONS, required=True, allow_none=True)
    question = nested(SentenceSchema, required=True)
    options = fields.List(choice(*ANSWERS), required=True)
    silence_means = choice("refund", required=True)
    term = moment(required=True)
    proposal = nested(Proposal, required=True)
    minimum = whole(0, MAX_SEATS, required=True)
    even_if_fewer = flag(required=True)
    reason = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    seats = nested(AnswerCounts, required=True)
    communities = fields.List(nested(CommunityAnswers), required=True)
    answers = fields.List(nested(OwnAnswer), required=True)
    asked_at = moment(required=True)
    closed_at = moment(required=True, allow_none=True)


InquiryPage = page_of(InquiryView)
