"""What only the in-process broker promises: it knows when a message is worked off."""

import eventlet
import pytest
from amqp.exceptions import ConnectionForced, RecoverableConnectionError
from kombu import Connection, Consumer, Exchange, Queue

from services.chassis import topology
from services.chassis.broker import Broker
from tests.brokers import unique


@pytest.fixture
def broker():
    name = unique("unit")
    yield Broker.get(name)
    Broker.forget(name)


@pytest.fixture
def channel(broker):
    name = next(name for name, known in Broker._named.items() if known is broker)
    with Connection(f"inproc://{name}") as connection:
        yield connection.channel()


def queue_of(channel, name="q", **arguments):
    queue = Queue(name, durable=True, queue_arguments=arguments)(channel)
    queue.declare()
    return queue


def send(broker, body=b'"x"', exchange="", routing_key="q", message_id="m"):
    properties = {"message_id": message_id, "content_type": "application/json", "content_encoding": "utf-8"}
    return broker.publish(exchange, routing_key, body, properties)


def test_a_message_settles_when_its_last_copy_is_acknowledged(broker, channel):
    broker.declare_exchange("x", "fanout")
    queues = [queue_of(channel, name) for name in ("a", "b")]
    for queue in queues:
        broker.bind(queue.name, "x", "")
    settled = []
    broker.on_settled(settled.append)
    assert send(broker, exchange="x") == 2
    assert broker.live("m") == 2
    queues[0].get().ack()
    assert (broker.live("m"), settled) == (1, [])
    queues[1].get().ack()
    assert (broker.live("m"), settled) == (0, ["m"])


def test_copies_that_are_acknowledged_at_once_settle_the_message_once(broker, channel):
    broker.declare_exchange("x", "fanout")
    for name in ("a", "b"):
        queue = queue_of(channel, name)
        broker.bind(name, "x", "")
        Consumer(channel, [queue], no_ack=True, on_message=lambda message: None).consume()
    settled = []
    broker.on_settled(settled.append)
    send(broker, exchange="x")
    assert settled == ["m"]


def test_publishing_to_nobody_leaves_nothing_alive(broker):
    broker.declare_exchange("x", "topic")
    assert send(broker, exchange="x") == 0
    assert broker.live("m") == 0
    assert broker.idle()


def test_a_message_that_is_delayed_and_comes_back_is_alive_all_the_time(broker, channel):
    topology.declare_shared(channel, delays_ms=(30,))
    queue = queue_of(channel)
    broker.bind("q", topology.RETRY_EXCHANGE.name, "q")
    settled = []
    broker.on_settled(settled.append)
    send(broker)
    message = queue.get()
    send(broker, exchange="pinlian.delay.30")
    message.ack()
    assert (broker.live("m"), settled, broker.idle()) == (1, [], False)
    eventlet.sleep(0.1)
    assert broker.live("m") == 1
    queue.get().ack()
    assert settled == ["m"]


def test_a_dead_letter_is_alive_until_somebody_takes_it(broker, channel):
    broker.declare_exchange("dead", "direct")
    graves = queue_of(channel, "graves")
    broker.bind("graves", "dead", "q")
    queue = queue_of(channel, **{"x-dead-letter-exchange": "dead"})
    send(broker)
    queue.get().reject()
    assert broker.live("m") == 1
    graves.get().ack()
    assert broker.live("m") == 0


def test_a_dead_letter_that_finds_no_queue_is_kept_and_offered_again(broker, channel, monkeypatch):
    monkeypatch.setattr("services.chassis.broker.core.DEATH_RETRY", 0.05)
    broker.declare_exchange("dead", "direct")
    queue = queue_of(channel, **{"x-dead-letter-exchange": "dead", "x-dead-letter-strategy": "at-least-once"})
    send(broker)
    queue.get().reject()
    assert (broker.live("m"), broker.idle()) == (1, False)
    graves = queue_of(channel, "graves")
    broker.bind("graves", "dead", "q")
    eventlet.sleep(0.15)
    graves.get().ack()
    assert (broker.live("m"), broker.idle()) == (0, True)


def test_deleting_a_queue_settles_what_was_in_it(broker, channel):
    queue = queue_of(channel)
    settled = []
    broker.on_settled(settled.append)
    send(broker, message_id="taken")
    send(broker, message_id="ready")
    message = queue.get()
    broker.delete_queue("q")
    assert settled == ["ready"]
    message.ack()
    assert settled == ["ready", "taken"]
    assert broker.idle()


def test_a_callback_that_fails_does_not_stop_the_others(broker, channel):
    queue, settled = queue_of(channel), []
    broker.on_settled(lambda _: 1 / 0)
    broker.on_settled(settled.append)
    send(broker)
    queue.get().ack()
    assert settled == ["m"]


def test_idle_means_nothing_ready_and_nothing_under_way(broker, channel):
    queue = queue_of(channel)
    assert broker.idle()
    send(broker)
    assert not broker.idle()
    message = queue.get()
    assert not broker.idle()
    message.requeue()
    assert not broker.idle()
    queue.get().ack()
    assert broker.idle()


def test_answers_to_calls_do_not_count_as_work(broker, channel):
    queue_of(channel, "rpc.reply-x")
    send(broker, routing_key="rpc.reply-x")
    assert broker.idle()


def test_waiting_for_idle_ends_when_it_is_or_when_time_is_up(broker, channel):
    queue = queue_of(channel)
    assert broker.wait_idle(0.01)
    send(broker)
    assert not broker.wait_idle(0.05)
    eventlet.spawn_after(0.05, lambda: queue.get().ack())
    assert broker.wait_idle(2)


def test_brokers_of_different_names_know_nothing_of_each_other(broker, channel):
    queue_of(channel)
    other = unique("other")
    try:
        assert "q" not in Broker.get(other).queues
        assert Broker.get(other) is Broker.get(other)
    finally:
        Broker.forget(other)


def test_who_waits_hears_of_the_end_of_the_broker(broker, channel):
    heard = []
    Consumer(channel, [queue_of(channel)], on_message=heard.append).consume()
    eventlet.spawn_after(0.05, broker.drop_connections)
    with pytest.raises(ConnectionForced):
        channel.connection.drain_events(timeout=2)
    with pytest.raises(RecoverableConnectionError):
        channel.basic_publish((b"", {}), routing_key="q")


def test_messages_survive_the_loss_of_all_connections(broker, channel):
    queue_of(channel)
    send(broker)
    Consumer(channel, [Queue("q")], on_message=lambda message: None).consume()
    broker.drop_connections()
    assert broker.live("m") == 1
    assert len(broker.queues["q"].ready) == 1


def test_a_message_sent_to_a_consumer_that_leaves_before_it_looks_is_not_counted_as_delivered(broker, channel):
    queue = queue_of(channel, **{"x-delivery-limit": 0})
    consumer = Consumer(channel, [queue], on_message=lambda message: None)
    for _ in range(3):
        consumer.consume()
        if not broker.queues["q"].unacked:
            send(broker)
        consumer.cancel()
    message = queue.get()
    assert not message.delivery_info["redelivered"]


def test_a_long_queue_is_worked_off_without_deep_recursion(broker, channel):
    queue = queue_of(channel)
    for number in range(5_000):
        send(broker, b"%d" % number)
    got = []
    Consumer(channel, [queue], no_ack=True, on_message=lambda message: got.append(message.decode())).consume()
    while len(got) < 5_000:
        channel.connection.drain_events(timeout=1)
    assert got == list(range(5_000))


def test_an_exchange_of_another_type_is_refused(broker, channel):
    Exchange("x", type="topic")(channel).declare()
    with pytest.raises(channel.connection.client.channel_errors):
        Exchange("x", type="fanout")(channel).declare()
