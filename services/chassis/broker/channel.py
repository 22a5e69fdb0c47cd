"""The channels of the in-process broker: what kombu and nameko use of an AMQP channel, with AMQP's errors."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from amqp.exceptions import ChannelError, NotFound, PreconditionFailed, RecoverableConnectionError
from amqp.protocol import queue_declare_ok_t
from kombu.transport import base

from services.chassis.broker.core import Broker
from services.chassis.broker.queues import Consumer, Letter, Queue

if TYPE_CHECKING:
    from services.chassis.broker.transport import Session


class Delivery:
    """A message as it arrives, with the attributes of py-amqp's, before kombu has looked into it."""

    __slots__ = ("body", "channel", "delivery_info", "delivery_tag", "properties")

    def __init__(self, letter: Letter, tag: int, consumer_tag: str, channel: "Channel") -> None:
        # Copies, because what a consumer changes must not show in a redelivery or in another queue.
        headers = dict(letter.properties.get("application_headers") or {})
        if letter.returns:
            headers["x-delivery-count"] = letter.returns
        self.body = letter.body
        self.channel = channel
        self.delivery_tag = tag
        self.properties = {**letter.properties, "application_headers": headers}
        self.delivery_info = {
            "consumer_tag": consumer_tag,
            "delivery_tag": tag,
            "redelivered": letter.returns > 0,
            "exchange": letter.exchange,
            "routing_key": letter.routing_key,
        }


class Message(base.Message):
    """A delivered message; its content type is also a property, as with AMQP, because nameko's responder reads it."""

    def __init__(self, delivery: Delivery, channel: "Channel") -> None:
        super().__init__(
            body=delivery.body,
            delivery_tag=delivery.delivery_tag,
            content_type=delivery.properties.get("content_type"),
            content_encoding=delivery.properties.get("content_encoding"),
            headers=delivery.properties["application_headers"],
            properties=delivery.properties,
            delivery_info=delivery.delivery_info,
            channel=channel,
        )


class Channel(base.StdChannel):
    """A channel of a connection. Unlike RabbitMQ it stays open after an error."""

    Message = Message

    def __init__(self, connection: "Session", channel_id: int) -> None:
        self.connection = connection
        self.broker: Broker = connection.broker
        self.channel_id = channel_id
        self.is_open = True
        self.prefetch = 0
        self.consumers: dict[str, tuple[Consumer, bool]] = {}
        self.unacked: dict[int, tuple[Queue, Letter, Consumer | None]] = {}
        # kombu's producers register here for messages that could not be routed.
        self.events: dict[str, set] = {"basic_return": set()}

    # Declarations

    def exchange_declare(self, exchange: str, type: str = "direct", passive: bool = False, **_: Any) -> None:
        """Declare an exchange; raise ``PreconditionFailed`` if it has another type."""
        self._require_open()
        found = self.broker.exchanges.get(exchange)
        if passive and found is None:
            raise NotFound(f"no exchange '{exchange}'")
        if found is not None and not passive and found.type != type:
            raise PreconditionFailed(f"exchange '{exchange}' has type {found.type}, not {type}")
        self.broker.declare_exchange(exchange, type)

    def exchange_delete(self, exchange: str, **_: Any) -> None:
        """Delete an exchange."""
        self.broker.exchanges.pop(exchange, None)

    def queue_declare(self, queue: str = "", passive: bool = False, exclusive: bool = False,
                      arguments: dict | None = None, **_: Any) -> Any:  # fmt: skip
        """Declare a queue and return (name, ready messages, consumers); ``PreconditionFailed`` if it is another."""
        self._require_open()
        queue = queue or f"amq.gen-{next(self.broker.tags)}"
        found = self.broker.queues.get(queue)
        if passive and found is None:
            raise NotFound(f"no queue '{queue}'")
        if found is not None and not passive and found.arguments != (arguments or {}):
            raise PreconditionFailed(f"queue '{queue}' has other arguments")
        made = self.broker.declare_queue(queue, arguments)
        if exclusive:
            self.connection.exclusive.add(queue)
        return queue_declare_ok_t(queue, len(made.ready), len(made.consumers))

    def queue_bind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Bind a queue."""
        self._require_open()
        if exchange not in self.broker.exchanges:
            raise NotFound(f"no exchange '{exchange}'")
        self._queue(queue)
        self.broker.bind(queue, exchange, routing_key)

    def queue_unbind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Unbind a queue."""
        self.broker.unbind(queue, exchange, routing_key)

    def queue_delete(self, queue: str, **_: Any) -> int:
        """Delete a queue; return how many messages were in it."""
        return self.broker.delete_queue(queue)

    def queue_purge(self, queue: str, **_: Any) -> int:
        """Drop what is ready in a queue; return how many messages that was."""
        return self.broker.purge(self._queue(queue))

    # Publishing

    def prepare_message(self, body: Any, priority: Any = None, content_type: str | None = None,
                        content_encoding: str | None = None, headers: dict | None = None,
                        properties: dict | None = None) -> tuple[bytes, dict]:  # fmt: skip
        """Return the message in the form that ``basic_publish`` takes."""
        data = body.encode() if isinstance(body, str) else bytes(body)
        known = {
            "content_type": content_type,
            "content_encoding": content_encoding,
            "application_headers": dict(headers or {}),
            "priority": priority,
        }
        every = {**known, **(properties or {})}
        return data, {name: value for name, value in every.items() if value is not None}

    def basic_publish(self, message: tuple[bytes, dict], exchange: str = "", routing_key: str = "",
                      mandatory: bool = False, **_: Any) -> None:  # fmt: skip
        """Route a message; raise ``ChannelError`` (NO_ROUTE) when it is mandatory and nobody gets it."""
        self._require_open()
        if exchange and exchange not in self.broker.exchanges:
            raise NotFound(f"no exchange '{exchange}'")
        if self.broker.publish(exchange, routing_key, *message) or not mandatory:
            return
        error = ChannelError(f"NO_ROUTE: nobody gets '{routing_key}' of '{exchange}'", (60, 40), reply_code=312)
        for callback in self.events["basic_return"]:
            callback(error, exchange, routing_key, message)
        raise error

    # Consuming

    def basic_qos(self, prefetch_size: int = 0, prefetch_count: int = 0, apply_global: bool = False) -> None:
        """Limit how many messages each later consumer of this channel may have unacknowledged; 0 is no limit."""
        self.prefetch = prefetch_count

    def basic_consume(self, queue: str, no_ack: bool = False, consumer_tag: str | None = None,
                      callback: Callable[[Delivery], None] | None = None, **_: Any) -> str:  # fmt: skip
        """Start consuming."""
        self._require_open()
        tag = consumer_tag or f"ctag-{next(self.broker.tags)}"
        consumer = Consumer(tag, self._queue(queue), self.prefetch, partial(self._deliver, callback))
        self.consumers[tag] = (consumer, no_ack)
        self.broker.add_consumer(consumer)
        return tag

    def basic_cancel(self, consumer_tag: str, **_: Any) -> None:
        """Stop consuming; what was sent and not seen goes back to the queue."""
        if consumer_tag not in self.consumers:
            return
        consumer, _no_ack = self.consumers.pop(consumer_tag)
        self.broker.remove_consumer(consumer)
        for tag in self.connection.take_back(self, consumer_tag):
            self._put_back(tag, seen=False)

    def basic_get(self, queue: str, no_ack: bool = False, **_: Any) -> Delivery | None:
        """Take one message, or None."""
        self._require_open()
        letter = self._queue(queue).take()
        return letter and self._record(self._queue(queue), letter, None, no_ack)

    def basic_ack(self, delivery_tag: int, multiple: bool = False, **_: Any) -> None:
        """Acknowledge one message, or all up to it."""
        self._require_open()
        tags = [tag for tag in self.unacked if tag <= delivery_tag] if multiple else [delivery_tag]
        for tag in tags:
            if tag in self.unacked:
                self.broker.ack(*self.unacked.pop(tag))

    def basic_reject(self, delivery_tag: int, requeue: bool = False) -> None:
        """Refuse one message: deliver it again, or send it to the dead letters."""
        self._require_open()
        if requeue:
            self._put_back(delivery_tag)
        elif delivery_tag in self.unacked:
            self.broker.reject(*self.unacked.pop(delivery_tag))

    def basic_recover(self, requeue: bool = True) -> None:
        """Deliver again everything that is unacknowledged on this channel."""
        for tag in sorted(self.unacked, reverse=True):
            self._put_back(tag)

    def message_to_python(self, delivery: Delivery) -> Message:
        """Return what kombu works with."""
        return self.Message(delivery, self)

    def close(self) -> None:
        """Close the channel: what it had not acknowledged is delivered again."""
        if self.connection is None:
            return
        self.is_open = False
        unseen = set(self.connection.take_back(self))
        for consumer, _ in self.consumers.values():
            self.broker.remove_consumer(consumer)
        self.consumers.clear()
        for tag in sorted(self.unacked, reverse=True):
            self._put_back(tag, seen=tag not in unseen)
        session, self.connection = self.connection, None
        session.channels.pop(self.channel_id, None)

    def _deliver(self, callback: Callable[[Delivery], None], consumer: Consumer, letter: Letter) -> None:
        no_ack = self.consumers[consumer.tag][1]
        self.connection.hand(callback, self._record(consumer.queue, letter, consumer, no_ack))

    def _record(self, queue: Queue, letter: Letter, consumer: Consumer | None, no_ack: bool) -> Delivery:
        tag = next(self.broker.tags)
        delivery = Delivery(letter, tag, consumer.tag if consumer else "", self)
        if no_ack:
            self.broker.ack(queue, letter, consumer)
        else:
            self.unacked[tag] = (queue, letter, consumer)
        return delivery

    def _put_back(self, tag: int, *, seen: bool = True) -> None:
        if tag in self.unacked:
            queue, letter, consumer = self.unacked.pop(tag)
            self.broker.put_back(queue, letter, consumer, seen=seen)

    def _queue(self, name: str) -> Queue:
        if name not in self.broker.queues:
            raise NotFound(f"no queue '{name}'")
        return self.broker.queues[name]

    def _require_open(self) -> None:
        if self.connection is None:
            raise RecoverableConnectionError("the channel of the in-process broker is closed")
