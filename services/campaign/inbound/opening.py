"""What an organiser decides when opening: read, checked one by one, and made the rules of the campaign."""

from typing import Any

from services.campaign.domain import commands
from services.campaign.domain.drafting import DEFAULT_HOLD_MINUTES
from services.campaign.domain.rules import (
    Bearer,
    DisputeTerms,
    Limits,
    Measure,
    MissedPolicy,
    OnMissed,
    Queue,
    Rules,
    Threshold,
    TierLoss,
)
from services.campaign.domain.terms import FULL_BP
from services.campaign.domain.terms_texts import STANDARD
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, an_id, hours, load, optional, whole
from services.kernel.caller import Caller
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.quantity import require_count

Request = dict[str, Any]
MAX_HOLD_MINUTES = 30 * 1440
MAX_EXTENSIONS = 10
MAX_DISPUTE_HOURS = 30 * 24
_DEFAULT = Rules()


def dispute_hours(value: Any, field: str) -> float:
    """Read a number of hours from 1 to 30 days: nobody loses a turn in the blink of an eye, or waits for ever."""
    found = hours(value, field)
    if not 1 <= found <= MAX_DISPUTE_HOURS:
        raise InvalidError(field, f"{found!r} is not possible", f"a number of hours from 1 to {MAX_DISPUTE_HOURS}")
    return found


class ThresholdSchema(Tolerant):
    """What counts: seats, households, or a net amount of money."""

    measure = Read(reading.one_of(*Measure), required=True)
    minimum = Read(lambda value, field: value, required=True)
    maximum = Read(lambda value, field: value, **optional)


class MissedSchema(Tolerant):
    """What happens when the minimum is missed."""

    action = Read(reading.one_of(*OnMissed), required=True)
    extend_hours = Read(hours, load_default=0)
    extend_times = Read(whole(0, MAX_EXTENSIONS), load_default=0)
    ask_hours = Read(hours, load_default=MissedPolicy().ask_hours)


class TierLossSchema(Tolerant):
    """Who bears a tier that drop-outs lose."""

    bearer = Read(reading.one_of(*Bearer), required=True)
    deposit_bp = Read(whole(0, FULL_BP), load_default=0)


class LimitsSchema(Tolerant):
    """How many seats one may have."""

    per_member = Read(require_count, **optional)
    per_household = Read(require_count, **optional)


class QueueSchema(Tolerant):
    """How the waiting list is served."""

    offer_minutes = Read(whole(1, MAX_HOLD_MINUTES), load_default=_DEFAULT.queue.offer_minutes)
    pass_hours = Read(hours, load_default=_DEFAULT.queue.pass_hours)


class DisputesSchema(Tolerant):
    """How long each part of a dispute takes."""

    answer_hours = Read(dispute_hours, load_default=_DEFAULT.disputes.answer_hours)
    consent_hours = Read(dispute_hours, load_default=_DEFAULT.disputes.consent_hours)
    mediation_hours = Read(dispute_hours, load_default=_DEFAULT.disputes.mediation_hours)
    appeal_hours = Read(dispute_hours, load_default=_DEFAULT.disputes.appeal_hours)


class OpenSchema(Tolerant):
    """All of it; what is not said has its default."""

    campaign_id = an_id(required=True)
    deadline = Read(parse_time, required=True)
    min_seats = Read(require_count, **optional)
    max_seats = Read(require_count, **optional)
    hold_minutes = Read(whole(1, MAX_HOLD_MINUTES), load_default=DEFAULT_HOLD_MINUTES)
    threshold = Read(reading.one(ThresholdSchema()), **optional)
    on_missed = Read(reading.one(MissedSchema()), **optional)
    tier_loss = Read(reading.one(TierLossSchema()), **optional)
    limits = Read(reading.one(LimitsSchema()), **optional)
    queue = Read(reading.one(QueueSchema()), **optional)
    grace_minutes = Read(whole(0, 1440), load_default=_DEFAULT.grace_minutes)
    ask_hours = Read(hours, load_default=_DEFAULT.ask_hours)
    disputes = Read(reading.one(DisputesSchema()), **optional)
    terms = Read(reading.one_of(STANDARD), **optional)
    terms_id = an_id(**optional)


_open = OpenSchema()


def open_campaign(request: Request) -> commands.OpenCampaign:
    """Read the opening of a draft."""
    data = load(_open, request["data"])
    threshold = _threshold(data["threshold"])
    if threshold is not None and threshold.measure is Measure.SEATS:  # another way to say the seats
        data["min_seats"], data["max_seats"] = threshold.minimum, threshold.maximum or data["max_seats"]
        threshold = None
    if data["terms"] and data["terms_id"]:
        raise InvalidError("terms", "is given beside terms_id", "one of the two")
    return commands.OpenCampaign(
        caller=Caller.from_wire(request["caller"]),
        campaign_id=data["campaign_id"],
        deadline=data["deadline"],
        min_seats=data["min_seats"],
        max_seats=data["max_seats"],
        hold_minutes=data["hold_minutes"],
        rules=_rules(data, threshold),
        terms_id=data["terms_id"],
        standard_terms=data["terms"] == STANDARD,
    )


def _rules(data: dict[str, Any], threshold: Threshold | None) -> Rules:
    missed, loss = data["on_missed"], data["tier_loss"]
    return Rules(
        threshold=threshold,
        on_missed=MissedPolicy(**{**missed, "action": OnMissed(missed["action"])}) if missed else MissedPolicy(),
        tier_loss=TierLoss(Bearer(loss["bearer"]), loss["deposit_bp"]) if loss else TierLoss(),
        limits=Limits(**data["limits"]) if data["limits"] else Limits(),
        queue=Queue(**data["queue"]) if data["queue"] else Queue(),
        grace_minutes=data["grace_minutes"],
        ask_hours=data["ask_hours"],
        disputes=DisputeTerms(**data["disputes"]) if data["disputes"] else DisputeTerms(),
    )


def _threshold(found: dict[str, Any] | None) -> Threshold | None:
    if found is None:
        return None
    measure, most = Measure(found["measure"]), found["maximum"]
    if measure is not Measure.AMOUNT:
        least = require_count(found["minimum"], "threshold.minimum")
        return Threshold(measure, least, None if most is None else require_count(most, "threshold.maximum"))
    minimum = reading.money(found["minimum"], "threshold.minimum")
    maximum = None if most is None else reading.money(most, "threshold.maximum")
    if maximum is not None and maximum.currency != minimum.currency:
        raise InvalidError("threshold.maximum", f"is in {maximum.currency}", f"an amount in {minimum.currency}")
    return Threshold(measure, minimum.minor, None if maximum is None else maximum.minor, minimum.currency)
