from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain import ledger
from services.campaign.domain.model import ReleaseStage, Tier
from services.campaign.domain.pricing import charged, difference, final_price, next_tier, price_at, quote
from services.kernel.money import Money
from tests.builders_campaign import Desk, Town


def cny(minor):
    return Money(minor, "CNY")


TIERS = (Tier(10, cny(12800)), Tier(20, cny(11800)), Tier(30, cny(10800)))


def a_campaign(**changes):
    desk = Desk()
    return replace(desk.campaign_of_match(Town(desk).match_id), **changes)


def a_commitment(price, seats=1):
    desk = Desk()
    town = Town(desk, seats=100, tiers=((1, str(price)),))
    town.open()
    town.reserve(seats)
    return next(iter(desk.uow.commitments.rows.values()))


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


def test_nobody_pays_more_than_was_quoted():
    early, late = a_commitment("128.00", 3), a_commitment("118.00", 2)
    assert charged(early, cny(11800)) == cny(11800)
    assert difference(early, cny(11800)) == cny(3000)
    # Others dropped out and the tier was lost: the supplier bears it.
    assert charged(late, cny(12800)) == cny(11800)
    assert difference(late, cny(12800)) == cny(0)


STAGES = ("confirmed", "delivered", "accepted")
PLANS = st.lists(st.integers(0, 10000), min_size=2, max_size=2).map(sorted)


@given(PLANS, st.integers(0, 10**9))
def test_the_parts_of_a_release_sum_to_the_net_to_the_fen(cuts, net):
    shares = (cuts[0], cuts[1] - cuts[0], 10000 - cuts[1])
    plan = tuple(ReleaseStage(stage, share) for stage, share in zip(STAGES, shares, strict=True))
    parts = [ledger.due_at(plan, stage, cny(net)).minor for stage in STAGES]
    assert sum(parts) == net
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - net * share / 10000) < 1


def test_a_stage_that_the_plan_does_not_name_gets_nothing():
    assert ledger.due_at((ReleaseStage("accepted", 10000),), "confirmed", cny(100)) == cny(0)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz"), st.integers(1, 10**6)), max_size=20))
def test_balances_always_sum_to_zero(moves):
    campaign = a_campaign()
    moved = [replace(ledger.release(campaign, "confirmed", cny(n)), debit=one, credit=other) for one, other, n in moves]
    assert sum(ledger.balances(moved).values()) == 0
