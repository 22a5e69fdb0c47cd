"""Which offers fit a pool and in what order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.geo import Place
from services.kernel.ids import new_id
from services.kernel.money import Money
from services.kernel.timespan import Timespan
from services.supplier.domain.matching import Fit, Reason, judge, rank_offers
from services.supplier.domain.model import Sharing, SupplierState
from services.supplier.domain.terms import Where
from tests.builders_supplier import (
    ALL,
    HOME,
    SATURDAY,
    candidate,
    cny,
    named,
    ready_pool,
    slot,
    span,
    supplier,
    tiers,
    weekly,
)
from tests.fakes.chassis import MONDAY

FAR = Place(31.30, 121.60)  # 14 km from HOME
PRIVATE = supplier()


def test_an_offer_that_clears_every_hurdle_fits():
    fit = judge(ready_pool(10, 8), candidate(), MONDAY)
    assert (fit.people, fit.served, fit.seats, fit.price) == (18, 18, 30, cny("128.00"))


@pytest.mark.parametrize(
    ("pool", "offered", "reason"),
    [
        ({}, {"of": PRIVATE}, Reason.NOT_SHARED),
        ({}, {"place": FAR}, Reason.OUT_OF_REACH),
        ({}, {"place": FAR, "where": Where.COMMUNITY, "travel_km": 13.0}, Reason.OUT_OF_REACH),
        ({}, {"min_group": 19, "max_group": 30}, Reason.GROUP_TOO_SMALL),
        ({}, {"required_qualifications": ("insurance",)}, Reason.NOT_QUALIFIED),
        ({}, {"slots": ()}, Reason.NO_SLOT),
        ({}, {"slots": (slot(when=span(day=1)),)}, Reason.NO_SLOT),
        ({}, {"slots": (slot(when=span(minutes=119)),)}, Reason.NO_SLOT),
        ({}, {"slots": (slot(held=15, confirmed=6),)}, Reason.NO_SLOT),
        ({"minutes": 151}, {}, Reason.NO_SLOT),
        ({"ceiling": cny("127.99")}, {}, Reason.TOO_EXPENSIVE),
        ({"ceiling": Money(99_999, "EUR")}, {}, Reason.TOO_EXPENSIVE),
    ],
)
def test_an_offer_that_does_not_fit_has_a_reason(pool, offered, reason):
    assert judge(ready_pool(10, 8, **pool), candidate(**offered), MONDAY) is reason


@pytest.mark.parametrize(
    ("pool", "offered"),
    [
        ({}, {"min_group": 18}),
        ({}, {"where": Where.COMMUNITY, "place": FAR, "travel_km": 15.0}),
        ({}, {"required_qualifications": ("insurance",), "qualified": ("insurance", "licence")}),
        ({}, {"slots": (slot(when=span(minutes=120)),)}),
        ({}, {"slots": (slot(held=15, confirmed=5),)}),
        ({"minutes": 150}, {}),
        ({"ceiling": cny("128.00")}, {}),
        ({"ceiling": None}, {"tiers": tiers((1, "9999.00"))}),
    ],
)
def test_an_offer_fits_up_to_the_very_edge(pool, offered):
    assert isinstance(judge(ready_pool(10, 8, **pool), candidate(**offered), MONDAY), Fit)


def test_a_slot_that_has_begun_does_not_fit():
    assert judge(ready_pool(12), candidate(), span().start) is Reason.NO_SLOT
    assert isinstance(judge(ready_pool(12), candidate(), span().start - timedelta(seconds=1)), Fit)


def test_a_slot_across_two_windows_does_not_fit():
    windows = (Timespan(SATURDAY.replace(hour=0), SATURDAY.replace(hour=3)),)
    windows += (Timespan(SATURDAY.replace(hour=3), SATURDAY.replace(hour=9)),)
    assert judge(ready_pool(12, windows=windows), candidate(), MONDAY) is Reason.NO_SLOT


def test_a_course_fits_where_people_have_time_for_each_of_its_sessions():
    whole, sessions = weekly(3)
    offered = candidate(slots=[slot(when=whole, sessions=sessions)])
    saturdays = tuple(Timespan(one.start - timedelta(hours=1), one.end + timedelta(hours=1)) for one in sessions)
    assert isinstance(judge(ready_pool(12, windows=saturdays), offered, MONDAY), Fit)
    assert judge(ready_pool(12, windows=saturdays[:2]), offered, MONDAY) is Reason.NO_SLOT
    assert judge(ready_pool(12, windows=saturdays, minutes=151), offered, MONDAY) is Reason.NO_SLOT


def test_only_the_communities_that_see_the_supplier_are_served():
    home, friend, stranger = new_id(), new_id(), new_id()
    studio = supplier(community_id=home, sharing=named(friend))
    pool = ready_pool(6, 5, 30, community_ids=[home, friend, stranger])
    fit = judge(pool, candidate(studio), MONDAY)
    assert [share.community_id for share in fit.communities] == [home, friend]
    assert fit.people == 11


def test_the_price_is_that_of_the_people_who_find_a_seat():
    offered = candidate(slots=[slot(capacity=15)])
    fit = judge(ready_pool(40), offered, MONDAY)
    assert (fit.served, fit.seats, fit.price) == (15, 15, cny("128.00"))
    assert judge(ready_pool(40), candidate(slots=[slot(capacity=99)]), MONDAY).price == cny("108.00")


def test_the_slot_that_serves_most_is_taken_and_then_the_earlier():
    small, late, early = slot(capacity=10), slot(when=span(hour=6)), slot(when=span(hour=5))
    assert judge(ready_pool(20), candidate(slots=[small, late, early]), MONDAY).slot == early


def ranked(pool, *candidates):
    fits = rank_offers(pool, candidates, MONDAY).fits
    return [candidates.index(fit.candidate) for fit in fits]


def test_more_people_come_before_a_lower_price():
    assert ranked(ready_pool(20), candidate(slots=[slot(capacity=10)], tiers=tiers((1, "1.00"))), candidate()) == [1, 0]


def test_a_lower_price_comes_before_a_better_score():
    assert ranked(ready_pool(20), candidate(low=4.9), candidate(tiers=tiers((1, "99.00")))) == [1, 0]


def test_a_better_score_comes_before_a_nearer_place():
    near, far = candidate(low=3.0), candidate(low=4.0, place=Place(31.25, 121.48))
    assert ranked(ready_pool(20), near, far) == [1, 0]


def test_a_nearer_place_comes_before_an_earlier_time():
    late, early = slot(when=span(hour=6)), slot(when=span(hour=1))
    far = candidate(place=Place(31.25, 121.48), slots=[early])
    assert ranked(ready_pool(20), far, candidate(slots=[late])) == [1, 0]


def test_an_earlier_time_comes_first_where_all_else_is_equal():
    late, early = candidate(slots=[slot(when=span(hour=6))]), candidate(slots=[slot(when=span(hour=1))])
    assert ranked(ready_pool(20), late, early) == [1, 0]


def test_a_supplier_without_reviews_comes_after_one_with_some():
    assert ranked(ready_pool(20), candidate(), candidate(low=1.0)) == [1, 0]


def test_an_unknown_category_and_a_suspended_supplier_are_no_offers():
    suspended = supplier(sharing=ALL, state=SupplierState.SUSPENDED)
    ranking = rank_offers(ready_pool(20), [candidate(category="cleaning"), candidate(suspended)], MONDAY)
    assert ranking.reasons == {"no_offer": 1}


def test_reasons_count_each_offer_once():
    hidden, dear, far = candidate(PRIVATE), candidate(tiers=tiers((1, "900.00"))), candidate(place=FAR)
    ranking = rank_offers(ready_pool(20), [hidden, dear, dear, far], MONDAY)
    assert ranking.reasons == {"not_shared": 1, "out_of_reach": 1, "too_expensive": 2}
    assert ranking.fits == ()


# Properties: whatever the offers are, these hold.

places = st.builds(Place, st.floats(31.15, 31.31), st.floats(121.40, 121.55))
slots = st.builds(
    lambda hour, minutes, capacity, held: slot(when=span(hour=hour, minutes=minutes), capacity=capacity, held=held),
    st.integers(0, 12),
    st.integers(60, 240),
    st.integers(10, 60),
    st.integers(0, 10),
)


@st.composite
def candidates(draw, communities):
    sharing = draw(st.sampled_from([Sharing(), ALL, named(communities[0]), named(*communities)]))
    prices = sorted(draw(st.lists(st.integers(1, 20_000), min_size=3, max_size=3)), reverse=True)
    return candidate(
        supplier(community_id=draw(st.sampled_from([*communities, new_id()])), sharing=sharing),
        slots=draw(st.lists(slots, max_size=4)),
        low=draw(st.none() | st.floats(1, 5)),
        place=draw(places),
        tiers=tiers(*((seats, str(price)) for seats, price in zip((5, 15, 25), prices, strict=True))),
        min_group=draw(st.integers(5, 12)),
        max_group=draw(st.integers(25, 50)),
        required_qualifications=draw(st.sampled_from([(), ("insurance",)])),
        qualified=draw(st.sampled_from([(), ("insurance",)])),
    )


@st.composite
def situations(draw):
    communities = [new_id() for _ in range(draw(st.integers(1, 4)))]
    people = [draw(st.integers(1, 20)) for _ in communities]
    ceiling = draw(st.none() | st.integers(1, 20_000).map(lambda price: cny(str(price))))
    pool = ready_pool(*people, community_ids=communities, ceiling=ceiling)
    return pool, draw(st.lists(candidates(communities), max_size=6))


@settings(max_examples=30, deadline=None)
@given(situations())
def test_every_offer_is_either_a_fit_or_a_reason(situation):
    pool, offered = situation
    ranking = rank_offers(pool, offered, MONDAY)
    if offered:
        assert len(ranking.fits) + sum(ranking.reasons.values()) == len(offered)
    else:
        assert ranking.reasons == {"no_offer": 1}


@settings(max_examples=30, deadline=None)
@given(situations(), st.randoms())
def test_the_order_does_not_depend_on_the_order_of_the_offers(situation, random):
    pool, offered = situation
    shuffled = list(offered)
    random.shuffle(shuffled)
    assert rank_offers(pool, shuffled, MONDAY) == rank_offers(pool, offered, MONDAY)


@settings(max_examples=30, deadline=None)
@given(situations())
def test_every_fit_keeps_what_the_pool_and_the_offer_ask_for(situation):
    pool, offered = situation
    for fit in rank_offers(pool, offered, MONDAY).fits:
        terms = fit.candidate.offer.terms
        assert all(fit.candidate.supplier.is_visible_in(share.community_id) for share in fit.communities)
        assert set(fit.communities) <= set(pool.communities)
        assert terms.min_group <= fit.people
        assert terms.min_group <= fit.seats <= min(terms.max_group, fit.slot.free)
        assert fit.served <= fit.seats
        assert pool.ceiling is None or fit.price <= pool.ceiling
        assert pool.area.contains(terms.place)
        assert all(any(window.contains(part) for window in pool.windows) for part in fit.slot.sessions)
        assert fit.slot in fit.candidate.slots


@settings(max_examples=30, deadline=None)
@given(situations())
def test_no_fit_serves_fewer_people_than_the_next(situation):
    pool, offered = situation
    served = [fit.served for fit in rank_offers(pool, offered, MONDAY).fits]
    assert served == sorted(served, reverse=True)


@settings(max_examples=30, deadline=None)
@given(situations())
def test_more_sharing_never_costs_a_supplier_its_fit(situation):
    pool, offered = situation
    before = {fit.candidate.offer.offer_id for fit in rank_offers(pool, offered, MONDAY).fits}
    shared = [replace(one, supplier=replace(one.supplier, sharing=ALL)) for one in offered]
    after = {fit.candidate.offer.offer_id for fit in rank_offers(pool, shared, MONDAY).fits}
    assert before <= after


def test_home_is_where_the_pool_is():
    assert judge(ready_pool(12), candidate(), MONDAY).distance_km == HOME.distance_km(HOME) == 0
