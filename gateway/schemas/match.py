"""Matches."""

from marshmallow import fields

from gateway.schemas.base import MAX_SEATS, Answer, Body, MoneySchema, PageQuery, SentenceSchema, page_of
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, string, whole
from gateway.schemas.offer import OfferTerms, SlotTimes

MATCH_STATES = ("proposed", "confirmed", "expired", "released", "withdrawn")


class ProposeMatch(Body):
    """An offer and a slot that an organiser takes without a pool."""

    offer_id = ident(required=True)
    slot_id = ident(required=True)
    seats = whole(1, MAX_SEATS, required=True)
    community_ids = many(ident(), 1, 1000)
    choices = fields.Dict(keys=string(80), values=fields.Raw())


class WithdrawMatch(Body):
    """Why the supplier cannot do what was matched; its campaign is told."""

    reason = string(500, required=True)


class MatchQuery(PageQuery):
    """Which matches."""

    pool_id = ident()


class MatchCommunity(Answer):
    """A community of a match; null where it is another community's and too small to be told."""

    community_id = ident(required=True)
    people = whole(0, 2**53, required=True, allow_none=True)


class MatchParts(Answer):
    """What the rank was made of."""

    price = nested(MoneySchema, required=True)
    distance_km = fields.Float(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    standing = fields.String(required=True, allow_none=True)
    people = whole(0, 2**53, required=True)


class MatchView(Answer):
    """An offer and a slot, held for communities for a time."""

    match_id = ident(required=True)
    pool_id = ident(required=True, allow_none=True)
    state = choice(*MATCH_STATES, required=True)
    rank = whole(1, 2**53, required=True)
    category = string(60, required=True)
    people = whole(0, 2**53, required=True)
    people_exact = flag(required=True)
    communities = fields.List(nested(MatchCommunity), required=True)
    supplier_id = ident(required=True)
    supplier_name = string(100, required=True)
    offer = nested(OfferTerms, required=True)
    slot = nested(SlotTimes, required=True)
    seats = whole(1, MAX_SEATS, required=True)
    held_until = moment(required=True, allow_none=True)
    replaces_match_id = ident(required=True, allow_none=True)
    agreement_id = ident(required=True, allow_none=True)
    agreement_hash = string(64, required=True, allow_none=True)
    explanation = fields.List(nested(SentenceSchema), required=True)
    parts = nested(MatchParts, required=True)
    withdrawn_because = string(500, required=True, allow_none=True)
    created_at = moment(required=True)


MatchPage = page_of(MatchView)
