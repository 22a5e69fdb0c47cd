"""Both brokers for tests: the in-process one and a real RabbitMQ, with names of their own that are removed again.

A test that takes the fixture ``uri`` runs once on each.
"""

import time
import uuid
from datetime import UTC, datetime

import eventlet
import pytest
from kombu import Connection, Exchange, Queue
from nameko.containers import ServiceContainer

from services.chassis import topology
from services.chassis.broker import Broker
from services.chassis.envelope import CONTENT_TYPE, Envelope, lane_key
from services.chassis.publishing import Publisher
from services.kernel.ids import new_id
from tests import servers

DELAYS_MS = (61, 122)  # of retries; queues of these names are removed after each test


@pytest.fixture(params=["inproc", "rabbitmq"])
def uri(request):
    """The address of a broker."""
    if request.param == "rabbitmq":
        yield servers.need("rabbitmq")
        return
    name = f"t{uuid.uuid4().hex[:10]}"
    yield f"inproc://{name}"
    Broker.forget(name)


@pytest.fixture
def line(uri):
    """A connection to the broker; what is made on it is removed."""
    line = Line(uri)
    yield line
    line.close()


@pytest.fixture
def stage(uri):
    """Where services play: they are stopped and their queues are removed."""
    stage = Stage(uri)
    yield stage
    stage.close()


def eventually(ask, timeout=5.0):
    """Return the first true answer of ``ask()``; fail when there is none in time."""
    deadline = time.monotonic() + timeout
    while not (answer := ask()):
        assert time.monotonic() < deadline, "it did not come true in time"
        eventlet.sleep(0.01)
    return answer


def unique(word):
    return f"{word}{uuid.uuid4().hex[:8]}"


class Line:
    """A channel, and shortcuts."""

    def __init__(self, uri):
        self.uri = uri
        self.connection = Connection(uri, transport_options={"confirm_publish": True})
        self.channel = self.connection.channel()
        self._queues, self._exchanges = [], []

    def exchange(self, type_, name=None):
        exchange = Exchange(name or unique("x"), type=type_, durable=True)(self.channel)
        exchange.declare()
        self._exchanges.append(exchange)
        return exchange

    def queue(self, exchange=None, routing_key="", **arguments):
        queue = Queue(unique("q"), exchange or Exchange(""), routing_key, durable=True, queue_arguments=arguments)
        queue = queue(self.channel)
        queue.declare()
        self._queues.append(queue)
        return queue

    def publish(self, body, exchange="", routing_key="", **options):
        producer = self.connection.Producer(self.channel)
        name = getattr(exchange, "name", exchange)
        producer.publish(body, exchange=name, routing_key=routing_key, **options)

    def take(self, queue, timeout=3.0):
        """Return the next message of a queue, unacknowledged."""
        return eventually(queue.get, timeout)

    def bodies(self, queue, count):
        """Take and acknowledge ``count`` messages; return their bodies."""
        bodies = []
        for _ in range(count):
            message = self.take(queue)
            message.ack()
            bodies.append(message.decode())
        return bodies

    def close(self):
        with Connection(self.uri) as connection, connection.channel() as channel:
            for queue in self._queues:
                channel.queue_delete(queue.name)
            for exchange in self._exchanges:
                channel.exchange_delete(exchange.name)
        self.connection.release()


class RecordingEnvironment:
    """Stands in for the environment of a process: it keeps dead letters in a list."""

    def __init__(self):
        self.letters = []
        self.retries = []
        self.broken = 0

    def bury(self, service, **letter):
        if self.broken > 0:
            self.broken -= 1
            raise OSError("the database is away")
        self.letters.append({"service": service, **letter})

    def count_retry(self, service, queue):
        self.retries.append((service, queue))

    def reasons(self):
        return sorted(letter["reason"] for letter in self.letters)


class Stage:
    """Runs service classes in containers."""

    def __init__(self, uri):
        self.uri = uri
        self.environment = RecordingEnvironment()
        self.containers = []
        self._names, self._subscriptions, self._lanes = [], [], []

    def start(self, service_class, **config):
        """Start a service, and remember what it declares."""
        config = {
            "AMQP_URI": self.uri,
            "PINLIAN": self.environment,
            "PINLIAN_RETRY_DELAYS_MS": DELAYS_MS,
            "max_workers": 10,
            **config,
        }
        container = ServiceContainer(service_class, config)
        self._names.append(service_class.name)
        self._subscriptions += [(service_class.name, *pair) for pair in topology.subscriptions_of(service_class)]
        self._lanes += [(service_class.name, *lane) for lane in topology.lanes_of(service_class)]
        container.start()
        self.containers.append(container)
        return container

    def client(self, service):
        """Start a caller of ``service`` and return its client."""
        from services.chassis.clients import ServiceClient

        caller = type("Caller", (), {"name": unique("caller"), "it": ServiceClient(service)})
        container = self.start(caller)
        return next(provider for provider in container.dependencies if provider.attr_name == "it").client

    def publish(self, body, **options):
        Publisher.to(self.uri).publish(body, **options)

    def emit(self, source, name, data, lane=None, **changes):
        """Publish an event as the relay does; return its envelope."""
        envelope = Envelope(
            **{
                "id": str(new_id()),
                "source": source,
                "name": name,
                "time": datetime.now(UTC),
                "subject": "s",
                "version": 1,
                "data": data,
                "correlation_id": "talk",
                **changes,
            }
        )
        self.publish(
            envelope.to_json().encode(),
            exchange=f"{source}.events",
            routing_key=lane_key(name, lane),
            content_type=CONTENT_TYPE,
            message_id=envelope.id,
        )
        return envelope

    def alive(self):
        """Tell whether no container has died."""
        return all(container.started and not container._died.ready() for container in self.containers)

    def close(self):
        for container in reversed(self.containers):
            container.stop()
        with Connection(self.uri) as connection, connection.channel() as channel:
            for name in self._names:
                for queue in (f"rpc-{name}", f"pinlian.dead.{name}"):
                    channel.queue_delete(queue)
                channel.exchange_delete(f"{name}.events")
            for service, source, event in self._subscriptions:
                channel.queue_delete(topology.event_queue(source, event, service).name)
                channel.exchange_delete(f"{source}.events")
            for service, source, event, lane in self._lanes:
                channel.queue_delete(topology.lane_queue(source, event, service, lane).name)
                channel.exchange_delete(f"{source}.events")
            for delay_ms in DELAYS_MS:
                channel.queue_delete(f"pinlian.delay.{delay_ms}")
                channel.exchange_delete(f"pinlian.delay.{delay_ms}")
        Publisher.to(self.uri).close()
