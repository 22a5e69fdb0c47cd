"""One suite over both brokers: what the platform relies on holds in process as it does with RabbitMQ."""

import socket
import time

import eventlet
import pytest
from amqp.exceptions import NotFound, PreconditionFailed
from kombu import Connection, Consumer, Exchange, Queue
from nameko.amqp.publish import Publisher as NamekoPublisher
from nameko.amqp.publish import UndeliverableMessage

from services.chassis import topology
from tests.brokers import eventually, unique

QUORUM = {"x-queue-type": "quorum"}


def test_a_direct_exchange_routes_by_the_exact_key(line):
    exchange = line.exchange("direct")
    one, other = line.queue(exchange, "one"), line.queue(exchange, "other")
    line.publish("a", exchange, "one")
    line.publish("b", exchange, "other")
    line.publish("c", exchange, "nobody")
    assert line.bodies(one, 1) == ["a"]
    assert line.bodies(other, 1) == ["b"]
    assert one.get() is None


@pytest.mark.parametrize(
    ("pattern", "key", "matches"),
    [
        ("pool_ready.v1", "pool_ready.v1", True),
        ("pool_ready.v1", "pool_readyxv1", False),
        ("demand.*", "demand.get_pool", True),
        ("demand.*", "demand.get.pool", False),
        ("demand.*", "demand", False),
        ("#", "anything.at.all", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#", "ab", False),
        ("#.z", "z", True),
        ("a.#.z", "a.z", True),
        ("a.#.z", "a.b.c.z", True),
        ("a.#.z", "a.b.c", False),
    ],
)
def test_a_topic_exchange_matches_whole_words(line, pattern, key, matches):
    exchange = line.exchange("topic")
    queue = line.queue(exchange, pattern)
    line.publish("x", exchange, key)
    line.publish("end", "", queue.name)
    assert line.bodies(queue, 1) == (["x"] if matches else ["end"])


def test_a_fanout_exchange_gives_each_queue_a_copy(line):
    exchange = line.exchange("fanout")
    queues = [line.queue(exchange), line.queue(exchange)]
    line.publish("x", exchange, "whatever", headers={"h": 1})
    for queue in queues:
        message = line.take(queue)
        message.headers["h"] += 1
        assert (message.decode(), message.headers["h"]) == ("x", 2)


def test_a_queue_keeps_its_order(line):
    queue = line.queue(**QUORUM)
    for number in range(50):
        line.publish(number, "", queue.name)
    assert line.bodies(queue, 50) == list(range(50))


def test_a_message_arrives_with_its_properties(line):
    queue = line.queue()
    line.publish({"a": "拼"}, "", queue.name, correlation_id="c", reply_to="r", message_id="m", headers={"n": 2**40})
    message = line.take(queue)
    assert message.decode() == {"a": "拼"}
    assert message.properties["content_type"] == "application/json"
    assert [message.properties[name] for name in ("correlation_id", "reply_to", "message_id")] == ["c", "r", "m"]
    assert message.headers["n"] == 2**40
    assert message.delivery_info["routing_key"] == queue.name


def test_what_a_closed_channel_had_not_acknowledged_is_delivered_again_in_order(line):
    queue = line.queue(**QUORUM)
    for number in range(5):
        line.publish(number, "", queue.name)
    with Connection(line.uri) as connection:
        channel = connection.channel()
        taken = [eventually(queue(channel).get) for _ in range(3)]
        taken[1].ack()
        channel.close()
    first = line.take(queue)
    assert first.delivery_info["redelivered"]
    first.ack()
    assert sorted([first.decode(), *line.bodies(queue, 3)]) == [0, 2, 3, 4]


def test_a_lost_connection_returns_what_its_consumer_had(line):
    queue = line.queue()
    line.publish("x", "", queue.name)
    got = []
    connection = Connection(line.uri)
    Consumer(connection.channel(), [queue], on_message=got.append).consume()
    connection.drain_events(timeout=3)
    connection.release()
    assert len(got) == 1
    assert line.take(queue).delivery_info["redelivered"]


def test_an_expired_message_goes_to_the_dead_letter_exchange_with_its_key(line):
    back = line.exchange("direct")
    target = line.queue(back, "home")
    delay = line.exchange("fanout")
    held = {"x-message-ttl": 150, "x-dead-letter-exchange": back.name}
    line.queue(delay, **QUORUM, **topology.SAFE_DEATH, **held)
    started = time.monotonic()
    for number in range(3):
        line.publish(number, delay, "home")
    assert target.get() is None
    assert line.bodies(target, 3) == [0, 1, 2]
    assert 0.14 < time.monotonic() - started < 2


def test_a_message_that_keeps_coming_back_goes_to_the_dead_letters(line):
    dead = line.exchange("fanout")
    graves = line.queue(dead)
    queue = line.queue(**{**QUORUM, "x-delivery-limit": 2, "x-dead-letter-exchange": dead.name})
    line.publish("poison", "", queue.name)
    counts = []
    for _ in range(3):
        message = line.take(queue)
        counts.append(message.headers.get("x-delivery-count", 0))
        message.requeue()
    assert counts == [0, 1, 2]
    letter = line.take(graves)
    assert letter.headers["x-first-death-queue"] == queue.name
    assert letter.headers["x-first-death-reason"] == "delivery_limit"
    assert queue.get() is None


def test_a_rejected_message_goes_to_the_dead_letters(line):
    dead = line.exchange("direct")
    graves = line.queue(dead, "service")
    arguments = {"x-dead-letter-exchange": dead.name, "x-dead-letter-routing-key": "service"}
    queue = line.queue(**QUORUM, **arguments)
    line.publish("x", "", queue.name)
    line.take(queue).reject()
    assert line.bodies(graves, 1) == ["x"]


def test_a_mandatory_message_that_nobody_gets_is_reported(line):
    exchange = line.exchange("topic")
    with pytest.raises(UndeliverableMessage):
        NamekoPublisher(line.uri).publish("x", exchange=exchange.name, routing_key="nobody", mandatory=True)
    NamekoPublisher(line.uri).publish("x", exchange=exchange.name, routing_key="nobody")


def test_publishing_to_an_unknown_exchange_is_an_error(line):
    with pytest.raises(NotFound):
        line.publish("x", unique("none"), "k")


def test_declaring_a_queue_otherwise_is_an_error(line):
    queue = line.queue(**QUORUM)
    line.channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=QUORUM)
    with pytest.raises(PreconditionFailed):
        line.channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments={"x-message-ttl": 5})


def test_prefetch_limits_each_consumer_by_itself(line):
    """With one limit for the channel, ten calls under way would keep the answers out that they wait for."""
    busy, other = line.queue(), line.queue()
    got = {busy.name: [], other.name: []}
    for number in range(5):
        line.publish(number, "", busy.name)
    for queue in (busy, other):
        consumer = Consumer(line.channel, [queue], on_message=got[queue.name].append)
        consumer.qos(prefetch_count=2)
        consumer.consume()
    line.publish("answer", "", other.name)
    drain_until_silent(line.connection)
    assert [message.decode() for message in got[busy.name]] == [0, 1]
    assert [message.decode() for message in got[other.name]] == ["answer"]
    got[busy.name][0].ack()
    drain_until_silent(line.connection)
    assert [message.decode() for message in got[busy.name]] == [0, 1, 2]


def test_consumers_of_a_queue_share_its_messages(line):
    queue = line.queue()
    got = [[], []]
    for box in got:
        Consumer(line.channel, [queue], on_message=box.append).consume()
    for number in range(10):
        line.publish(number, "", queue.name)
    drain_until_silent(line.connection)
    assert sorted(message.decode() for box in got for message in box) == list(range(10))
    assert all(len(box) == 5 for box in got)


def test_draining_ends_with_a_timeout_where_nothing_comes(line):
    Consumer(line.channel, [line.queue()], on_message=print).consume()
    started = time.monotonic()
    with pytest.raises(socket.timeout):
        line.connection.drain_events(timeout=0.2)
    assert 0.15 < time.monotonic() - started < 1


def test_an_exclusive_queue_goes_with_its_connection(line):
    name = unique("mine")
    with Connection(line.uri) as connection:
        Queue(name, exclusive=True)(connection.channel()).declare()
        Queue(name, exclusive=True)(connection.channel()).queue_declare(passive=True)
    with pytest.raises(NotFound):
        line.channel.queue_declare(name, passive=True)


def test_an_unused_queue_expires(line):
    queue = line.queue(**{"x-expires": 100})

    # To ask for a queue is to use it: on RabbitMQ that starts its time anew.
    eventlet.sleep(0.6)
    with Connection(line.uri) as connection, pytest.raises(NotFound):
        connection.channel().queue_declare(queue.name, passive=True)


def test_the_topology_can_be_declared_twice_and_holds_what_comes_before_the_consumer(line):
    service, source = unique("svc"), unique("src")
    for _ in range(2):
        topology.declare_service(line.channel, service, [(source, "made.v1")], delays_ms=())
    queue = topology.event_queue(source, "made.v1", service)(line.channel)
    line._queues += [queue, Queue(f"rpc-{service}"), Queue(f"pinlian.dead.{service}")]
    line._exchanges += [Exchange(f"{source}.events"), Exchange(f"{service}.events")]
    line.publish("early", f"{source}.events", "made.v1")
    line.publish("again", "pinlian.retry", queue.name)
    assert line.bodies(queue, 2) == ["early", "again"]


def test_the_queue_of_a_retired_subscription_is_deleted_if_it_is_there(line):
    service, source = unique("svc"), unique("src")
    kept, retired = (source, "made.v1"), (source, "paid.v1")
    topology.declare_service(line.channel, service, [kept, retired], delays_ms=())
    names = [topology.event_queue(*one, service).name for one in (kept, retired)]
    line._queues += [Queue(name) for name in (*names, f"rpc-{service}", f"pinlian.dead.{service}")]
    line._exchanges += [Exchange(f"{source}.events"), Exchange(f"{service}.events")]
    line.publish("nobody reads it", f"{source}.events", "paid.v1")
    for _ in range(2):
        topology.declare_service(line.channel, service, [kept], delays_ms=(), retired=[retired])
    line.channel.queue_declare(names[0], passive=True)
    with Connection(line.uri) as connection, pytest.raises(NotFound):
        connection.channel().queue_declare(names[1], passive=True)


def drain_until_silent(connection, silence=0.3):
    try:
        while True:
            connection.drain_events(timeout=silence)
    except TimeoutError:
        return
