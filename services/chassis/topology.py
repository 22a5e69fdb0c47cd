"""The names of queues and exchanges, and how they are declared; the same on RabbitMQ and in process.

    {source}.events (topic)  --event-->  evt-{source}-{event}--{service}.{method}   consumer queue
    consumer queue  --a failure-->  pinlian.delay.{ms} (fanout, queue with a TTL)  --after ms-->  pinlian.retry (direct)
    {source}.events  --event.lane-->  evt-{source}-{event}--{service}.{method}-{lane}   queue of one lane
    pinlian.retry  --name of the queue-->  consumer queue
    any queue of a service  --too many deliveries-->  pinlian.dead (direct)  --service-->  pinlian.dead.{service}

A message that is published to a fanout exchange keeps its routing key, and dead-lettering keeps it too: that is how
one queue per delay serves all consumers. What cannot be handled ends in the table ``dead_letters`` of its service.
``pinlian.dead.{service}`` holds only what kept killing its consumers; the service stores it there, too, unopened.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from kombu import Exchange, Queue, binding

import services.chassis.broker  # noqa: F401 - teaches kombu the scheme inproc://
from services.chassis.bus import consumer_name
from services.chassis.envelope import lane_key

RETRY_DELAYS_MS = (1_000, 5_000, 30_000, 120_000, 600_000)
# The broker's own limit counts deliveries that ended with the death of the consumer; handlers that fail are counted
# by the entrypoint. It is generous, because a crash returns all messages of a consumer and not only the guilty one.
DELIVERY_LIMIT = 20

RPC_EXCHANGE = Exchange("nameko-rpc", type="topic", durable=True)
RETRY_EXCHANGE = Exchange("pinlian.retry", type="direct", durable=True)
DEAD_EXCHANGE = Exchange("pinlian.dead", type="direct", durable=True)

QUORUM = {"x-queue-type": "quorum"}
# At-least-once dead-lettering: a message leaves its queue only when the dead-letter queue has it (RabbitMQ 3.10).
SAFE_DEATH = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}
REPLY_EXPIRY_MS = 300_000


def _guarded(service: str) -> dict[str, Any]:
    return {
        **QUORUM,
        **SAFE_DEATH,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE.name,
        "x-dead-letter-routing-key": service,
    }


def event_exchange(source: str) -> Exchange:
    """Return the exchange of a service's events, named as nameko names it, so that a plain nameko client can listen."""
    return Exchange(f"{source}.events", type="topic", durable=True)


def event_queue(source: str, event: str, service: str, method: str | None = None) -> Queue:
    """Return the queue of one consumer, named as nameko names it."""
    name = f"evt-{source}-{event}--{service}.{method or consumer_name(source, event)}"
    bindings = [binding(event_exchange(source), routing_key=event), binding(RETRY_EXCHANGE, routing_key=name)]
    return Queue(name, bindings=bindings, durable=True, queue_arguments=_guarded(service))


def lane_queue(source: str, event: str, service: str, lane: int) -> Queue:
    """Return the queue of one lane of an event: of all processes that consume it one has its messages, in order."""
    name = f"{event_queue(source, event, service).name}-{lane}"
    key = lane_key(event, lane)
    bindings = [binding(event_exchange(source), routing_key=key), binding(RETRY_EXCHANGE, routing_key=name)]
    arguments = {**_guarded(service), "x-single-active-consumer": True}
    return Queue(name, bindings=bindings, durable=True, queue_arguments=arguments)


def rpc_queue(service: str) -> Queue:
    """Return the queue of a service's calls."""
    name = f"rpc-{service}"
    bindings = [binding(RPC_EXCHANGE, routing_key=f"{service}.*"), binding(RETRY_EXCHANGE, routing_key=name)]
    return Queue(name, bindings=bindings, durable=True, queue_arguments=_guarded(service))


def reply_queue(name: str, routing_key: str) -> Queue:
    """Return the queue in which one program gets the answers to its calls.

    It outlives a lost connection for five minutes; its messages are not persistent, so that answering costs no disk.
    """
    arguments = {"x-queue-type": "classic", "x-expires": REPLY_EXPIRY_MS}
    return Queue(name, RPC_EXCHANGE, routing_key=routing_key, durable=True, queue_arguments=arguments)


def delay_exchange(delay_ms: int) -> Exchange:
    """Return the exchange that holds a message back for ``delay_ms`` milliseconds."""
    return Exchange(f"pinlian.delay.{delay_ms}", type="fanout", durable=True)


def delay_queue(delay_ms: int) -> Queue:
    """Return the queue in which held messages wait."""
    arguments = {**QUORUM, **SAFE_DEATH, "x-message-ttl": delay_ms, "x-dead-letter-exchange": RETRY_EXCHANGE.name}
    exchange = delay_exchange(delay_ms)
    return Queue(exchange.name, exchange, durable=True, queue_arguments=arguments)


def dead_queue(service: str) -> Queue:
    """Return the queue of what was delivered to a service too often."""
    return Queue(f"pinlian.dead.{service}", DEAD_EXCHANGE, routing_key=service, durable=True, queue_arguments=QUORUM)


def declare_shared(channel: Any, delays_ms: Sequence[int] = RETRY_DELAYS_MS) -> None:
    """Declare the exchanges and queues that all services share. Declaring again changes nothing."""
    for exchange in (RPC_EXCHANGE, RETRY_EXCHANGE, DEAD_EXCHANGE):
        exchange(channel).declare()
    for delay_ms in delays_ms:
        delay_queue(delay_ms)(channel).declare()


def declare_service(
    channel: Any,
    service: str,
    subscriptions: Iterable[tuple[str, str]],
    delays_ms: Sequence[int] = RETRY_DELAYS_MS,
    *,
    lanes: Iterable[tuple[str, str, int]] = (),
    retired: Iterable[tuple[str, str]] = (),
) -> None:
    """Make the queues of a service exist, so that nothing published before its first start is lost.

    ``subscriptions`` are pairs of source and event, ``("demand", "pool_ready.v1")``; see ``subscriptions_of``;
    ``lanes`` have the number of a lane besides. The queues of ``retired`` ones, which nobody reads any more and which
    would only grow, are deleted if they are there.
    """
    declare_shared(channel, delays_ms)
    event_exchange(service)(channel).declare()
    queues = [event_queue(source, event, service) for source, event in subscriptions]
    queues += [lane_queue(source, event, service, lane) for source, event, lane in lanes]
    for queue in (dead_queue(service), rpc_queue(service), *queues):
        queue(channel).declare()
    for source, event in retired:
        event_queue(source, event, service)(channel).delete()


def retired_of(service_class: type) -> list[tuple[str, str]]:
    """Return the pairs of source and event that a service class says it no longer subscribes to."""
    return sorted(getattr(service_class, "retired_subscriptions", ()))


def subscriptions_of(service_class: type) -> list[tuple[str, str]]:
    """Return the pairs of source and event that a service class subscribes to, in the order of their names."""
    return sorted((e.source, e.event) for e in _subscribers(service_class) if e.lane is None)


def lanes_of(service_class: type) -> list[tuple[str, str, int]]:
    """Return source, event and number of the lanes that a service class subscribes to, in order."""
    return sorted((e.source, e.event, e.lane) for e in _subscribers(service_class) if e.lane is not None)


def _subscribers(service_class: type) -> list[Any]:
    entrypoints = (
        entrypoint
        for method in vars(service_class).values()
        for entrypoint in getattr(method, "nameko_entrypoints", ())
    )
    return [entrypoint for entrypoint in entrypoints if hasattr(entrypoint, "source") and hasattr(entrypoint, "event")]
