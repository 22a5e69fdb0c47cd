"""The relay on a real PostgreSQL and a real RabbitMQ: nothing lost, nothing skipped, order kept."""

import json
import random
import time
from collections import defaultdict

import eventlet
import pytest
from sqlalchemy import text

from services.chassis.relay import Relay
from tests.integration.chassis.shop import eventually, holders, running


def numbers_by_item(messages):
    """What a consumer sees, repeats left out: the versions of each subject in the order of their first coming."""
    seen, order = set(), defaultdict(list)
    for message in messages:
        wire = json.loads(message.body)
        if wire["id"] not in seen:
            seen.add(wire["id"])
            order[wire["subject"]].append(wire["aggregateversion"])
    return order


def test_an_event_is_published_at_its_commit(make_shop, rabbit, listener):
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)
    with running(Relay(shop.environment, shop.service)):
        eventually(lambda: holders(shop))
        eventlet.sleep(0.1)
        event = shop.sell("tea", 3)
        (message,) = eventually(read, 0.4)
    assert message.properties["message_id"] == event.id
    assert message.properties["delivery_mode"] == 2
    assert message.content_type == "application/cloudevents+json"
    assert message.headers["pinlian-correlation-id"] == event.correlation_id
    assert json.loads(message.body) == event.to_wire()
    assert shop.unsent() == []


def test_a_relay_that_is_killed_in_the_middle_of_a_query_gives_the_lock_back(make_shop, rabbit):
    shop = make_shop(amqp_url=rabbit)
    relay = Relay(shop.environment, shop.service)
    thread = eventlet.spawn(relay.run)
    eventually(lambda: relay.active)
    with shop.engine.begin() as connection:
        connection.execute(text(f'LOCK TABLE "{shop.service}".outbox IN ACCESS EXCLUSIVE MODE'))
        eventlet.sleep(1)  # longer than the relay sleeps: now it waits for the table
        thread.kill()
    eventually(lambda: not holders(shop), 2)


def test_events_of_a_transaction_that_rolled_back_are_never_published(make_shop, rabbit, listener):
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)
    with running(Relay(shop.environment, shop.service)):
        with shop.new_uow() as uow:
            uow.outbox.add("sold.v1", "tea", {"number": 1})
        shop.sell("tea", 2)
        eventually(lambda: shop.rows("outbox") and not shop.unsent())
    assert [json.loads(m.body)["data"] for m in read()] == [{"number": 2}]


@pytest.mark.slow
def test_nothing_is_skipped_and_order_is_kept_under_32_writers(make_shop, rabbit, listener):
    """B8 in small: positions are taken long before their commits, so that they commit out of order."""
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)
    luck, count, writers = random.Random(8), 2_560, 32

    def write(number):
        for turn in range(count // writers):
            item = f"item-{luck.randrange(60)}" if turn % 2 else f"own-{number}-{turn}"
            shop.sell(item, turn, pause=luck.random() * 0.02)

    with running(Relay(shop.environment, shop.service)):
        threads = [eventlet.spawn(write, number) for number in range(writers)]
        for thread in threads:
            thread.wait()
        committed = time.monotonic()
        eventually(lambda: not shop.unsent(), 20)
        assert time.monotonic() - committed < 2
    rows, order = shop.rows("outbox", "position"), numbers_by_item(read())
    assert sum(map(len, order.values())) == len(rows) == count
    assert all(versions == sorted(versions) for versions in order.values())


class Witness:
    """A carrier that takes everything and remembers who brought it."""

    pace = 0.0

    def __init__(self, name, seen):
        self.name = name
        self.seen = seen
        self.new = set()

    def publish(self, rows):
        positions = {row.position for row in rows}
        self.seen.extend((self.name, position) for position in sorted(positions))
        eventlet.sleep(0.002)
        self.new |= positions
        return positions

    def settled(self):
        new, self.new = self.new, set()
        return new

    def close(self):
        self.new = set()


def test_of_two_relays_only_the_holder_of_the_lock_publishes(shop):
    seen = []
    relays = [Relay(shop.another_process(), shop.service, Witness(number, seen)) for number in range(2)]
    with running(*relays):
        for number in range(40):
            shop.sell(f"item-{number % 3}", number)
        eventually(lambda: not shop.unsent())
        assert len(holders(shop)) == 1
        assert [relay.active for relay in relays].count(True) == 1
    assert len({name for name, _ in seen}) == 1
    assert sorted(position for _, position in seen) == [row["position"] for row in shop.rows("outbox", "position")]


def test_a_relay_takes_over_when_the_session_of_the_holder_is_killed(make_shop, rabbit, listener):
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)
    relays = [Relay(shop.another_process(), shop.service) for _ in range(2)]
    with running(*relays):
        for turn in range(4):
            shop.sell("tea", turn)
            (pid,) = eventually(lambda: holders(shop))
            eventually(lambda: [relay.active for relay in relays].count(True) == 1)
            shop.run("SELECT pg_terminate_backend(:pid)", pid=pid)
            eventually(lambda pid=pid: holders(shop) and holders(shop) != [pid])
        shop.sell("tea", 4)
        eventually(lambda: not shop.unsent())
    assert numbers_by_item(read()) == {"tea": [1, 2, 3, 4, 5]}


def test_a_relay_takes_over_while_events_pour_in(make_shop, rabbit, listener):
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)

    def write(number):
        for turn in range(60):
            shop.sell(f"item-{turn % 5}", number, pause=random.random() * 0.01)

    relays = [Relay(shop.another_process(), shop.service) for _ in range(2)]
    with running(*relays):
        threads = [eventlet.spawn(write, number) for number in range(8)]
        for _ in range(5):
            eventlet.sleep(0.15)
            for pid in holders(shop):
                shop.run("SELECT pg_terminate_backend(:pid)", pid=pid)
        for thread in threads:
            thread.wait()
        eventually(lambda: not shop.unsent(), 20)
    order = numbers_by_item(read())
    assert {item: len(versions) for item, versions in order.items()} == {f"item-{n}": 96 for n in range(5)}
    assert all(versions == sorted(versions) for versions in order.values())


def test_what_was_committed_and_not_published_is_published_after_a_restart(make_shop, rabbit, listener):
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)
    for number in range(5):
        shop.sell("tea", number)
    assert len(shop.unsent()) == 5
    with running(Relay(shop.another_process(), shop.service)):
        eventually(lambda: not shop.unsent())
    assert numbers_by_item(read()) == {"tea": [1, 2, 3, 4, 5]}


def test_events_of_another_process_are_found_by_looking(make_shop, rabbit, listener):
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)
    with running(Relay(shop.another_process(), shop.service)):
        eventually(lambda: holders(shop))
        shop.sell("tea")
        assert len(eventually(read, 1.0)) == 1


def test_a_refused_event_blocks_its_own_subject_only(make_shop, rabbit, listener):
    """A queue that holds two messages refuses the third: RabbitMQ then sends a nack instead of a confirm."""
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop, {"x-max-length": 2, "x-overflow": "reject-publish"})
    for number in range(12):
        shop.sell(f"item-{number % 3}", number)
    read_all = []
    with running(Relay(shop.environment, shop.service)):

        def drain():
            read_all.extend(read())
            return not shop.unsent()

        eventually(drain, 60)
    read_all.extend(read())
    assert numbers_by_item(read_all) == {f"item-{n}": [1, 2, 3, 4] for n in range(3)}
    refused = shop.environment.metrics.refused.labels(shop.service)._value.get()
    assert refused > 0


def test_a_relay_outlives_a_broker_that_is_away(make_shop, rabbit, listener):
    shop = make_shop(amqp_url="amqp://guest:guest@127.0.0.1:1/")
    shop.sell("tea")
    relay = Relay(shop.environment, shop.service)
    with running(relay):
        eventlet.sleep(1.0)
        assert len(shop.unsent()) == 1
        read = listener(shop)
        relay._carrier._uri = rabbit  # the broker comes back
        eventually(lambda: not shop.unsent(), 15)
    assert numbers_by_item(read()) == {"tea": [1]}


def test_a_held_environment_lets_no_event_out_until_it_is_released(make_shop, rabbit, listener):
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)
    shop.environment.events_held = True
    shop.sell("tea")
    with running(Relay(shop.environment, shop.service)):
        eventlet.sleep(0.7)
        assert read() == []
        shop.environment.release_events()
        assert len(eventually(read)) == 1


def test_the_backlog_is_measured(make_shop, rabbit):
    shop = make_shop(amqp_url=rabbit)
    shop.environment.events_held = True
    shop.sell("tea")
    shop.run(f"UPDATE \"{shop.service}\".outbox SET created_at = now() - interval '1 minute'")
    with running(Relay(shop.environment, shop.service)):
        eventually(lambda: shop.environment.metrics.outbox_depth.labels(shop.service)._value.get() == 1)
        assert 59 < shop.environment.metrics.outbox_lag.labels(shop.service)._value.get() < 70


def test_a_position_is_the_order_of_commits_within_a_subject(shop):
    """The claim that the relay's reading rests on."""

    def write(number):
        for _ in range(20):
            shop.sell("hot", number, pause=random.random() * 0.01)

    seen = 0

    def watch():
        nonlocal seen
        while True:
            with shop.engine.connect() as connection:
                found = (
                    connection.execute(
                        text(f'SELECT array_agg(version ORDER BY position) FROM "{shop.service}".outbox')
                    ).scalar_one()
                    or []
                )
            assert found == list(range(1, len(found) + 1))
            seen = len(found)
            eventlet.sleep(0.001)

    watcher = eventlet.spawn(watch)
    for thread in [eventlet.spawn(write, number) for number in range(8)]:
        thread.wait()
    eventually(lambda: seen == 160 or watcher.dead)
    watcher.kill()
    assert seen == 160
