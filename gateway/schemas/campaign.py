"""Campaigns, commitments and the ledger."""

from marshmallow import fields

from gateway.schemas.base import (
    MAX_SEATS,
    Answer,
    Body,
    MoneySchema,
    PageQuery,
    PlaceSchema,
    PriceSchema,
    SentenceSchema,
    Strict,
    page_of,
)
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, real, string, whole
from gateway.schemas.supplier import MAX_ACCEPTANCE_HOURS, STAGES, WHERE, ReleaseStage, SlotRef, Tier

STATES = ("draft", "open", "tipped", "confirmed", "delivered", "settled", "failed", "cancelled")
COMMITMENT_STATES = ("reserved", "paid", "cancelled", "expired", "refunded", "delivered")
MAX_HOLD_MINUTES = 60 * 24 * 30


class OpenCampaign(Body):
    """Open a draft: until when, from and up to how many seats, and how long an unpaid seat is held."""

    deadline = moment(required=True)
    min_seats = whole(1, MAX_SEATS)
    max_seats = whole(1, MAX_SEATS)
    hold_minutes = whole(1, MAX_HOLD_MINUTES)


class CancelCampaign(Body):
    """Why the campaign is cancelled, in the organiser's words."""

    reason = string(500, required=True)


class Payment(Strict):
    """Money that the caller has seen outside, and the number of its receipt."""

    method = choice("offline", required=True)
    receipt = string(100, required=True)


class ReserveSeats(Body):
    """Seats for the caller, or for ``member_id``; with a payment they are paid at once."""

    seats = whole(1, MAX_SEATS, required=True)
    member_id = ident()
    payment = nested(Payment)


class PayCommitment(Body):
    """The payment of a commitment; an amount, if given, must be what is owed."""

    method = choice("offline", required=True)
    receipt = string(100, required=True)
    amount = nested(PriceSchema)


class CampaignCommunity(Answer):
    """The share of one community; null where it is another community's and too small to be told."""

    community_id = ident(required=True)
    people = whole(0, MAX_SEATS**2, required=True, allow_none=True)
    paid_seats = whole(0, MAX_SEATS, required=True, allow_none=True)
    own = flag(required=True)


class Organiser(Answer):
    """Who opened the campaign; the member is told to its own community only."""

    community_id = ident(required=True)
    member_id = ident(required=True, allow_none=True)


class CampaignMoney(Answer):
    """The money of a campaign; null where it would tell too much about another community."""

    paid = nested(MoneySchema, required=True, allow_none=True)
    refunded = nested(MoneySchema, required=True, allow_none=True)
    released = nested(MoneySchema, required=True, allow_none=True)
    escrow = nested(MoneySchema, required=True, allow_none=True)


class Decision(SentenceSchema):
    """What was decided at the end of the gathering, and why."""

    action = fields.String(required=True)


class CampaignView(Answer):
    """A campaign."""

    campaign_id = ident(required=True)
    match_id = ident(required=True)
    pool_id = ident(required=True, allow_none=True)
    state = choice(*STATES, required=True)
    reason = fields.String(required=True, allow_none=True)
    title = string(200, required=True)
    category = string(60, required=True)
    communities = fields.List(nested(CampaignCommunity), required=True)
    organiser = nested(Organiser, required=True, allow_none=True)
    supplier_id = ident(required=True)
    supplier_name = string(100, required=True)
    offer_id = ident(required=True)
    place = nested(PlaceSchema, required=True)
    where = choice(*WHERE, required=True)
    slot = nested(SlotRef, required=True)
    tiers = many(nested(Tier), 1, 50, required=True)
    min_seats = whole(1, MAX_SEATS, required=True)
    max_seats = whole(1, MAX_SEATS, required=True)
    deadline = moment(required=True, allow_none=True)
    hold_minutes = whole(1, MAX_HOLD_MINUTES, required=True)
    release = many(nested(ReleaseStage), 1, len(STAGES), required=True)
    acceptance_hours = real(0, MAX_ACCEPTANCE_HOURS, required=True)
    paid_seats = whole(0, MAX_SEATS, required=True)
    reserved_seats = whole(0, MAX_SEATS, required=True)
    seats_exact = flag(required=True)
    current_price = nested(MoneySchema, required=True)
    price = nested(MoneySchema, required=True, allow_none=True)
    next_tier = nested(Tier, required=True, allow_none=True)
    missing_for_minimum = whole(0, MAX_SEATS, required=True, allow_none=True)
    missing_for_next_tier = whole(0, MAX_SEATS, required=True, allow_none=True)
    progress = nested(SentenceSchema, required=True)
    decision = nested(Decision, required=True, allow_none=True)
    money = nested(CampaignMoney, required=True)
    delivered_at = moment(required=True, allow_none=True)
    settles_at = moment(required=True, allow_none=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)


class CommitmentView(Answer):
    """Seats that a member has reserved or paid; the price is per seat."""

    commitment_id = ident(required=True)
    campaign_id = ident(required=True)
    community_id = ident(required=True)
    member_id = ident(required=True)
    seats = whole(1, MAX_SEATS, required=True)
    state = choice(*COMMITMENT_STATES, required=True)
    price = nested(MoneySchema, required=True)
    paid = nested(MoneySchema, required=True, allow_none=True)
    refunded = nested(MoneySchema, required=True, allow_none=True)
    final_price = nested(MoneySchema, required=True, allow_none=True)
    hold_until = moment(required=True, allow_none=True)
    created_at = moment(required=True)


class Account(Answer):
    """An account and what is on it; the members of other communities are one account."""

    account = fields.String(required=True)
    balance = nested(MoneySchema, required=True)


class Transfer(Answer):
    """A movement of money; it is never changed."""

    transfer_id = ident(required=True)
    kind = choice("payment", "refund", "tier_difference", "release", required=True)
    debit_account = fields.String(required=True)
    credit_account = fields.String(required=True)
    amount = nested(MoneySchema, required=True)
    campaign_id = ident(required=True)
    commitment_id = ident(required=True, allow_none=True)
    receipt = fields.String(required=True, allow_none=True)
    created_at = moment(required=True)


class CampaignLedgerView(Answer):
    """All the money of a campaign; the sum of the accounts is zero."""

    campaign_id = ident(required=True)
    accounts = fields.List(nested(Account), required=True)
    transfers = fields.List(nested(Transfer), required=True)
    sum = nested(MoneySchema, required=True)
    complete = flag(required=True)


class CurrencyTotals(Answer):
    """The money of the node in one currency."""

    currency = fields.String(required=True)
    sum = nested(MoneySchema, required=True)
    paid = nested(MoneySchema, required=True)
    refunded = nested(MoneySchema, required=True)
    released = nested(MoneySchema, required=True)
    escrow = nested(MoneySchema, required=True)


class LedgerDifference(Answer):
    """A figure that is kept and that is another when it is worked out again."""

    subject = fields.String(required=True)
    kept = fields.String(required=True)
    recomputed = fields.String(required=True)


class LedgerView(Answer):
    """The ledger of the node; differences would name what does not add up."""

    currencies = fields.List(nested(CurrencyTotals), required=True)
    campaigns = whole(0, 2**53, required=True)
    transfers = whole(0, 2**53, required=True)
    differences = fields.List(nested(LedgerDifference), required=True)


class CampaignQuery(PageQuery):
    """Which campaigns."""

    state = choice(*STATES)
    match_id = ident()
    pool_id = ident()


CampaignPage, CommitmentPage = page_of(CampaignView), page_of(CommitmentView)
