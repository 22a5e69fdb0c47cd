from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain import seats
from services.campaign.domain.errors import FullError
from services.campaign.domain.seats import Shift
from services.kernel.ids import new_id
from tests.builders_campaign import Desk, Town


def a_campaign(**changes):
    desk = Desk()
    return replace(desk.campaign_of_match(Town(desk).match_id), **changes)


def test_the_last_seats_can_be_held_and_no_more():
    campaign = seats.hold(a_campaign(paid_seats=20), 10)
    assert campaign.reserved_seats == 10
    with pytest.raises(FullError) as refused:
        seats.hold(campaign, 1)
    assert refused.value.detail["state"] == "draft"


def test_paying_moves_seats_and_frees_none():
    campaign = seats.pay(seats.hold(a_campaign(), 10), 4)
    assert (campaign.reserved_seats, campaign.paid_seats, campaign.taken_seats) == (6, 4, 10)


@pytest.mark.parametrize("move", [seats.pay, seats.let_go, seats.give_back])
def test_seats_that_nobody_has_cannot_be_moved(move):
    with pytest.raises(ValueError, match="would count"):
        move(a_campaign(), 1)


@given(st.lists(st.tuples(st.sampled_from(["hold", "pay", "let_go", "give_back"]), st.integers(1, 12)), max_size=30))
def test_no_order_of_moves_sells_a_seat_twice(moves):
    campaign = a_campaign()
    for name, count in moves:
        try:
            campaign = getattr(seats, name)(campaign, count)
        except (FullError, ValueError):
            continue
        assert campaign.reserved_seats >= 0
        assert campaign.paid_seats >= 0
        assert campaign.taken_seats <= campaign.max_seats


def test_what_ends_together_is_freed_per_community():
    desk = Desk()
    town = Town(desk)
    town.open()
    for community, count in ((town.a, 2), (town.b, 3), (town.a, 4)):
        town.reserve(count, town.member(community))
    freed = seats.freed(list(desk.uow.commitments.rows.values()))
    assert set(freed) == {Shift(town.a, reserved=-6), Shift(town.b, reserved=-3)}
    assert seats.freed([]) == ()
    assert new_id() not in {shift.community_id for shift in freed}
