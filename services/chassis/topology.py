"""The names of queues and exchanges, and how they are declared; the same on RabbitMQ and in process.

    {source}.events (topic)  --event-->  evt-{source}-{event}--{service}.{method}   consumer queue
    consumer queue  --a failure-->  pinlian.delay.{ms} (fanout, queue with a TTL)  --after ms-->  pinlian.retry (direct)
    pinlian.retry  --name of the queue-->  consumer queue
    any queue  --too many deliveries-->  pinlian.dead (fanout)  -->  pinlian.dead

A message that is published to a fanout exchange keeps its routing key, and dead-lettering keeps it too: that is how
one queue per delay serves all consumers. A message that can't be handled at all ends in the table ``dead_letters`` of
its service; ``pinlian.dead`` holds only what kept killing its consumers, and the services collect it from there.
"""

from collections.abc import Sequence
from typing import Any

from kombu import Connection, Exchange, Queue, binding

import services.chassis.broker  # noqa: F401 - teaches kombu the scheme inproc://

RETRY_DELAYS_MS = (1_000, 5_000, 30_000, 120_000, 600_000)
DELIVERY_LIMIT = 20

RPC_EXCHANGE = Exchange("nameko-rpc", type="topic", durable=True)
RETRY_EXCHANGE = Exchange("pinlian.retry", type="direct", durable=True)
DEAD_EXCHANGE = Exchange("pinlian.dead", type="fanout", durable=True)

QUORUM = {"x-queue-type": "quorum"}
# At-least-once dead-lettering: a message leaves its queue only when the dead-letter queue has it (RabbitMQ 3.10).
SAFE_DEATH = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}
GUARDED = {**QUORUM, **SAFE_DEATH, "x-delivery-limit": DELIVERY_LIMIT, "x-dead-letter-exchange": DEAD_EXCHANGE.name}

DEAD_QUEUE = Queue("pinlian.dead", DEAD_EXCHANGE, durable=True, queue_arguments=QUORUM)


def event_exchange(source: str) -> Exchange:
    """Return the exchange of a service's events, named as nameko names it, so that a plain nameko client can listen."""
    return Exchange(f"{source}.events", type="topic", durable=True)


def event_queue(source: str, event: str, service: str, method: str) -> Queue:
    """Return the queue of one consumer."""
    name = f"evt-{source}-{event}--{service}.{method}"
    bindings = [binding(event_exchange(source), routing_key=event), binding(RETRY_EXCHANGE, routing_key=name)]
    return Queue(name, bindings=bindings, durable=True, queue_arguments=GUARDED)


def rpc_queue(service: str) -> Queue:
    """Return the queue of a service's calls."""
    return Queue(f"rpc-{service}", RPC_EXCHANGE, routing_key=f"{service}.*", durable=True, queue_arguments=GUARDED)


def delay_exchange(delay_ms: int) -> Exchange:
    """Return the exchange that holds a message back for ``delay_ms`` milliseconds."""
    return Exchange(f"pinlian.delay.{delay_ms}", type="fanout", durable=True)


def delay_queue(delay_ms: int) -> Queue:
    """Return the queue in which held messages wait."""
    arguments = {**QUORUM, **SAFE_DEATH, "x-message-ttl": delay_ms, "x-dead-letter-exchange": RETRY_EXCHANGE.name}
    exchange = delay_exchange(delay_ms)
    return Queue(exchange.name, exchange, durable=True, queue_arguments=arguments)


def declare(channel: Any, queues: Sequence[Queue] = (), delays_ms: Sequence[int] = RETRY_DELAYS_MS) -> None:
    """Declare the shared exchanges and queues, and those given. Declaring again changes nothing."""
    for exchange in (RPC_EXCHANGE, RETRY_EXCHANGE, DEAD_EXCHANGE):
        exchange(channel).declare()
    for queue in (DEAD_QUEUE, *(delay_queue(delay) for delay in delays_ms), *queues):
        queue(channel).declare()


def subscriptions(service_class: type) -> list[Queue]:
    """Return the queues that a service class consumes from: one per ``@subscribe``, and that of its calls."""
    from services.chassis.entrypoints import EventSubscriber, ServiceRpc

    name, queues = service_class.name, {}
    for method in vars(service_class).values():
        for entrypoint in getattr(method, "nameko_entrypoints", ()):
            if isinstance(entrypoint, EventSubscriber):
                queue = event_queue(entrypoint.source, entrypoint.event, name, method.__name__)
                queues[queue.name] = queue
            elif isinstance(entrypoint, ServiceRpc):
                queues[f"rpc-{name}"] = rpc_queue(name)
    return list(queues.values())


def declare_service(uri: str, service_class: type) -> None:
    """Make the queues of a service exist, so that nothing published before its first start is lost."""
    with Connection(uri, connect_timeout=4) as connection, connection.channel() as channel:
        declare(channel, subscriptions(service_class))
