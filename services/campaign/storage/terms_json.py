"""Terms and rules to JSON and back: what a campaign keeps in two columns, read once per version."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

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
from services.campaign.domain.terms import (
    Adapted,
    AgreementRef,
    Cancellation,
    RefundStep,
    ReleaseStage,
    Shares,
    Terms,
    Tier,
)
from services.kernel.clock import format_time, parse_time
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.timespan import Timespan

Json = dict[str, Any]
KEPT = 4096  # campaigns whose terms are kept in memory; one takes about two kilobytes


def terms_to_json(terms: Terms) -> Json:
    """Return the part of the terms that has no column of its own."""
    return {
        "supplier_name": terms.supplier_name,
        "offer_id": str(terms.offer_id),
        "title": terms.title,
        "category": terms.category,
        "where": terms.where,
        "place": terms.place.to_wire(),
        "slot_id": str(terms.slot_id),
        "slot": terms.slot.to_wire(),
        "sessions": [session.to_wire() for session in terms.sessions],
        "tiers": _pairs(terms.tiers),
        "fallback_tiers": _pairs(terms.fallback_tiers),
        "min_group": terms.min_group,
        "held_seats": terms.held_seats,
        "held_until": format_time(terms.held_until),
        "release": [[stage.stage, stage.share_bp] for stage in terms.release],
        "acceptance_hours": terms.acceptance_hours,
        "shares": list(terms.shares.weights),
        "cancellation": _cancellation_to_json(terms.cancellation),
        "agreement": [str(terms.agreement.agreement_id), terms.agreement.hash] if terms.agreement else None,
        "options": [[one.key, list(one.title), list(one.chosen)] for one in terms.options],
    }


def _pairs(tiers: tuple[Tier, ...]) -> list[list[int]]:
    return [[tier.seats, tier.price.minor] for tier in tiers]


def _cancellation_to_json(rule: Cancellation) -> Json:
    return {
        "steps": [[step.hours_before, step.refund_bp] for step in rule.steps],
        "weather_bp": rule.weather_bp,
        "illness_bp": rule.illness_bp,
        "no_show_bp": rule.no_show_bp,
    }


def rules_to_json(rules: Rules) -> Json:
    """Return what the organiser decided."""
    threshold, missed, loss = rules.threshold, rules.on_missed, rules.tier_loss
    disputes = rules.disputes
    return {
        "threshold": None if threshold is None else _threshold_to_json(threshold),
        "on_missed": [missed.action, missed.extend_hours, missed.extend_times, missed.ask_hours],
        "tier_loss": [loss.bearer, loss.deposit_bp],
        "limits": [rules.limits.per_member, rules.limits.per_household],
        "queue": [rules.queue.offer_minutes, rules.queue.pass_hours],
        "grace_minutes": rules.grace_minutes,
        "ask_hours": rules.ask_hours,
        "disputes": [
            disputes.answer_hours,
            disputes.consent_hours,
            disputes.mediation_hours,
            disputes.appeal_hours,
        ],
        "terms_digest": rules.terms_digest,
    }


def _threshold_to_json(threshold: Threshold) -> list[Any]:
    return [threshold.measure, threshold.minimum, threshold.maximum, threshold.currency]


def rules_of(json: Json) -> Rules:
    """Read them back; a campaign of before there were rules has the default ones."""
    if not json:
        return Rules()
    threshold, (action, hours, times, ask) = json["threshold"], json["on_missed"]
    return Rules(
        threshold=None if threshold is None else Threshold(Measure(threshold[0]), *threshold[1:]),
        on_missed=MissedPolicy(OnMissed(action), hours, times, ask),
        tier_loss=TierLoss(Bearer(json["tier_loss"][0]), json["tier_loss"][1]),
        limits=Limits(*json["limits"]),
        queue=Queue(*json["queue"]),
        grace_minutes=json["grace_minutes"],
        ask_hours=json["ask_hours"],
        disputes=DisputeTerms(*json.get("disputes", ())),
        terms_digest=json["terms_digest"],
    )


def terms_of(row: Mapping[str, Any]) -> tuple[Terms, Rules]:
    """Return terms and rules of a row of ``campaigns``; those of a version never change."""
    key = (row["campaign_id"], row["terms_version"])
    return _kept(key, _Row(row))


class _Row:
    """A row that counts as equal to any other, so that the cache looks at the key alone."""

    __slots__ = ("row",)

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Row)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=KEPT)
def _kept(key: tuple[UUID, int], found: _Row) -> tuple[Terms, Rules]:
    row = found.row
    found.row = {}  # the cache keeps its arguments: without this it would keep whole rows
    return terms_of_columns(row), rules_of(row["rules"])


def terms_of_columns(row: Mapping[str, Any]) -> Terms:
    """Read the terms off their JSON and the columns beside it."""
    json, currency = row["terms"], row["currency"]
    return Terms(
        match_id=row["match_id"],
        pool_id=row["pool_id"],
        communities=tuple(row["community_ids"]),
        supplier_id=row["supplier_id"],
        supplier_name=json["supplier_name"],
        offer_id=UUID(json["offer_id"]),
        title=json["title"],
        category=json["category"],
        where=json["where"],
        place=Place.from_wire(json["place"]),
        slot_id=UUID(json["slot_id"]),
        slot=Timespan.from_wire(json["slot"]),
        tiers=_tiers(json["tiers"], currency),
        min_group=json["min_group"],
        held_seats=json["held_seats"],
        held_until=parse_time(json["held_until"], "held_until"),
        release=tuple(ReleaseStage(*stage) for stage in json["release"]),
        acceptance_hours=json["acceptance_hours"],
        sessions=tuple(Timespan.from_wire(session) for session in json.get("sessions", ())),
        fallback_tiers=_tiers(json.get("fallback_tiers", ()), currency),
        shares=Shares(*json.get("shares", ())),
        cancellation=_cancellation(json.get("cancellation")),
        agreement=_agreement(json.get("agreement")),
        options=tuple(Adapted(key, tuple(title), tuple(chosen)) for key, title, chosen in json.get("options", ())),
    )


def _agreement(pair: list[str] | None) -> AgreementRef | None:
    return AgreementRef(UUID(pair[0]), pair[1]) if pair else None


def _tiers(pairs: list[list[int]], currency: str) -> tuple[Tier, ...]:
    return tuple(Tier(seats, Money(minor, currency)) for seats, minor in pairs)


def _cancellation(json: Json | None) -> Cancellation:
    if json is None:
        return Cancellation()
    steps = tuple(RefundStep(*step) for step in json["steps"])
    return Cancellation(steps, json["weather_bp"], json["illness_bp"], json["no_show_bp"])
