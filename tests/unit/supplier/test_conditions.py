"""The conditions of the money: stages, shares, cancellation, and what smaller groups would pay."""

import pytest

from services.kernel.errors import InvalidError
from services.kernel.money import Money
from services.supplier.domain.conditions import (
    DEFAULT_CANCELLATION,
    DEFAULT_RELEASE,
    Cancellation,
    CancellationStep,
    ReleaseStage,
    Shares,
    Stage,
)
from services.supplier.domain.terms import Tier
from services.supplier.storage.terms import terms_of, terms_values
from tests.builders_supplier import cny, terms, tiers


def steps(*pairs):
    return tuple(CancellationStep(hours, share) for hours, share in pairs)


def refused(make, **options):
    with pytest.raises(InvalidError) as error:
        make(**options)
    return error.value.detail["errors"][0]


def test_the_stages_are_released_in_this_order():
    assert list(Stage) == ["confirmed", "session", "delivered", "accepted"]


def test_the_defaults_are_those_that_the_documents_promise():
    made = terms()
    assert [(part.stage, part.share_bp) for part in made.release] == [
        ("confirmed", 3000),
        ("delivered", 5000),
        ("accepted", 2000),
    ]
    assert made.shares == Shares(10_000, 0, 0, 0)
    assert made.cancellation == Cancellation(steps((72, 10_000), (24, 5000)), 10_000, 5000, 0)
    assert made.fallback_tiers == ()


def test_a_course_releases_a_part_per_session():
    plan = (ReleaseStage(Stage.CONFIRMED, 2000), ReleaseStage(Stage.SESSION, 7000), ReleaseStage(Stage.ACCEPTED, 1000))
    assert terms(release=plan).release == plan
    assert refused(terms, release=plan[::-1])["field"] == "release"
    assert "session" in refused(terms, release=plan[::-1])["expected"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ((9999, 0, 0, 0), "shares"),
        ((10_000, 1, 0, 0), "shares"),
        ((7000, 1000, 1000, 999), "shares"),
        ((6999, 3001, 0, 0), "shares"),
        ((6999, 1001, 1000, 1000), "shares"),
        ((0, 10_000, 0, 0), "shares"),
        ((10_001, -1, 0, 0), "shares.supplier_bp"),
        ((9999, -1, 1, 1), "shares.organiser_bp"),
        ((9000, 500.0, 500, 0), "shares.organiser_bp"),
        ((9000, 500, True, 500), "shares.community_bp"),
        ((9000, 500, 500, "0"), "shares.platform_bp"),
    ],
)
def test_shares_that_cannot_be_paid_are_refused_by_the_name_of_the_field(given, field):
    assert refused(lambda: Shares(*given))["field"] == field


def test_shares_up_to_what_the_payment_provider_splits_off_are_accepted():
    assert Shares(7000, 1500, 1000, 500)
    error = refused(lambda: Shares(6999, 1501, 1000, 500))
    assert "3001" in error["problem"]
    assert "3000" in error["expected"]
    assert "WeChat Pay" in error["expected"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"steps": steps((24, 5000), (72, 10_000))}, "cancellation.steps.1.hours_before"),
        ({"steps": steps((24, 5000), (24, 4000))}, "cancellation.steps.1.hours_before"),
        ({"steps": steps((72, 5000), (24, 5001))}, "cancellation.steps.1.refund_bp"),
        ({"steps": steps((72, 10_000), (48, 5000), (24, 6000))}, "cancellation.steps.2.refund_bp"),
        ({"steps": steps((-1, 5000))}, "cancellation.steps.0.hours_before"),
        ({"steps": steps((float("nan"), 5000))}, "cancellation.steps.0.hours_before"),
        ({"steps": steps((366 * 24 + 1, 5000))}, "cancellation.steps.0.hours_before"),
        ({"steps": steps((72, 10_001))}, "cancellation.steps.0.refund_bp"),
        ({"steps": steps((72, -1))}, "cancellation.steps.0.refund_bp"),
        ({"steps": steps(*((hours, 0) for hours in range(11, 0, -1)))}, "cancellation.steps"),
        ({"weather_bp": 10_001}, "cancellation.weather_bp"),
        ({"illness_bp": -1}, "cancellation.illness_bp"),
        ({"no_show_bp": 0.5}, "cancellation.no_show_bp"),
    ],
)
def test_a_cancellation_rule_that_makes_no_sense_is_refused_by_the_name_of_the_field(given, field):
    assert refused(Cancellation, **given)["field"] == field


@pytest.mark.parametrize(
    "given",
    [
        {"steps": ()},
        {"steps": steps((0, 0))},
        {"steps": steps((72, 5000), (24.5, 5000), (0, 0))},
        {"steps": steps(*((hours, 0) for hours in range(10, 0, -1)))},
        {"weather_bp": 0, "illness_bp": 10_000, "no_show_bp": 10_000},
    ],
)
def test_a_cancellation_rule_at_the_edge_is_accepted(given):
    assert Cancellation(**given)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (tiers((10, "148.00")), "fallback_tiers.0.seats"),
        (tiers((0, "148.00")), "fallback_tiers.0.seats"),
        (tiers((8, "148.00"), (6, "148.00")), "fallback_tiers.1.seats"),
        (tiers((6, "148.00"), (6, "138.00")), "fallback_tiers.1.seats"),
        (tiers((6, "148.00"), (8, "148.01")), "fallback_tiers.1.price"),
        (tiers((6, "127.99")), "fallback_tiers.0.price"),
        (tiers((6, "148.00"), (8, "127.99")), "fallback_tiers.1.price"),
        ((Tier(6, Money(20_000, "USD")),), "fallback_tiers.0.price.currency"),
        (tiers(*((seats, "148.00") for seats in range(1, 12))), "fallback_tiers"),
    ],
)
def test_fallback_tiers_that_contradict_the_offer_are_refused_by_the_name_of_the_field(given, field):
    assert refused(terms, fallback_tiers=given, min_group=10)["field"] == field


def test_fallback_tiers_below_the_smallest_possible_group_are_refused():
    error = refused(terms, min_group=1, tiers=tiers((1, "128.00")), fallback_tiers=tiers((1, "148.00")))
    assert error["field"] == "fallback_tiers"
    assert "min_group" in error["expected"]


def test_fallback_tiers_at_the_edge_are_accepted():
    assert terms(fallback_tiers=tiers((1, "300.00"), (6, "148.00"), (9, "128.00")))


def test_a_fallback_tier_changes_no_price_of_the_offer():
    assert terms(fallback_tiers=tiers((6, "148.00"))).price_at(7) == cny("128.00")


def test_terms_are_stored_and_read_as_they_are():
    made = terms(
        release=(ReleaseStage(Stage.SESSION, 10_000),),
        shares=Shares(9000, 600, 300, 100),
        cancellation=Cancellation(steps((48.5, 9000)), 1, 2, 3),
        fallback_tiers=tiers((6, "148.00")),
    )
    assert terms_of(terms_values(made)) == made


def test_terms_of_the_first_version_are_read_with_the_defaults():
    stored = terms_values(terms())
    old = {name: stored[name] for name in stored if name not in ("shares", "cancellation", "fallback_tiers")}
    assert terms_of(old) == terms()
    assert terms_of(old).cancellation == DEFAULT_CANCELLATION
    assert terms_of(old).release == DEFAULT_RELEASE
