"""Signals that are left open: who is, and how they get into pools in the order in which they came."""

from datetime import timedelta

import pytest

from services.demand import handlers
from services.demand.domain.commands import GatherWaiting
from services.demand.domain.partition import LANES, lane_of
from services.demand.handlers.waiting import AT_ONCE
from services.kernel.errors import InvalidError
from tests.builders_demand import SQUARE, Town, a_signal, north, window
from tests.fakes.demand import FakeDemandUnitOfWork


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


def left_open(town, community, **changes):
    """Place a signal while others are at work in its partition."""
    partition = a_signal(place=SQUARE).partition
    town.uow.pools.busy.add(partition)
    signal = town.place(community, **changes)
    town.uow.pools.busy.clear()
    return signal


def some(community, count, **changes):
    return [a_signal(community.community_id, **changes) for _ in range(count)]


def work_off(town):
    """Do what the queues do: every message once, and those that come of it."""
    done = 0
    while (messages := town.uow.outbox.data_of("signals_waiting.v1"))[done:]:
        for data in messages[done:]:
            handlers.gather_waiting(GatherWaiting(data["partition"]), town.uow)
        done = len(messages)
    return done


def test_a_signal_is_left_open_while_others_are_at_work_and_pooled_afterwards(town):
    community = town.community()
    signal = left_open(town, community)
    assert (signal.state, signal.pool_id) == ("open", None)
    assert town.uow.outbox.names() == ["signal_placed.v1", "signals_waiting.v1"]
    assert work_off(town) == 1
    assert town.current(signal).state == "pooled"
    assert town.pool_of(signal).people == 3


def test_nobody_overtakes_who_waits(town):
    community = town.community()
    first = left_open(town, community)
    second = town.place(community)
    assert second.state == "open"
    work_off(town)
    assert town.pool_of(first) == town.pool_of(second)


def test_a_message_that_is_repeated_or_late_does_no_harm(town):
    community = town.community()
    signal = left_open(town, community)
    command = GatherWaiting(signal.partition)
    handlers.gather_waiting(command, town.uow)
    told = len(town.uow.outbox.events)
    handlers.gather_waiting(command, town.uow)
    handlers.gather_waiting(GatherWaiting("1.1/nothing"), town.uow)
    assert len(town.uow.outbox.events) == told


def test_what_was_forgotten_is_found_by_a_timer(town):
    signal = left_open(town, town.community())
    due, command, payload = town.uow.timers.pending[f"gather_waiting:{signal.signal_id}"]
    assert due == town.uow.clock.now() + timedelta(minutes=1)
    handlers.TIMERS[command](payload, town.uow)
    assert town.current(signal).state == "pooled"


def test_what_was_withdrawn_or_is_out_of_time_is_not_pooled(town):
    community = town.community()
    withdrawn, late = left_open(town, community), left_open(town, community, expires_at="2026-05-12T00:00:00Z")
    town.withdraw(community, withdrawn.signal_id)
    town.uow.clock.pass_(days=2)
    work_off(town)
    assert town.current(withdrawn).state == "withdrawn"
    assert town.current(late).state == "open"
    assert town.uow.pools.rows == {}


def test_an_open_signal_that_is_changed_is_pooled_at_once(town):
    community = town.community()
    signal = left_open(town, community)
    assert town.change(community, signal.signal_id, people=5).state == "pooled"


def test_many_are_placed_together_and_pooled_some_dozens_at_a_time(town):
    community = town.community()
    count = 2 * AT_ONCE + 10
    placed = handlers.place_many([*some(community, count), *some(community, 1, place=north(2000))], town.uow)
    assert {signal.state for signal in placed} == {"open"}
    names = town.uow.outbox.names()
    assert (names.count("signal_placed.v1"), names.count("signals_waiting.v1")) == (count + 1, 2)
    assert work_off(town) == 4
    assert sorted(pool.people for pool in town.uow.pools.rows.values()) == [3, 3 * count]


def test_of_many_none_is_placed_if_one_cannot_be_served(town):
    community = town.community()
    with pytest.raises(InvalidError):
        handlers.place_many([*some(community, 2), a_signal(community.community_id, minutes=500)], town.uow)
    assert town.uow.signals.rows == {}


def test_what_waits_gets_into_the_same_pools_in_whatever_order_the_messages_come(town):
    """The order is that in which the signals came, not that of the messages."""
    found = []
    for turn in (1, -1):
        town = Town(FakeDemandUnitOfWork())
        community = town.community()
        signals = some(community, 20, radius_km=3) + some(community, 20, place=north(5), radius_km=3)
        for signal in signals[::turn]:
            handlers.place_many([signal], town.uow)
        work_off(town)
        found.append(sorted(sorted(s.place.lat for s in town.uow.signals.of_pool(one)) for one in town.uow.pools.rows))
    assert found[0] == found[1]


def test_a_partition_keeps_its_lane():
    assert lane_of("20.58/pottery") == 0, "its messages wait in that queue"
    assert len({lane_of(f"20.58/{number}") for number in range(100)}) == LANES


def test_the_windows_of_those_who_wait_are_looked_at_when_they_are_placed(town):
    with pytest.raises(InvalidError):
        handlers.place_many([a_signal(town.community().community_id, windows=(window(-500),))], town.uow)
