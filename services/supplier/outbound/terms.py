"""What is told of an offer wherever it is told: in answers, in matches and in events."""

from typing import Any

from services.kernel.timespan import Timespan
from services.supplier.domain.conditions import Cancellation
from services.supplier.domain.offers import Snapshot
from services.supplier.domain.options import Option, OptionKind
from services.supplier.domain.terms import Terms, Tier

Wire = dict[str, Any]


def terms(it: Terms) -> Wire:
    """Show what is promised."""
    return {
        "title": it.title,
        "category": it.category,
        "where": str(it.where),
        "place": it.place.to_wire(),
        "tiers": tiers(it.tiers),
        "fallback_tiers": tiers(it.fallback_tiers),
        "min_group": it.min_group,
        "max_group": it.max_group,
        "minutes": it.minutes,
        "release": [{"stage": str(part.stage), "share_bp": part.share_bp} for part in it.release],
        "shares": {
            "supplier_bp": it.shares.supplier_bp,
            "organiser_bp": it.shares.organiser_bp,
            "community_bp": it.shares.community_bp,
            "platform_bp": it.shares.platform_bp,
        },
        "cancellation": _cancellation(it.cancellation),
        "acceptance_hours": it.acceptance_hours,
        "options": [_option(option) for option in it.options],
    }


def tiers(those: tuple[Tier, ...]) -> list[Wire]:
    """Show what a seat costs from how many seats on."""
    return [{"seats": tier.seats, "price": tier.price.to_wire()} for tier in those]


def _option(it: Option) -> Wire:
    return {
        "key": it.key,
        "kind": str(it.kind),
        "title": {"zh": it.zh, "en": it.en},
        "value": list(it.value) if it.kind is OptionKind.RANGE else it.value,
        "choices": [{"key": choice.key, "title": {"zh": choice.zh, "en": choice.en}} for choice in it.choices],
        "least": it.least,
        "most": it.most,
    }


def _cancellation(it: Cancellation) -> Wire:
    return {
        "steps": [{"hours_before": step.hours_before, "refund_bp": step.refund_bp} for step in it.steps],
        "weather_bp": it.weather_bp,
        "illness_bp": it.illness_bp,
        "no_show_bp": it.no_show_bp,
    }


def snapshot(it: Snapshot) -> Wire:
    """Show an offer as a match keeps it."""
    return {"offer_id": str(it.offer_id), "version": it.version, **terms(it.terms)}


def times(span: Timespan, sessions: tuple[Timespan, ...]) -> Wire:
    """Show when it takes place: from when to when in all, and in which sessions."""
    return {**span.to_wire(), "sessions": [session.to_wire() for session in sessions]}
