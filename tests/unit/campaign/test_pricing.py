from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain.ledger import Transfer, balances
from services.campaign.domain.pricing import final_price, next_tier, price_at, quote
from services.campaign.domain.terms import Tier
from services.kernel.ids import new_id
from services.kernel.money import Money
from tests.builders_campaign import Desk, Town


def cny(minor):
    return Money(minor, "CNY")


TIERS = (Tier(10, cny(12800)), Tier(20, cny(11800)), Tier(30, cny(10800)))


def a_campaign(**changes):
    desk = Desk()
    return replace(desk.campaign_of_match(Town(desk).match_id), **changes)


@pytest.mark.parametrize(
    ("seats", "minor"),
    [(0, 12800), (9, 12800), (10, 12800), (19, 12800), (20, 11800), (29, 11800), (30, 10800), (99, 10800)],
)
def test_the_price_is_that_of_the_tier_that_the_seats_reached(seats, minor):
    assert price_at(TIERS, seats) == cny(minor)


def test_the_quote_counts_what_is_taken_and_what_is_asked_for():
    campaign = a_campaign(reserved_seats=5, paid_seats=12)
    assert quote(campaign, 2) == cny(12800)
    assert quote(campaign, 3) == cny(11800)


def test_the_final_price_counts_paid_seats_only():
    assert final_price(a_campaign(reserved_seats=20, paid_seats=10)) == cny(12800)


def test_the_next_tier_is_the_next_lower_price_within_the_capacity():
    assert next_tier(a_campaign(paid_seats=0)) == TIERS[1]
    assert next_tier(a_campaign(paid_seats=20)) == TIERS[2]
    assert next_tier(a_campaign(paid_seats=20, max_seats=29)) is None
    assert next_tier(a_campaign(paid_seats=30)) is None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz"), st.integers(1, 10**6)), max_size=20))
def test_balances_always_sum_to_zero(moves):
    moved = [Transfer(new_id(), str(new_id()), "release", one, other, cny(n), None) for one, other, n in moves]
    assert sum(balances(moved).values()) == 0
