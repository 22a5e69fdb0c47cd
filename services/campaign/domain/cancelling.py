"""What comes back to one who leaves: by time, by cause, and by the rule on tiers that drop-outs lose."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.campaign.domain.model import FORMED, Campaign, Commitment
from services.campaign.domain.rules import Bearer
from services.campaign.domain.terms import FULL_BP
from services.kernel.money import Money


class Cause(StrEnum):
    """Why somebody leaves. Only ``own`` is the member's word alone; a manager says the others."""

    OWN = "own"
    ILLNESS = "illness"
    WEATHER = "weather"
    SUPPLIER = "supplier"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Parting:
    """What becomes of the money of the seats that are given up: the three parts are all of it."""

    refund: Money
    fee: Money
    withheld: Money


def parting(campaign: Campaign, commitment: Commitment, value: Money, cause: Cause, now: datetime) -> Parting:
    """Divide ``value``, what was paid for the seats that are given up.

    Before the group is formed, and while it is paused, leaving costs nothing; otherwise the cancellation rule of the
    offer decides, rounded in the member's favour. Where drop-outs bear a lost tier, a deposit is withheld until the
    reckoning, unless the fee is already as much; who joined before an extension, leaves a paused campaign, or for a
    cause that is not its own, owes none.
    """
    fee = Money(value.minor * (FULL_BP - refund_bp(campaign, cause, now)) // FULL_BP, value.currency)
    deposit = Money(value.minor * _deposit_bp(campaign, commitment, cause) // FULL_BP, value.currency)
    withheld = max(deposit - fee, Money.zero(value.currency))
    return Parting(value - fee - withheld, fee, withheld)


def refund_bp(campaign: Campaign, cause: Cause, now: datetime) -> int:
    """Return the basis points that come back to one who leaves now."""
    if campaign.state not in FORMED or campaign.pause is not None or cause in (Cause.SUPPLIER, Cause.CHANGED):
        return FULL_BP
    rule = campaign.terms.cancellation
    hours = (campaign.terms.start - now).total_seconds() / 3600
    by_time = next((step.refund_bp for step in rule.steps if hours >= step.hours_before), 0)
    if cause is Cause.ILLNESS:
        return max(by_time, rule.illness_bp)
    return max(by_time, rule.weather_bp) if cause is Cause.WEATHER else by_time


def _deposit_bp(campaign: Campaign, commitment: Commitment, cause: Cause) -> int:
    rule = campaign.rules.tier_loss
    waited_long_enough = campaign.extended_at is not None and commitment.created_at <= campaign.extended_at
    free = campaign.pause is not None or (campaign.state not in FORMED and waited_long_enough)
    if rule.bearer is not Bearer.DROPOUTS or cause is not Cause.OWN or free:
        return 0
    return rule.deposit_bp
