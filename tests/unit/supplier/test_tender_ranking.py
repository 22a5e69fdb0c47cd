"""The ranking of bids: its parts add up, and whoever lowers a price never ranks lower."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.kernel.money import Money
from services.supplier.domain.matching import Fit
from services.supplier.domain.tender_ranking import Entry, Part, rank_bids
from services.supplier.domain.tender_rules import WHOLE, Weights
from services.supplier.domain.tender_words import sentence_of
from services.supplier.domain.terms import Tier
from tests.builders_supplier import candidate, ready_pool, slot, span
from tests.effort import EFFORT
from tests.fakes.chassis import MONDAY

NAMES = list(Weights().parts)
POOL = ready_pool(10, 8)
EXAMPLES = max(1, round(25 * EFFORT))


def entry(first=12_000, second=10_000, *, low=None, grade=None, km=1.0, hour=2, minutes=150, minimum=10, people=18):
    prices = (Tier(minimum, Money(first, "CNY")), Tier(minimum + 5, Money(min(first, second), "CNY")))
    made = candidate(low=low, min_group=minimum, tiers=prices)
    at = slot(made.offer.offer_id, span(hour=hour, minutes=minutes))
    return Entry(new_id(), Fit(made, POOL.communities, people, 30, at, km), MONDAY, grade)


def ranked(*entries, weights=Weights(), unfit=None):
    return rank_bids(POOL, entries, unfit or {}, weights, MONDAY)


@st.composite
def entries(draw):
    return entry(
        draw(st.integers(1, 20_000)),
        draw(st.integers(1, 20_000)),
        low=draw(st.none() | st.floats(1, 5)),
        grade=draw(st.sampled_from([None, "a", "b", "c", "probation"])),
        km=draw(st.floats(0, 80)),
        hour=draw(st.integers(0, 8)),
        minutes=draw(st.integers(120, 300)),
        minimum=draw(st.integers(1, 18)),
        people=draw(st.sampled_from([10, 18])),
    )


@st.composite
def weightings(draw):
    cuts = sorted(draw(st.lists(st.integers(0, WHOLE), min_size=len(NAMES) - 1, max_size=len(NAMES) - 1)))
    bounds = [0, *cuts, WHOLE]
    return Weights(**{name: bounds[i + 1] - bounds[i] for i, name in enumerate(NAMES)})


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(entries(), min_size=1, max_size=6), weightings())
def test_the_total_is_the_sum_of_the_parts_and_the_order_is_that_of_the_totals(bids, weights):
    found = ranked(*bids, weights=weights)
    assert [one.rank for one in found] == list(range(1, len(bids) + 1))
    for one in found:
        assert one.total == sum(part.points * part.weight // WHOLE for part in one.parts)
        assert [part.name for part in one.parts] == NAMES
        assert all(0 <= part.points <= WHOLE for part in one.parts)
        assert all(sentence_of(part).zh and sentence_of(part).en for part in one.parts)
    totals = [one.total for one in found]
    assert totals == sorted(totals, reverse=True)
    assert 0 <= min(totals) <= max(totals) <= WHOLE


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(entries(), min_size=2, max_size=5), weightings(), st.data())
def test_who_lowers_a_price_all_else_equal_never_ranks_lower(bids, weights, data):
    index = data.draw(st.integers(0, len(bids) - 1))
    less = data.draw(st.integers(1, 20_000))
    mine = bids[index]
    offer = mine.fit.candidate.offer
    cheaper = tuple(Tier(tier.seats, Money(max(1, tier.price.minor - less), "CNY")) for tier in offer.terms.tiers)
    lowered = replace(offer, terms=replace(offer.terms, tiers=cheaper))
    after = replace(mine, fit=replace(mine.fit, candidate=replace(mine.fit.candidate, offer=lowered)))

    def rank_of(those):
        return next(one.rank for one in ranked(*those, weights=weights) if one.bid_id == mine.bid_id)

    assert rank_of([*bids[:index], after, *bids[index + 1 :]]) <= rank_of(bids)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(entries(), min_size=1, max_size=5), st.randoms())
def test_the_order_in_which_bids_are_read_does_not_matter(bids, random):
    shuffled = list(bids)
    random.shuffle(shuffled)
    assert ranked(*bids) == ranked(*shuffled)


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        ("people", {"people": 18}, {"people": 10}),
        ("price_expected", {"second": 9_000}, {"second": 9_001}),
        ("price_minimum", {"first": 11_000}, {"first": 12_500}),
        ("distance", {"km": 1.0}, {"km": 4.0}),
        ("slot", {"minutes": 120}, {"minutes": 180}),
        ("slot", {"hour": 2}, {"hour": 8}),
        ("grade", {"grade": "a"}, {"grade": "b"}),
        ("grade", {"grade": "probation"}, {"grade": "c"}),
        ("reliability", {"low": 4.0}, {"low": 3.0}),
        ("reliability", {"low": 1.5}, {"low": None}),
    ],
)
def test_each_part_tells_the_better_of_two(name, better, worse):
    alone = Weights(**{one: WHOLE if one == name else 0 for one in NAMES})
    good, bad = entry(**better), entry(**worse)
    found = ranked(bad, good, weights=alone)
    assert found[0].bid_id == good.bid_id
    assert {part.name: part.place for part in found[1].parts}[name] == 2


def test_of_equal_totals_the_earlier_bid_goes_first():
    first, second = entry(), entry()
    later = replace(first, sealed_at=MONDAY + timedelta(minutes=1))
    assert [one.bid_id for one in ranked(later, second)] == [second.bid_id, first.bid_id]


def test_bids_that_do_not_fit_come_last_with_their_reason():
    unfit = {new_id(): "too_expensive", new_id(): "no_slot"}
    found = ranked(entry(), unfit=unfit)
    assert [(one.rank, one.reason) for one in found] == [(1, None), (None, "too_expensive"), (None, "no_slot")]
    assert ranked(unfit=unfit)[0].rank is None


def test_bids_in_another_currency_than_most_do_not_fit():
    euros = entry()
    prices = tuple(Tier(tier.seats, Money(1, "EUR")) for tier in euros.fit.candidate.offer.terms.tiers)
    terms = replace(euros.fit.candidate.offer.terms, tiers=prices)
    offer = replace(euros.fit.candidate.offer, terms=terms)
    foreign = replace(euros, fit=replace(euros.fit, candidate=replace(euros.fit.candidate, offer=offer)))
    first, second = entry(), entry()
    found = ranked(foreign, first, second)
    assert [one.rank for one in found] == [1, 2, None]
    assert (found[2].bid_id, found[2].reason) == (foreign.bid_id, "other_currency")


def test_weights_add_up_to_the_whole():
    with pytest.raises(InvalidError):
        Weights(people=0)
    with pytest.raises(InvalidError):
        Weights(people=-1, price_expected=5_001)


def test_a_contribution_is_points_times_weight():
    assert Part("people", 5_000, 2_000, {}).contribution == 1_000


def test_the_price_at_the_minimum_is_taken_where_all_bids_take_place():
    small, large = entry(minimum=5, first=13_000, second=9_000), entry(minimum=15, first=10_000)
    facts = {part.name: part.facts for part in ranked(small, large)[0].parts}
    assert facts["price_minimum"]["people"] == 15
