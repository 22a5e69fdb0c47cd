"""Terms as JSON and back. What an offer of an earlier version does not say is the default of today."""

from typing import Any

from services.kernel.geo import Place
from services.kernel.money import Money
from services.supplier.domain.conditions import (
    DEFAULT_CANCELLATION,
    Cancellation,
    CancellationStep,
    ReleaseStage,
    Shares,
    Stage,
)
from services.supplier.domain.options import Option, OptionChoice, OptionKind
from services.supplier.domain.terms import Terms, Tier, Where

Values = dict[str, Any]
_SAME = ("title", "category", "travel_km", "min_group", "max_group", "minutes", "acceptance_hours")
_SHARES = ("supplier_bp", "organiser_bp", "community_bp", "platform_bp")
_CAUSES = ("weather_bp", "illness_bp", "no_show_bp")


def terms_of(json: Values) -> Terms:
    """Read terms."""
    return Terms(
        **{name: json[name] for name in _SAME},
        where=Where(json["where"]),
        place=Place.from_wire(json["place"]),
        tiers=_tiers_of(json["tiers"]),
        release=tuple(ReleaseStage(Stage(part["stage"]), part["share_bp"]) for part in json["release"]),
        required_qualifications=tuple(json["required_qualifications"]),
        shares=Shares(**json.get("shares", {})),
        cancellation=_cancellation_of(json["cancellation"]) if "cancellation" in json else DEFAULT_CANCELLATION,
        fallback_tiers=_tiers_of(json.get("fallback_tiers", ())),
        options=tuple(_option_of(option) for option in json.get("options", ())),
    )


def _option_of(json: Values) -> Option:
    value = tuple(json["value"]) if json["kind"] == OptionKind.RANGE else json["value"]
    choices = tuple(OptionChoice(**choice) for choice in json["choices"])
    return Option(**{**json, "kind": OptionKind(json["kind"]), "value": value, "choices": choices})


def _option_values(option: Option) -> Values:
    return {
        "key": option.key,
        "kind": str(option.kind),
        "zh": option.zh,
        "en": option.en,
        "value": list(option.value) if option.kind is OptionKind.RANGE else option.value,
        "choices": [{"key": choice.key, "zh": choice.zh, "en": choice.en} for choice in option.choices],
        "least": option.least,
        "most": option.most,
    }


def _tiers_of(json: list[Values]) -> tuple[Tier, ...]:
    return tuple(Tier(tier["seats"], Money.from_wire(tier["price"])) for tier in json)


def _cancellation_of(json: Values) -> Cancellation:
    return Cancellation(**{**json, "steps": tuple(CancellationStep(**step) for step in json["steps"])})


def terms_values(terms: Terms) -> Values:
    """Write terms as JSON."""
    return {
        **{name: getattr(terms, name) for name in _SAME},
        "where": str(terms.where),
        "place": terms.place.to_wire(),
        "tiers": _tier_values(terms.tiers),
        "release": [{"stage": str(part.stage), "share_bp": part.share_bp} for part in terms.release],
        "required_qualifications": list(terms.required_qualifications),
        "shares": {name: getattr(terms.shares, name) for name in _SHARES},
        "cancellation": _cancellation_values(terms.cancellation),
        "fallback_tiers": _tier_values(terms.fallback_tiers),
        "options": [_option_values(option) for option in terms.options],
    }


def _tier_values(tiers: tuple[Tier, ...]) -> list[Values]:
    return [{"seats": tier.seats, "price": tier.price.to_wire()} for tier in tiers]


def _cancellation_values(cancellation: Cancellation) -> Values:
    steps = [{"hours_before": step.hours_before, "refund_bp": step.refund_bp} for step in cancellation.steps]
    return {"steps": steps, **{name: getattr(cancellation, name) for name in _CAUSES}}
