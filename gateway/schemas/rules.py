"""The rules of a campaign, fixed when it is opened, as they are given and as they are shown."""

from typing import Any

from marshmallow import fields

from gateway.schemas.base import MAX_SEATS, Answer, PriceSchema, Strict
from gateway.schemas.fields import choice, messages, nested, real, whole

MEASURES = ("seats", "households", "amount")
POLICIES = ("fail", "extend", "smaller_tier", "merge")
BEARERS = ("supplier", "dropouts", "fund")
MAX_HOLD_MINUTES = 60 * 24 * 30
MAX_HOURS = 24 * 366
MAX_DISPUTE_HOURS = 24 * 30
FULL_BP = 10_000


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
