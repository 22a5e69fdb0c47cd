"""Campaigns: opened, cancelled, seen, looked ahead, told of."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from gateway.schemas.base import (
    MAX_SEATS,
    Answer,
    Body,
    MoneySchema,
    PageQuery,
    PlaceSchema,
    SentenceSchema,
    WindowSchema,
    page_of,
)
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, real, string, whole
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
from gateway.schemas.rules import (
    MAX_HOLD_MINUTES,
    MAX_HOURS,
    MEASURES,
    DisputeTerms,
    Limits,
    OnMissed,
    OpenThreshold,
    RulesView,
    ThresholdView,
    TierLoss,
    WaitingList,
    _figure,
)
from gateway.schemas.tender import AgreementRef

STATES = ("draft", "open", "tipped", "confirmed", "delivering", "delivered", "settled", "failed", "cancelled")


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


class Decision(SentenceSchema):
    """What was decided at the end of the gathering, and why."""

    action = fields.String(required=True)


class PauseView(Answer):
    """What a campaign waits for, until when at the latest; meanwhile nobody joins or pays."""

    about = choice(*ABOUT, required=True)
    until = moment(required=True)


class AdaptedView(Answer):
    """What holds of an option of the offer, in words."""

    key = string(80, required=True)
    title = nested(SentenceSchema, required=True)
    chosen = nested(SentenceSchema, required=True)


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
    agreement = nested(AgreementRef, required=True, allow_none=True)
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
    options = fields.List(nested(AdaptedView), required=True)
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


class CampaignQuery(PageQuery):
    """Which campaigns."""

    state = choice(*STATES)
    match_id = ident()
    pool_id = ident()


class NoticeQuery(PageQuery):
    """Of which campaign."""

    campaign_id = ident()


CampaignPage = page_of(CampaignView)
NoticePage = page_of(NoticeView)
