"""Which offers can take the place of one whose supplier withdrew."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.geo import Place
from services.kernel.ids import new_id
from services.kernel.money import Money
from services.kernel.timespan import Timespan
from services.supplier.domain.matches import Share
from services.supplier.domain.matching import Fit, Reason
from services.supplier.domain.model import SupplierState
from services.supplier.domain.replacing import Need, judge_replacement, rank_replacements
from services.supplier.domain.standing import MatchState
from services.supplier.domain.terms import Tier, Where
from services.supplier.domain.vacancies import Vacancy, VacancyState
from tests.builders_supplier import (
    ALL,
    HOME,
    candidate,
    cny,
    match,
    named,
    offer,
    ready_pool,
    slot,
    span,
    supplier,
    tiers,
    weekly,
)
from tests.fakes.chassis import MONDAY

HERE, THERE = new_id(), new_id()
LEFT = match(communities=(Share(HERE, 10), Share(THERE, 8)), state=MatchState.WITHDRAWN, campaign_id=new_id())
NINETEEN_KM, TWENTY_ONE_KM = Place(HOME.lat + 19 / 111.195, HOME.lon), Place(HOME.lat + 21 / 111.195, HOME.lon)
DOLLARS = (Tier(10, Money(1000, "USD")),)


def need(left=LEFT, people=18, seats=30, pool=None, tried=(), gone=()):
    return Need(left, people, seats, pool, frozenset(tried), frozenset(gone))


def pooled(**changes):
    pool = ready_pool(10, 8, community_ids=[HERE, THERE], **changes)
    return need(replace(LEFT, pool_id=pool.pool_id), pool=pool)


def starting(**after):
    when = span()
    return slot(when=Timespan(when.start + timedelta(**after), when.end + timedelta(**after)))


DIRECT = [
    ({}, {"of": supplier(sharing=named(HERE))}, Reason.NOT_SHARED),
    ({}, {"of": supplier(community_id=HERE)}, Reason.NOT_SHARED),
    ({}, {"place": TWENTY_ONE_KM}, Reason.OUT_OF_REACH),
    ({}, {"place": TWENTY_ONE_KM, "where": Where.COMMUNITY, "travel_km": 50.0}, Reason.OUT_OF_REACH),
    ({}, {"place": NINETEEN_KM, "where": Where.COMMUNITY, "travel_km": 18.0}, Reason.OUT_OF_REACH),
    ({}, {"min_group": 19}, Reason.GROUP_TOO_SMALL),
    ({}, {"max_group": 17, "tiers": tiers((10, "99.00"))}, Reason.GROUP_TOO_LARGE),
    ({}, {"required_qualifications": ("insurance",)}, Reason.NOT_QUALIFIED),
    ({}, {"tiers": DOLLARS}, Reason.OTHER_CURRENCY),
    ({}, {"slots": ()}, Reason.NO_SLOT),
    ({}, {"slots": (slot(capacity=17),)}, Reason.NO_SLOT),
    ({}, {"slots": (slot(held=10, confirmed=3),)}, Reason.NO_SLOT),
    ({}, {"slots": (replace(slot(), closed=True),)}, Reason.NO_SLOT),
    ({}, {"slots": (slot(when=span(minutes=149)),)}, Reason.NO_SLOT),
    ({}, {"slots": (starting(hours=24, seconds=1),)}, Reason.NO_SLOT),
    ({}, {"slots": (starting(hours=-24, seconds=-1),)}, Reason.NO_SLOT),
]


@pytest.mark.parametrize(("wanted", "offered", "reason"), DIRECT)
def test_an_offer_that_cannot_replace_another_has_a_reason(wanted, offered, reason):
    assert judge_replacement(need(**wanted), candidate(**offered), MONDAY) is reason


@pytest.mark.parametrize(
    "offered",
    [
        {},
        {"of": supplier(community_id=HERE, sharing=named(THERE))},
        {"place": NINETEEN_KM},
        {"place": NINETEEN_KM, "where": Where.COMMUNITY, "travel_km": 20.0},
        {"min_group": 18},
        {"max_group": 18, "tiers": tiers((10, "99.00"))},
        {"required_qualifications": ("insurance",), "qualified": ("insurance",)},
        {"tiers": tiers((10, "999.00"))},
        {"slots": (slot(capacity=18),)},
        {"slots": (starting(hours=24),)},
        {"slots": (starting(hours=-24),)},
        {"slots": (slot(when=span(minutes=150)),)},
    ],
)
def test_an_offer_replaces_another_up_to_the_very_edge(offered):
    assert isinstance(judge_replacement(need(), candidate(**offered), MONDAY), Fit)


def test_a_slot_that_has_begun_replaces_nothing():
    assert judge_replacement(need(), candidate(), span().start) is Reason.NO_SLOT
    assert isinstance(judge_replacement(need(), candidate(), span().start - timedelta(seconds=1)), Fit)


def test_a_course_is_replaced_by_one_of_as_much_time():
    whole, sessions = weekly(3)
    course = replace(LEFT, span=whole, sessions=sessions)
    shorter = slot(when=Timespan(whole.start, whole.end), sessions=sessions[:2])
    assert judge_replacement(need(course), candidate(slots=[shorter]), MONDAY) is Reason.NO_SLOT
    same = slot(when=whole, sessions=sessions)
    assert isinstance(judge_replacement(need(course), candidate(slots=[same]), MONDAY), Fit)


POOLED = [
    ({}, {"place": NINETEEN_KM}, Reason.OUT_OF_REACH),
    ({}, {"slots": (slot(when=span(day=1)),)}, Reason.NO_SLOT),
    ({"minutes": 151}, {}, Reason.NO_SLOT),
    ({"ceiling": cny("127.99")}, {}, Reason.TOO_EXPENSIVE),
]


@pytest.mark.parametrize(("pool", "offered", "reason"), POOLED)
def test_a_pool_still_says_where_when_and_for_how_much(pool, offered, reason):
    assert judge_replacement(pooled(**pool), candidate(**offered), MONDAY) is reason


def test_the_windows_of_a_pool_count_and_not_the_old_slot():
    windows = (Timespan(span(day=7).start, span(day=7).end),)
    offered = candidate(slots=[slot(when=span(day=7, minutes=120))])
    assert isinstance(judge_replacement(pooled(windows=windows), offered, MONDAY), Fit)
    assert judge_replacement(need(), offered, MONDAY) is Reason.NO_SLOT


def test_a_replacement_has_a_seat_for_everybody_and_no_more_than_were_there():
    fit = judge_replacement(need(people=18, seats=25), candidate(), MONDAY)
    assert (fit.people, fit.served, fit.seats, fit.communities) == (18, 18, 25, LEFT.communities)
    sold = judge_replacement(need(people=22, seats=22), candidate(), MONDAY)
    assert (sold.seats, sold.price) == (22, cny("118.00"))


def test_of_several_slots_the_earliest_with_room_is_taken():
    full, late, early = slot(capacity=10), starting(hours=3), starting(hours=2)
    assert judge_replacement(need(seats=18), candidate(slots=[full, late, early]), MONDAY).slot == early


def test_who_withdrew_or_was_asked_before_is_not_asked_again():
    again, other = candidate(), candidate()
    asked = need(tried=[again.offer.offer_id])
    assert [fit.candidate for fit in rank_replacements(asked, [again, other], MONDAY).fits] == [other]
    gone = need(gone=[again.supplier.supplier_id])
    assert [fit.candidate for fit in rank_replacements(gone, [again, other], MONDAY).fits] == [other]
    assert rank_replacements(gone, [again], MONDAY).reasons == {"no_offer": 1}


def test_other_categories_and_suspended_suppliers_are_not_counted():
    suspended = candidate(supplier(sharing=ALL, state=SupplierState.SUSPENDED))
    ranking = rank_replacements(need(), [candidate(category="cleaning"), suspended], MONDAY)
    assert ranking.reasons == {"no_offer": 1}


def test_the_cheaper_comes_first_and_then_the_better():
    dear, cheap, good = candidate(tiers=tiers((10, "199.00"))), candidate(), candidate(low=4.0)
    offered = [dear, cheap, good]
    assert [offered.index(fit.candidate) for fit in rank_replacements(need(), offered, MONDAY).fits] == [2, 1, 0]


def test_reasons_count_each_offer_once():
    ranking = rank_replacements(need(), [candidate(min_group=19), candidate(slots=()), candidate(slots=())], MONDAY)
    assert (ranking.fits, ranking.reasons) == ((), {"group_too_small": 1, "no_slot": 2})


capacities = st.integers(0, 40).map(lambda taken: slot(capacity=40, held=taken))


@given(st.integers(1, 40), st.integers(0, 20), st.lists(capacities, max_size=4), st.integers(1, 20))
def test_whatever_is_offered_serves_everybody_or_nobody(people, spare, slots, least):
    wanted = need(people=people, seats=people + spare)
    offered = candidate(slots=slots, min_group=least, max_group=30, tiers=tiers((1, "99.00")))
    verdict = judge_replacement(wanted, offered, MONDAY)
    if isinstance(verdict, Fit):
        assert least <= people <= verdict.seats <= min(verdict.slot.free, 30, people + spare)


def test_a_confirmed_campaign_needs_what_it_sold_and_an_open_one_what_it_may_become():
    sold = match(state=MatchState.WITHDRAWN, campaign_id=new_id(), sold=25)
    assert Vacancy.of(sold) == Vacancy(sold.match_id, sold.campaign_id, "pottery", VacancyState.OPEN, 25, 25)
    selling = match(state=MatchState.WITHDRAWN, campaign_id=new_id())
    assert (Vacancy.of(selling).people, Vacancy.of(selling).seats) == (18, 30)
    crowded = replace(selling, people=40)
    assert (Vacancy.of(crowded).people, Vacancy.of(crowded).seats) == (30, 30)


def test_a_vacancy_knows_what_still_suits_it():
    vacancy = Vacancy.of(match(state=MatchState.WITHDRAWN, campaign_id=new_id())).needs(25)
    assert vacancy.suits(match(seats=25))
    assert not vacancy.suits(match(seats=24))
    assert not vacancy.suits(match(seats=30, offer=offer(min_group=26).snapshot))
