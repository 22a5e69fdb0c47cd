"""Durable timers on a real PostgreSQL: once, also with several schedulers, after downtime and after failures."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import eventlet
import pytest

from services.chassis.context import current_context, working_for
from services.chassis.scheduler import Scheduler
from services.kernel.clock import VirtualClock
from services.kernel.errors import NotFoundError
from tests.integration.chassis.shop import eventually, running

NOON = datetime(2026, 5, 11, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def set_timer(shop, key, due_at, command="sell", **payload):
    with shop.new_uow() as uow:
        uow.timers.set(key, due_at, command, payload)
        uow.commit()


def sell(payload, uow):
    """A command that leaves a trace in the database: an event, whose number says which timer it was."""
    uow.outbox.add("sold.v1", "tea", {"number": payload["number"]})


def sold(shop):
    return Counter(int(row["body"].partition('"number":')[2].partition("}")[0]) for row in shop.rows("outbox"))


@pytest.fixture
def still(make_shop):
    """A shop whose clock stands still at noon."""
    return make_shop(clock=VirtualClock(NOON))


def test_a_timer_fires_when_its_time_has_come_and_not_before(still):
    set_timer(still, "a", NOON + HOUR, number=1)
    scheduler = Scheduler(still.environment, still.Uow, {"sell": sell})
    assert not scheduler.work()
    still.clock.move_to(NOON + HOUR)
    assert scheduler.work()
    assert not scheduler.work()
    assert sold(still) == {1: 1}


def test_a_moving_clock_wakes_the_scheduler(still):
    set_timer(still, "a", NOON + HOUR, number=1)
    with running(Scheduler(still.environment, still.Uow, {"sell": sell})):
        eventlet.sleep(0.1)
        assert not sold(still)
        still.clock.move_to(NOON + HOUR)
        eventually(lambda: sold(still), 0.5)


def test_a_timer_of_the_real_clock_fires_on_time(shop):
    due = datetime.now(UTC) + timedelta(seconds=0.4)
    with running(Scheduler(shop.environment, shop.Uow, {"sell": sell})):
        eventlet.sleep(0.05)
        set_timer(shop, "a", due, number=1)
        eventually(lambda: sold(shop))
        assert timedelta() <= datetime.now(UTC) - due < timedelta(seconds=0.3)


def test_several_schedulers_fire_each_timer_once(shop):
    for number in range(120):
        set_timer(shop, f"t{number}", datetime.now(UTC), number=number)
    schedulers = [Scheduler(shop.another_process(), shop.Uow, {"sell": sell}) for _ in range(6)]
    with running(*schedulers):
        eventually(lambda: not shop.rows("timers"))
    assert sold(shop) == dict.fromkeys(range(120), 1)


def test_timers_that_came_due_while_nothing_ran_fire_in_their_order(still):
    for number in (3, 1, 2):
        set_timer(still, f"t{number}", NOON + number * HOUR, number=number)
    still.clock.move_to(NOON + 24 * HOUR)
    scheduler = Scheduler(still.another_process(), still.Uow, {"sell": sell})
    while scheduler.work():
        pass
    numbers = [row["body"].partition('"number":')[2][0] for row in still.rows("outbox", "position")]
    assert numbers == ["1", "2", "3"]


def test_a_failing_command_leaves_nothing_behind_and_is_tried_again_later(still):
    def fail_twice(payload, uow):
        sell(payload, uow)
        if still.rows("timers")[0]["attempts"] < 2:
            raise NotFoundError("not known here yet")

    set_timer(still, "a", NOON, number=1)
    scheduler = Scheduler(still.environment, still.Uow, {"sell": fail_twice})
    assert scheduler.work()
    (timer,) = still.rows("timers")
    assert (timer["attempts"], timer["last_error"]) == (1, "NotFoundError")
    assert timer["retry_at"] == NOON + timedelta(seconds=1)
    assert not sold(still)
    assert not scheduler.work()
    for _ in range(2):
        still.clock.move_to(still.environment.next_due(still.service))
        assert scheduler.work()
    assert sold(still) == {1: 1}
    assert still.rows("timers") == []


def test_a_failing_timer_does_not_hold_up_the_others(still):
    set_timer(still, "a", NOON, "fail")
    set_timer(still, "b", NOON, number=2)
    with running(Scheduler(still.environment, still.Uow, {"sell": sell, "fail": lambda payload, uow: 1 / 0})):
        eventually(lambda: sold(still))
    assert [row["key"] for row in still.rows("timers")] == ["a"]


def test_an_unknown_command_is_kept_for_the_version_that_knows_it(still):
    set_timer(still, "a", NOON, "unheard_of")
    assert Scheduler(still.environment, still.Uow, {}).work()
    assert still.rows("timers")[0]["last_error"] == "KeyError"


def test_a_timer_moved_while_its_command_failed_stays_moved(still):
    def move_and_fail(payload, uow):
        uow.rollback()  # the row is free again, as after a crash
        set_timer(still, "a", NOON + HOUR, number=2)
        raise NotFoundError("too early")

    set_timer(still, "a", NOON, number=1)
    Scheduler(still.environment, still.Uow, {"sell": move_and_fail}).work()
    (timer,) = still.rows("timers")
    assert (timer["due_at"], timer["attempts"], timer["payload"]) == (NOON + HOUR, 0, {"number": 2})


def test_a_command_may_set_its_own_timer_again(still):
    def every_hour(payload, uow):
        uow.timers.set("a", uow.clock.now() + HOUR, "sell", payload)

    set_timer(still, "a", NOON, number=1)
    assert Scheduler(still.environment, still.Uow, {"sell": every_hour}).work()
    assert still.rows("timers")[0]["due_at"] == NOON + HOUR


def test_a_timer_that_is_kept_stays_where_it_is_and_is_set_if_there_is_none(still):
    for number, due_at in ((1, NOON), (2, NOON + HOUR)):
        with still.new_uow() as uow:
            uow.timers.keep("a", due_at, "sell", {"number": number})
            uow.commit()
    scheduler = Scheduler(still.environment, still.Uow, {"sell": sell})
    assert scheduler.work()
    assert not scheduler.work()
    assert sold(still) == {1: 1}


def test_a_cancelled_timer_never_fires(still):
    set_timer(still, "a", NOON, number=1)
    with still.new_uow() as uow:
        uow.timers.cancel("a")
        uow.commit()
    assert not Scheduler(still.environment, still.Uow, {"sell": sell}).work()


def test_a_timer_belongs_to_the_conversation_that_set_it(still):
    seen = []
    with working_for("conversation-7"):
        set_timer(still, "a", NOON)
    Scheduler(still.environment, still.Uow, {"sell": lambda p, uow: seen.append(current_context())}).work()
    assert seen[0].correlation_id == "conversation-7"


def test_a_scheduler_outlives_the_loss_of_its_database(shop):
    shop.run(f'ALTER TABLE "{shop.service}".timers RENAME TO gone')
    with running(Scheduler(shop.environment, shop.Uow, {"sell": sell})):
        eventlet.sleep(0.3)
        shop.run(f'ALTER TABLE "{shop.service}".gone RENAME TO timers')
        set_timer(shop, "a", datetime.now(UTC), number=1)
        eventually(lambda: sold(shop), 5)


def test_the_environment_knows_what_is_due_and_when_it_is_idle(still):
    environment = still.environment
    assert environment.next_due(still.service) is None
    assert environment.idle()
    set_timer(still, "a", NOON + HOUR, number=1)
    assert environment.next_due(still.service) == NOON + HOUR
    assert environment.due_timers(NOON) == 0
    assert environment.due_timers(NOON + HOUR) == 1
    assert environment.idle()
    still.clock.move_to(NOON + HOUR)
    assert not environment.idle()
    Scheduler(environment, still.Uow, {"sell": sell}).work()
    assert environment.unsent_events() == 1
    assert not environment.idle()
