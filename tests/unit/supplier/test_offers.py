"""What an offer may promise."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.money import Money
from services.kernel.timespan import Timespan
from services.supplier.domain.conditions import ReleaseStage, Stage
from services.supplier.domain.errors import OfferWithdrawnError
from services.supplier.domain.offers import OfferState, check_slot
from services.supplier.domain.terms import Tier, Where
from tests.builders_supplier import cny, offer, slot, span, terms, tiers, weekly
from tests.fakes.chassis import MONDAY


def release(*shares):
    return tuple(ReleaseStage(Stage(stage), share) for stage, share in shares)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tiers": ()}, "tiers"),
        ({"tiers": tiers(*[(n, "1.00") for n in range(1, 52)])}, "tiers"),
        ({"tiers": tiers((11, "128.00"))}, "tiers.0.seats"),
        ({"tiers": tiers((0, "128.00"))}, "tiers.0.seats"),
        ({"tiers": tiers((10, "128.00"), (10, "118.00"))}, "tiers.1.seats"),
        ({"tiers": tiers((10, "128.00"), (9, "118.00"))}, "tiers.1.seats"),
        ({"tiers": tiers((10, "128.00"), (31, "118.00"))}, "tiers.1.seats"),
        ({"tiers": tiers((10, "128.00"), (20, "128.01"))}, "tiers.1.price"),
        ({"tiers": tiers((10, "0.00"))}, "tiers.0.price"),
        ({"tiers": tiers((10, "-1.00"))}, "tiers.0.price"),
        ({"tiers": (Tier(10, cny("9.00")), Tier(20, Money(100, "USD")))}, "tiers.1.price.currency"),
        ({"min_group": 0}, "min_group"),
        ({"min_group": 31}, "max_group"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 14 * 24 * 60 + 1}, "minutes"),
        ({"acceptance_hours": -1}, "acceptance_hours"),
        ({"acceptance_hours": 2160.5}, "acceptance_hours"),
        ({"acceptance_hours": float("nan")}, "acceptance_hours"),
        ({"travel_km": 3.0}, "travel_km"),
        ({"where": Where.COMMUNITY}, "travel_km"),
        ({"where": Where.COMMUNITY, "travel_km": 0.0}, "travel_km"),
        ({"where": Where.COMMUNITY, "travel_km": float("nan")}, "travel_km"),
        ({"release": ()}, "release"),
        ({"release": release(("confirmed", 9999))}, "release"),
        ({"release": release(("confirmed", 10001))}, "release.0.share_bp"),
        ({"release": release(("confirmed", -1), ("accepted", 10001))}, "release.0.share_bp"),
        ({"release": release(("confirmed", 5000), ("confirmed", 5000))}, "release"),
        ({"release": release(("delivered", 5000), ("confirmed", 5000))}, "release"),
    ],
)
def test_terms_that_cannot_be_kept_are_refused_by_the_name_of_the_field(changes, field):
    with pytest.raises(InvalidError) as refused:
        terms(**changes)
    assert refused.value.detail["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "changes",
    [
        {"tiers": tiers((1, "128.00"))},
        {"tiers": tiers((10, "128.00"), (30, "128.00"))},
        {"min_group": 30},
        {"acceptance_hours": 0},
        {"where": Where.COMMUNITY, "travel_km": 0.5},
        {"release": release(("accepted", 10000))},
        {"release": release(("confirmed", 0), ("delivered", 10000))},
    ],
)
def test_terms_at_the_edge_are_accepted(changes):
    assert terms(**changes)


@pytest.mark.parametrize(
    ("people", "price"), [(1, "128.00"), (10, "128.00"), (19, "128.00"), (20, "118.00"), (99, "108.00")]
)
def test_the_price_is_that_of_the_highest_tier_reached(people, price):
    assert terms().price_at(people) == cny(price)


@given(st.integers(1, 100), st.integers(1, 100))
def test_more_people_never_pay_more_each(few, more):
    few, more = sorted((few, more))
    assert terms().price_at(more) <= terms().price_at(few)


@pytest.mark.parametrize(
    ("when", "capacity", "field"),
    [
        (Timespan(MONDAY, MONDAY + timedelta(hours=3)), 30, "start"),
        (span(minutes=119), 30, "end"),
        (span(), 9, "capacity"),
    ],
)
def test_a_slot_that_could_never_be_used_is_refused(when, capacity, field):
    with pytest.raises(InvalidError) as refused:
        check_slot(terms(), slot(when=when, capacity=capacity), MONDAY)
    assert refused.value.detail["errors"][0]["field"] == field


def test_a_slot_as_long_as_the_service_and_as_large_as_the_smallest_group_is_accepted():
    check_slot(terms(), slot(when=span(minutes=120), capacity=10), MONDAY)


def course(*sessions, when=None):
    whole, weeks = weekly()
    return slot(when=when or whole, sessions=sessions or weeks)


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (course(span(minutes=119), span(day=7)), "sessions.0.end"),
        (course(span(), span(day=7, minutes=30)), "sessions.1.end"),
        (course(span(day=7), span()), "sessions.1.start"),
        (course(span(), span(hour=4)), "sessions.1.start"),
        (course(span(), span()), "sessions.1.start"),
        (course(span(day=-1)), "sessions.0"),
        (course(span(), span(day=15)), "sessions.1"),
        (course(span(day=14, minutes=151)), "sessions.0"),
        (course(*(span(day=day) for day in range(101)), when=Timespan(span().start, span(day=101).end)), "sessions"),
    ],
)
def test_sessions_that_do_not_make_a_course_are_refused_by_the_name_of_the_field(made, field):
    with pytest.raises(InvalidError) as refused:
        check_slot(terms(), made, MONDAY)
    assert refused.value.detail["errors"][0]["field"] == field


def test_a_course_of_a_hundred_sessions_one_right_after_the_other_is_accepted():
    hours = [span(hour=0, minutes=120)]
    while len(hours) < 100:
        hours.append(Timespan(hours[-1].end, hours[-1].end + timedelta(hours=2)))
    check_slot(terms(), course(*hours, when=Timespan(hours[0].start, hours[-1].end)), MONDAY)


def test_the_time_of_a_course_is_that_of_its_sessions():
    assert course().served_time == timedelta(minutes=3 * 150)
    assert slot().served_time == span().length


def test_what_is_neither_held_nor_sold_is_free():
    assert slot(capacity=30, held=7, confirmed=11).free == 12


def test_a_withdrawn_offer_is_withdrawn_once_and_takes_no_slots():
    withdrawn = offer().withdraw()
    assert (withdrawn.state, withdrawn.version) == (OfferState.WITHDRAWN, 2)
    for act in (withdrawn.withdraw, withdrawn.with_slot, withdrawn.require_published):
        with pytest.raises(OfferWithdrawnError) as refused:
            act()
        assert refused.value.detail["state"] == "withdrawn"


def test_the_snapshot_of_an_offer_does_not_follow_it():
    made = offer()
    before = made.snapshot
    assert made.with_slot().snapshot.version == 2
    assert (before.version, before.terms) == (1, made.terms)
