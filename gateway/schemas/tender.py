"""Tenders, bids, negotiations and agreements."""

from marshmallow import fields

from gateway.schemas.base import (
    MAX_SEATS,
    Answer,
    Body,
    PageQuery,
    SentenceSchema,
    WindowSchema,
    page_of,
)
from gateway.schemas.demand import AreaSchema
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, string, whole
from gateway.schemas.match import MatchCommunity
from gateway.schemas.offer import Tier
from gateway.schemas.procedure import TenderRules

TENDER_STATES = ("bidding", "deciding", "agreed", "failed", "cancelled")
BID_STATES = ("sealed", "withdrawn", "open")
TALK_STATES = ("supplier", "community", "idle", "accepted", "left", "closed")
OFFER_STATES = ("standing", "countered", "expired", "accepted", "dropped")


class _Proposal(Body):
    """Prices, group, slots and a validity; what is not given is as in the offer or bid that it rests on."""

    tiers = many(nested(Tier), 1, 50, required=True)
    slot_ids = many(ident(), 1, 20, required=True)
    min_group = whole(1, MAX_SEATS, allow_none=True)
    max_group = whole(1, MAX_SEATS, allow_none=True)
    note = string(2000, allow_none=True)
    valid_until = moment(required=True)


class SubmitBid(_Proposal):
    """A bid that rests on an offer of the bidder. It stays sealed until the deadline."""

    offer_id = ident(required=True)


class StartNegotiation(_Proposal):
    """The first offer of the communities to a bidder; a reason is needed where the bid does not rank first."""

    reason = string(500, allow_none=True)


class CounterOffer(_Proposal):
    """Another offer to the other side."""


class ChooseBid(Body):
    """Which bid is taken, in which of its slots; a reason is needed where it does not rank first."""

    bid_id = ident(required=True)
    slot_id = ident(allow_none=True)
    reason = string(500, allow_none=True)


class AcceptOffer(Body):
    """The number of the offer that is accepted: the last one."""

    number = whole(1, 20, required=True)


class LeaveNegotiation(Body):
    """Why a side leaves."""

    reason = string(500, required=True)


class SealedBidView(Answer):
    """The receipt of a bid. SHA-256 of the bid with the nonce is the commitment; see TENDERS.md."""

    bid_id = ident(required=True)
    tender_id = ident(required=True)
    state = choice(*BID_STATES, required=True)
    revision = whole(1, 2**53, required=True)
    commitment = string(64, required=True)
    nonce = string(64, required=True, allow_none=True)
    sealed_at = moment(required=True)


class ProposalView(Answer):
    """What is proposed."""

    offer_id = ident(required=True)
    offer_version = whole(1, 2**53, required=True)
    title = string(200, required=True)
    tiers = many(nested(Tier), 1, 50, required=True)
    min_group = whole(1, MAX_SEATS, required=True)
    max_group = whole(1, MAX_SEATS, required=True)
    slot_ids = many(ident(), 1, 20, required=True)
    note = string(2000, required=True, allow_none=True)
    valid_until = moment(required=True)


class RankingPart(Answer):
    """A reason for a rank: points of 10000, their weight, what both make, and how many bids are better plus one."""

    part = string(40, required=True)
    weight_bp = whole(0, 10_000, required=True)
    place = whole(1, 2**53, required=True)
    points = whole(0, 10_000, required=True, allow_none=True)
    contribution = whole(0, 10_000, required=True, allow_none=True)
    text = nested(SentenceSchema, required=True, allow_none=True)


class BidRanking(Answer):
    """The rank of a bid among those that fit, and why; or the reason why it does not fit. Bidders see no points."""

    rank = whole(1, 2**53, required=True, allow_none=True)
    of = whole(0, 2**53, required=True)
    reason = string(40, required=True, allow_none=True)
    slot_id = ident(required=True, allow_none=True)
    total = whole(0, 10_000, required=True, allow_none=True)
    parts = fields.List(nested(RankingPart), required=True)


class BidView(Answer):
    """A bid; until bids are opened, its commitment and nothing else. That is the SHA-256 of the document, canonical."""

    bid_id = ident(required=True)
    state = choice(*BID_STATES, required=True)
    revision = whole(1, 2**53, required=True)
    commitment = string(64, required=True)
    sealed_at = moment(required=True)
    supplier_id = ident(required=True, allow_none=True)
    supplier_name = string(200, required=True, allow_none=True)
    proposal = nested(ProposalView, required=True, allow_none=True)
    nonce = string(64, required=True, allow_none=True)
    document = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True, allow_none=True)
    ranking = nested(BidRanking, required=True, allow_none=True)
    negotiation_id = ident(required=True, allow_none=True)


class TenderRequest(Answer):
    """What is asked for, in aggregates."""

    people = whole(0, 2**53, required=True)
    people_exact = flag(required=True)
    communities = fields.List(nested(MatchCommunity), required=True)
    area = nested(AreaSchema, required=True)
    windows = fields.List(nested(WindowSchema), required=True)
    minutes = whole(1, 2**53, required=True)


class AgreementRef(Answer):
    """An agreement and the hash of its document."""

    agreement_id = ident(required=True)
    hash = string(64, required=True)


class TenderView(Answer):
    """A tender; a supplier sees its own bid only."""

    tender_id = ident(required=True)
    pool_id = ident(required=True)
    category = string(80, required=True)
    state = choice(*TENDER_STATES, required=True)
    attempt = whole(1, 2**53, required=True)
    deadline = moment(required=True)
    decide_by = moment(required=True)
    request = nested(TenderRequest, required=True)
    rules = nested(TenderRules, required=True)
    bids = fields.List(nested(BidView), required=True)
    chosen_bid_id = ident(required=True, allow_none=True)
    overruled_because = string(500, required=True, allow_none=True)
    agreement = nested(AgreementRef, required=True, allow_none=True)
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, allow_none=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)


TenderPage = page_of(TenderView)


class TenderQuery(PageQuery):
    """Which tenders."""

    pool_id = ident()
    state = choice(*TENDER_STATES)


class TalkOffer(Answer):
    """One offer of a negotiation."""

    number = whole(1, 20, required=True)
    side = choice("community", "supplier", required=True)
    state = choice(*OFFER_STATES, required=True)
    proposal = nested(ProposalView, required=True)
    made_at = moment(required=True)


class NegotiationView(Answer):
    """A negotiation: the state names the side whose answer is awaited, or how it ended."""

    negotiation_id = ident(required=True)
    tender_id = ident(required=True)
    bid_id = ident(required=True)
    supplier_id = ident(required=True)
    state = choice(*TALK_STATES, required=True)
    offers = fields.List(nested(TalkOffer), required=True)
    offers_left = whole(0, 20, required=True)
    left_because = string(500, required=True, allow_none=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)


class AgreementView(Answer):
    """What was agreed. The hash is the SHA-256 of the document in its canonical form; see TENDERS.md."""

    agreement_id = ident(required=True)
    tender_id = ident(required=True)
    match_id = ident(required=True)
    supplier_id = ident(required=True)
    community_ids = many(ident(), 1, 10_000, required=True)
    hash = string(64, required=True)
    document = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    created_at = moment(required=True)
