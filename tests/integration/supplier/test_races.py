"""What happens at once: parallel transactions on a real PostgreSQL, started together behind a barrier."""

from collections import Counter
from threading import Barrier, Thread

import pytest
from sqlalchemy.exc import IntegrityError

from services.kernel.errors import Refusal
from services.kernel.ids import new_id
from services.supplier.domain.errors import SlotFullError
from services.supplier.domain.matches import SeatChange
from services.supplier.storage import tables
from tests.builders_supplier import pool_data, ready_pool, slot_data

ONE_SEAT = [{"seats": 1, "price": {"amount": "100.00", "currency": "CNY"}}]


def at_once(*works):
    """Run the works in threads that start together; return their results, a refusal as itself."""
    barrier, results = Barrier(len(works)), [None] * len(works)

    def run(index, work):
        barrier.wait()
        try:
            results[index] = work() or "done"
        except Refusal as refusal:
            results[index] = refusal
        except Exception as error:
            results[index] = AssertionError(repr(error))

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not [one for one in results if one is None or isinstance(one, AssertionError)], results
    return results


def small_offer(market, capacity=3, **changes):
    home = market.community()
    slots = [slot_data(capacity=capacity)]
    made = home.offer(home.supplier(), min_group=1, max_group=capacity, tiers=ONE_SEAT, slots=slots, **changes)
    return home, made, {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"]}


def test_twenty_who_want_a_slot_with_room_for_three_get_three_seats(market):
    home, made, wanted = small_offer(market)
    results = at_once(*[lambda: home.ask("propose_match", seats=1, **wanted) for _ in range(20)])
    held = [result for result in results if isinstance(result, dict)]
    assert len(held) == 3
    assert all(isinstance(result, SlotFullError) for result in results if not isinstance(result, dict))
    slot = market.slot(made)
    assert (slot["held"], slot["free"]) == (3, 0)


def test_pools_that_become_ready_at_once_never_hold_more_than_there_is(market):
    home, made, _ = small_offer(market, capacity=5)
    pools = [ready_pool(5, community_ids=[home.community_id], category=market.category) for _ in range(8)]
    at_once(*[lambda pool=pool: market.hear("pool_ready", pool_data(pool)) for pool in pools])
    assert market.slot(made)["held"] == 5
    assert sorted(len(home.matches(pool)) for pool in pools) == [0] * 7 + [1]


def test_pools_and_direct_matches_at_once_share_what_there_is(market):
    home, made, wanted = small_offer(market, capacity=6)
    pools = [ready_pool(3, community_ids=[home.community_id], category=market.category) for _ in range(4)]
    works = [lambda pool=pool: market.hear("pool_ready", pool_data(pool)) for pool in pools]
    works += [lambda: home.ask("propose_match", seats=1, **wanted) for _ in range(6)]
    at_once(*works)
    slot = market.slot(made)
    held = sum(one["seats"] for one in home.ask("list_matches", limit=100)["items"] if one["state"] == "proposed")
    assert slot["held"] == held <= 6


@pytest.mark.parametrize("attempt", range(5))
def test_a_pool_and_an_offer_that_come_at_once_always_meet(market, attempt):
    home = market.community()
    studio = home.supplier()
    pool = ready_pool(12, community_ids=[home.community_id], category=market.category)
    at_once(lambda: market.hear("pool_ready", pool_data(pool)), lambda: home.offer(studio))
    market.fire_due_timers()
    assert len(home.matches(pool)) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_an_expiry_and_an_opening_at_once_leave_the_counters_right(market, attempt):
    home, made, wanted = small_offer(market)
    match = home.ask("propose_match", seats=3, **wanted)
    campaign = market.campaign(match)
    market.clock.pass_(hours=73)
    at_once(lambda: market.hear("campaign_opened", campaign), market.fire_due_timers)
    assert home.ask("get_match", match_id=match["match_id"])["state"] == "proposed"
    assert market.slot(made)["held"] == 3


@pytest.mark.parametrize("attempt", range(3))
def test_offers_published_while_pools_look_for_them_make_nobody_wait_for_each_other(market, attempt):
    """The scheduler holds its timer and wants the category; publishers hold the category and set timers."""
    home = market.community()
    studio = home.supplier()
    pools = [market.pool((home, 4)) for _ in range(4)]
    home.offer(studio)
    at_once(market.fire_due_timers, *[lambda: home.offer(studio) for _ in range(4)])
    market.fire_due_timers()
    assert {event.name for pool in pools for event in market.events_of(pool.pool_id)} == {"pool_unmatched.v1"}


def test_the_same_event_delivered_many_times_at_once_has_one_effect(market):
    home, made, wanted = small_offer(market)
    campaign = market.campaign(home.ask("propose_match", seats=3, **wanted))
    event_id = str(new_id())
    sold = {**campaign, "seats": 2}
    works = [lambda: market.hear("campaign_confirmed", sold, event_id=event_id) for _ in range(6)]
    assert Counter(map(str, at_once(*works)))["True"] == 1
    slot = market.slot(made)
    assert (slot["held"], slot["confirmed"], slot["free"]) == (0, 2, 1)


@pytest.mark.parametrize("attempt", range(3))
def test_a_withdrawal_and_bookings_at_once_leave_no_proposal_of_a_withdrawn_offer(market, attempt):
    home, made, wanted = small_offer(market)
    works = [lambda: home.ask("propose_match", seats=1, **wanted) for _ in range(3)]
    at_once(lambda: home.ask("withdraw_offer", offer_id=made["offer_id"]), *works)
    assert {one["state"] for one in home.ask("list_matches")["items"]} <= {"expired"}
    assert market.slot(made)["held"] == 0


def test_the_database_itself_refuses_a_seat_too_many(market):
    _, made, wanted = small_offer(market)
    with market.new_uow() as uow:
        assert not uow.slots.change(wanted["slot_id"], SeatChange(held=4))
        assert not uow.slots.change(wanted["slot_id"], SeatChange(held=-1))
        with pytest.raises(IntegrityError, match="slots_capacity"):
            uow.connection.execute(
                tables.slots.update().values(held=4).where(tables.slots.c.slot_id == wanted["slot_id"])
            )
    assert market.slot(made)["held"] == 0
