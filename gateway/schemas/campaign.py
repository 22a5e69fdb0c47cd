"""Campaigns, commitments and the ledger."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

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
    WindowSchema,
    page_of,
)
from gateway.schemas.fields import choice, flag, ident, many, messages, moment, nested, options_of, real, string, whole
from gateway.schemas.inquiry import ABOUT
from gateway.schemas.offer import (
    MAX_ACCEPTANCE_HOURS,
    STAGES,
    WHERE,
    CancellationView,
    ReleaseStage,
    SharesView,
    SlotRef,
    Tier,
)

STATES = ("draft", "open", "tipped", "confirmed", "delivering", "delivered", "settled", "failed", "cancelled")
COMMITMENT_STATES = (
    *("waiting", "reserved", "authorised", "paid", "cancelled", "expired", "refunded", "moved", "delivered"),
)
MEASURES = ("seats", "households", "amount")
POLICIES = ("fail", "extend", "smaller_tier", "merge")
BEARERS = ("supplier", "dropouts", "fund")
CAUSES = ("own", "illness", "weather", "supplier", "changed")
PHASES = ("posted", "pending", "post", "void", "timeout")
KINDS = (
    *("payment", "refund", "tier_difference", "release", "return", "moved", "hand_over", "cover", "contribution"),
    *("late_payment", "late_refund", "correction"),
)
MAX_HOLD_MINUTES = 60 * 24 * 30
MAX_HOURS = 24 * 366
MAX_DISPUTE_HOURS = 24 * 30
FULL_BP = 10_000
DIGEST = 64


class _CountOrMoney(fields.Field):
    """A whole number from 1, or an amount of money, as the measure wants it; the service checks which."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict):
            return PriceSchema().load(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10**12:
            raise self.make_error("validator_failed")
        return value


def _count_or_money(**options: Any) -> _CountOrMoney:
    text = 'a whole number from 1, or for an amount {"amount": "3000.00", "currency": "CNY"}'
    return _CountOrMoney(error_messages=messages(text), **options)


class OpenThreshold(Strict):
    """From how much on the group is formed, and when it is full: seats, households, or the net amount paid."""

    measure = choice(*MEASURES, required=True)
    minimum = _count_or_money(required=True)
    maximum = _count_or_money()


class OnMissed(Strict):
    """What happens when the minimum is missed at the deadline."""

    action = choice(*POLICIES, required=True)
    extend_hours = real(0, MAX_HOURS)
    extend_times = whole(0, 10)
    ask_hours = real(0, MAX_HOURS)


class TierLoss(Strict):
    """Who bears it when drop-outs lose a tier; the deposit is what may be kept of a drop-out's money, at most."""

    bearer = choice(*BEARERS, required=True)
    deposit_bp = whole(0, FULL_BP)


class Limits(Strict):
    """How many seats one member, and one household, may have; null where there is no limit."""

    per_member = whole(1, MAX_SEATS, allow_none=True)
    per_household = whole(1, MAX_SEATS, allow_none=True)


class WaitingList(Strict):
    """How long an offer of free seats stands, and from how many hours before the end smaller parties may pass."""

    offer_minutes = whole(1, MAX_HOLD_MINUTES)
    pass_hours = real(0, MAX_HOURS)


class DisputeTerms(Strict):
    """How many hours each part of a dispute takes; see DISPUTES.md."""

    answer_hours = real(1, MAX_DISPUTE_HOURS)
    consent_hours = real(1, MAX_DISPUTE_HOURS)
    mediation_hours = real(1, MAX_DISPUTE_HOURS)
    appeal_hours = real(1, MAX_DISPUTE_HOURS)


class OpenCampaign(Body):
    """Open a draft: until when, from and up to how much, and the rules that members see and that never change.

    With ``terms: standard`` or a ``terms_id`` the campaign gets a document that everybody accepts before paying.
    """

    deadline = moment(required=True)
    min_seats = whole(1, MAX_SEATS)
    max_seats = whole(1, MAX_SEATS)
    threshold = nested(OpenThreshold)
    hold_minutes = whole(1, MAX_HOLD_MINUTES)
    on_missed = nested(OnMissed)
    tier_loss = nested(TierLoss)
    limits = nested(Limits)
    queue = nested(WaitingList)
    grace_minutes = whole(0, 1440)
    ask_hours = real(0, MAX_HOURS)
    disputes = nested(DisputeTerms)
    terms = choice("standard")
    terms_id = ident()

    @validates_schema
    def _seats_once(self, data: Mapping[str, Any], **_: Any) -> None:
        measured = data.get("threshold", {}).get("measure")
        if measured == "seats" and "min_seats" in data:
            raise ValidationError("is given as threshold too; expected one of them", "min_seats")
        if {"terms", "terms_id"} <= data.keys():
            raise ValidationError("is given beside terms_id; expected one of them", "terms")


class CancelCampaign(Body):
    """Why the campaign is cancelled, in the organiser's words; only weather calls a formed group off."""

    reason = string(500, required=True)
    cause = choice("organiser", "weather")


class Payment(Strict):
    """Money that the caller has seen outside, and the number of its receipt."""

    method = choice("offline", required=True)
    receipt = string(100, required=True)


def _party(**options: Any) -> fields.Dict:
    expected = 'an object such as {"adult": 1, "child": 2}, at most ten kinds'
    return fields.Dict(
        keys=string(30), values=whole(1, MAX_SEATS), validate=validate.Length(max=10), **options_of(expected, options)
    )


class ReserveSeats(Body):
    """Seats for the caller, or for ``member_id``; with a payment they are paid at once.

    ``upto_seats`` are taken if that reaches a tier, and paid at first; a ``party`` comes all or none; ``wait`` joins
    the waiting list where seats are short; ``terms_digest`` says that the terms of that digest are accepted.
    """

    seats = whole(1, MAX_SEATS, required=True)
    member_id = ident()
    payment = nested(Payment)
    upto_seats = whole(1, MAX_SEATS)
    party = _party()
    terms_digest = string(DIGEST)
    wait = flag()


class PayCommitment(Body):
    """The payment of a commitment; an amount, if given, must be what is owed."""

    method = choice("offline", required=True)
    receipt = string(100, required=True)
    amount = nested(PriceSchema)
    terms_digest = string(DIGEST)


class CancelCommitment(Body):
    """Why the seats are given up; a cause other than one's own is for those who manage the community to say."""

    cause = choice(*CAUSES)


class ChangeSeats(Body):
    """How many seats from now on."""

    seats = whole(1, MAX_SEATS, required=True)


class HandOver(Body):
    """The member of the campaign's communities that takes the seats."""

    member_id = ident(required=True)


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
    moved = nested(MoneySchema, required=True, allow_none=True)
    owed = nested(MoneySchema, required=True, allow_none=True)
    escrow = nested(MoneySchema, required=True, allow_none=True)


def _figure(**options: Any) -> fields.Raw:
    return fields.Raw(metadata={"type": ["integer", "string", "null"]}, required=True, allow_none=True, **options)


class ThresholdView(Answer):
    """What is counted, from and up to how much; an amount is a decimal string; null where it would tell of others."""

    measure = choice(*MEASURES, required=True)
    minimum = _figure()
    maximum = _figure()
    counted = _figure()


class MissedView(Answer):
    """What happens when the minimum is missed."""

    action = choice(*POLICIES, required=True)
    extend_hours = real(0, MAX_HOURS, required=True)
    extend_times = whole(0, 10, required=True)
    ask_hours = real(0, MAX_HOURS, required=True)


class TierLossView(Answer):
    """Who bears a tier that drop-outs lose."""

    bearer = choice(*BEARERS, required=True)
    deposit_bp = whole(0, FULL_BP, required=True)


class LimitsView(Answer):
    """How many seats one may have."""

    per_member = whole(1, MAX_SEATS, required=True, allow_none=True)
    per_household = whole(1, MAX_SEATS, required=True, allow_none=True)


class WaitingListView(Answer):
    """How the waiting list is served."""

    offer_minutes = whole(1, MAX_HOLD_MINUTES, required=True)
    pass_hours = real(0, MAX_HOURS, required=True)


class DisputeTermsView(Answer):
    """How many hours each part of a dispute takes."""

    answer_hours = real(1, MAX_DISPUTE_HOURS, required=True)
    consent_hours = real(1, MAX_DISPUTE_HOURS, required=True)
    mediation_hours = real(1, MAX_DISPUTE_HOURS, required=True)
    appeal_hours = real(1, MAX_DISPUTE_HOURS, required=True)


class RulesView(Answer):
    """What was decided before opening; it never changes."""

    on_missed = nested(MissedView, required=True)
    tier_loss = nested(TierLossView, required=True)
    limits = nested(LimitsView, required=True)
    queue = nested(WaitingListView, required=True)
    grace_minutes = whole(0, 1440, required=True)
    ask_hours = real(0, MAX_HOURS, required=True)
    disputes = nested(DisputeTermsView, required=True)
    terms_digest = fields.String(required=True, allow_none=True)


class Decision(SentenceSchema):
    """What was decided at the end of the gathering, and why."""

    action = fields.String(required=True)


class PauseView(Answer):
    """What a campaign waits for, until when at the latest; meanwhile nobody joins or pays."""

    about = choice(*ABOUT, required=True)
    until = moment(required=True)


class CampaignView(Answer):
    """A campaign."""

    campaign_id = ident(required=True)
    match_id = ident(required=True)
    pool_id = ident(required=True, allow_none=True)
    state = choice(*STATES, required=True)
    reason = fields.String(required=True, allow_none=True)
    pause = nested(PauseView, required=True, allow_none=True)
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
    sessions = fields.List(nested(WindowSchema), required=True)
    tiers = many(nested(Tier), 1, 50, required=True)
    fallback_tiers = many(nested(Tier), 0, 10, required=True)
    min_seats = whole(1, MAX_SEATS, required=True)
    max_seats = whole(0, MAX_SEATS, required=True)
    threshold = nested(ThresholdView, required=True)
    deadline = moment(required=True, allow_none=True)
    closing_at = moment(required=True, allow_none=True)
    closing_at = moment(required=True, allow_none=True)
    extensions = whole(0, 10, required=True)
    rules = nested(RulesView, required=True)
    hold_minutes = whole(1, MAX_HOLD_MINUTES, required=True)
    release = many(nested(ReleaseStage), 1, len(STAGES), required=True)
    shares = nested(SharesView, required=True)
    cancellation = nested(CancellationView, required=True)
    acceptance_hours = real(0, MAX_ACCEPTANCE_HOURS, required=True)
    paid_seats = whole(0, MAX_SEATS, required=True)
    reserved_seats = whole(0, MAX_SEATS, required=True)
    waiting = whole(0, MAX_SEATS, required=True, allow_none=True)
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
    upto_seats = whole(1, MAX_SEATS, required=True)
    party = _party(required=True)
    state = choice(*COMMITMENT_STATES, required=True)
    status = nested(SentenceSchema, required=True)
    price = nested(MoneySchema, required=True)
    amount = nested(MoneySchema, required=True)
    paid = nested(MoneySchema, required=True, allow_none=True)
    refunded = nested(MoneySchema, required=True, allow_none=True)
    kept = nested(MoneySchema, required=True)
    withheld = nested(MoneySchema, required=True)
    owed = nested(MoneySchema, required=True)
    final_price = nested(MoneySchema, required=True, allow_none=True)
    method = fields.String(required=True)
    frozen = flag(required=True)
    terms_digest = fields.String(required=True, allow_none=True)
    terms_accepted_at = moment(required=True, allow_none=True)
    hold_until = moment(required=True, allow_none=True)
    left_at = moment(required=True, allow_none=True)
    created_at = moment(required=True)


class OutlookView(Answer):
    """What would happen if the campaign closed now, by the function that decides at the deadline; wait: it is paused.

    Counts are null, and ``exact`` false, where they would tell too much about another community.
    """

    campaign_id = ident(required=True)
    action = choice("confirm", "capture", "smaller_tier", "extend", "merge", "fail", "wait", required=True)
    price = nested(MoneySchema, required=True)
    measure = choice(*MEASURES, required=True)
    minimum = _figure()
    exact = flag(required=True)
    seats = whole(0, MAX_SEATS, required=True, allow_none=True)
    added_by_tolerance = whole(0, MAX_SEATS, required=True, allow_none=True)
    counted = _figure()
    missing_for_minimum = _figure()
    missing_seats = whole(0, MAX_SEATS, required=True, allow_none=True)
    missing_for_next_tier = whole(0, MAX_SEATS, required=True, allow_none=True)
    next_tier = nested(Tier, required=True, allow_none=True)
    new_deadline = moment(required=True, allow_none=True)
    explanation = nested(SentenceSchema, required=True, allow_none=True)


class NoticeOption(Answer):
    """What the member can do, as an operation of this API, and until when."""

    action = fields.String(required=True)
    until = moment(required=True, allow_none=True)


class NoticeView(Answer):
    """What a member was told: what changed for it, and what it can do. A mediator is told of no commitment."""

    notice_id = ident(required=True)
    campaign_id = ident(required=True)
    commitment_id = ident(required=True, allow_none=True)
    dispute_id = ident(required=True, allow_none=True)
    community_id = ident(required=True)
    member_id = ident(required=True)
    kind = fields.String(required=True)
    text = nested(SentenceSchema, required=True)
    options = fields.List(nested(NoticeOption), required=True)
    created_at = moment(required=True)


class UndoPayment(Body):
    """Why a payment that was recorded by mistake is taken back; kept with the correction."""

    reason = string(100, required=True)


class Contribution(Body):
    """What was given to the common fund, the number of its receipt, and by which member if it was one."""

    amount = nested(PriceSchema, required=True)
    receipt = string(100, required=True)
    member_id = ident()


class GiftView(Answer):
    """What was given to a common fund."""

    community_id = ident(required=True)
    transfer_id = ident(required=True)
    amount = nested(MoneySchema, required=True)
    receipt = fields.String(required=True)


class FundBalance(Answer):
    """What a fund has in one currency, and what of it is set aside for campaigns."""

    balance = nested(MoneySchema, required=True)
    set_aside = nested(MoneySchema, required=True)


class FundLine(Answer):
    """What came to a fund, or went from it, below zero; givers are told to those who manage the community."""

    transfer_id = ident(required=True)
    kind = choice(*KINDS, required=True)
    amount = nested(MoneySchema, required=True)
    phase = choice(*PHASES, required=True)
    campaign_id = ident(required=True, allow_none=True)
    giver = fields.String(required=True, allow_none=True, data_key="from", attribute="from")
    receipt = fields.String(required=True, allow_none=True)
    created_at = moment(required=True)


class FundView(Answer):
    """The common fund of a community, with a page of what came and went."""

    community_id = ident(required=True)
    balances = fields.List(nested(FundBalance), required=True)
    items = fields.List(nested(FundLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Account(Answer):
    """An account and what is on it; the members of other communities are one account."""

    account = fields.String(required=True)
    balance = nested(MoneySchema, required=True)


class Transfer(Answer):
    """A movement of money; it is never changed. A pending one is ended, once, by another that names it."""

    transfer_id = ident(required=True)
    kind = choice(*KINDS, required=True)
    debit_account = fields.String(required=True)
    credit_account = fields.String(required=True)
    amount = nested(MoneySchema, required=True)
    campaign_id = ident(required=True, allow_none=True)
    commitment_id = ident(required=True, allow_none=True)
    receipt = fields.String(required=True, allow_none=True)
    phase = choice(*PHASES, required=True)
    pending_id = ident(required=True, allow_none=True)
    method = fields.String(required=True)
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
    pending = nested(MoneySchema, required=True)


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


class NoticeQuery(PageQuery):
    """Of which campaign."""

    campaign_id = ident()


CampaignPage, CommitmentPage, NoticePage = page_of(CampaignView), page_of(CommitmentView), page_of(NoticeView)
