"""The kombu transport of the in-process broker: ``inproc://name``.

kombu's own ``memory://`` polls, keeps the content type where nameko does not look for it, and forgets dead letters;
this one is driven by events and speaks to ``core.Broker``.
"""

import itertools
from collections.abc import Callable
from typing import Any

import eventlet
from amqp.exceptions import ChannelError, NotFound
from amqp.protocol import queue_declare_ok_t
from eventlet.event import Event
from kombu.transport import base

from services.chassis.broker.core import Broker, Letter


class Message(base.Message):
    """A delivered message; its content type is also a property, as with AMQP, because nameko's responder reads it."""

    def __init__(self, letter: Letter, tag: int, consumer_tag: str, channel: "Channel") -> None:
        properties = dict(letter.properties)
        super().__init__(
            body=letter.body,
            delivery_tag=tag,
            content_type=properties.get("content_type"),
            content_encoding=properties.get("content_encoding"),
            headers=properties.get("application_headers") or {},
            properties=properties,
            delivery_info={
                "consumer_tag": consumer_tag,
                "delivery_tag": tag,
                "redelivered": letter.redelivered,
                "exchange": letter.exchange,
                "routing_key": letter.routing_key,
            },
            channel=channel,
        )


class Channel(base.StdChannel):
    """What kombu and nameko use of an AMQP channel."""

    Message = Message
    is_open = True

    def __init__(self, connection: "Session", channel_id: int) -> None:
        self.connection = connection
        self.broker = connection.broker
        self.channel_id = channel_id
        self.prefetch = 0
        self.consumers: dict[str, tuple[str, bool, Callable]] = {}
        self.unacked: dict[int, tuple[str, Letter]] = {}
        # kombu's producers register here for messages that could not be routed.
        self.events: dict[str, set] = {"basic_return": set()}

    # Declarations

    def exchange_declare(self, exchange: str, type: str = "direct", passive: bool = False, **_: Any) -> None:
        """Declare an exchange."""
        if passive and exchange not in self.broker.exchanges:
            raise NotFound(f"no exchange '{exchange}'")
        self.broker.declare_exchange(exchange, type)

    def exchange_delete(self, exchange: str, **_: Any) -> None:
        """Delete an exchange."""
        self.broker.exchanges.pop(exchange, None)

    def queue_declare(self, queue: str = "", passive: bool = False, arguments: dict | None = None, **_: Any) -> Any:
        """Declare a queue and return (name, ready messages, consumers)."""
        queue = queue or f"amq.gen-{next(self.broker.tags)}"
        if passive and queue not in self.broker.queues:
            raise NotFound(f"no queue '{queue}'")
        made = self.broker.declare_queue(queue, arguments)
        return queue_declare_ok_t(queue, len(made.ready), 0)

    def queue_bind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Bind a queue."""
        if exchange not in self.broker.exchanges:
            raise NotFound(f"no exchange '{exchange}'")
        self.broker.bind(queue, exchange, routing_key)

    def queue_unbind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Unbind a queue."""
        self.broker.unbind(queue, exchange, routing_key)

    def queue_delete(self, queue: str, **_: Any) -> None:
        """Delete a queue."""
        self.broker.delete_queue(queue)

    def queue_purge(self, queue: str, **_: Any) -> int:
        """Drop what is ready in a queue; return how many that was."""
        count = 0
        while letter := self.broker.take(queue):
            self.broker.ack(queue, letter)
            count += 1
        return count

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
        return data, {**known, **{k: v for k, v in (properties or {}).items() if v is not None}}

    def basic_publish(self, message: tuple[bytes, dict], exchange: str = "", routing_key: str = "",
                      mandatory: bool = False, **_: Any) -> None:  # fmt: skip
        """Route a message; tell the producer when it is mandatory and nobody gets it."""
        body, properties = message
        if exchange and exchange not in self.broker.exchanges:
            raise NotFound(f"no exchange '{exchange}'")
        if not self.broker.publish(exchange, routing_key, body, properties) and mandatory:
            for callback in self.events["basic_return"]:
                callback(ChannelError("NO_ROUTE"), exchange, routing_key, message)
            raise ChannelError(f"NO_ROUTE: nobody gets '{routing_key}' of '{exchange}'", reply_code=312)

    # Consuming

    def basic_qos(self, prefetch_size: int = 0, prefetch_count: int = 0, apply_global: bool = False) -> None:
        """Limit how many messages may be unacknowledged on this channel; 0 is no limit."""
        self.prefetch = prefetch_count

    def basic_consume(self, queue: str, no_ack: bool = False, consumer_tag: str | None = None,
                      callback: Callable | None = None, **_: Any) -> str:  # fmt: skip
        """Start consuming."""
        if queue not in self.broker.queues:
            raise NotFound(f"no queue '{queue}'")
        tag = consumer_tag or f"ctag-{next(self.broker.tags)}"
        self.consumers[tag] = (queue, no_ack, callback)
        self.connection.wake()
        return tag

    def basic_cancel(self, consumer_tag: str, **_: Any) -> None:
        """Stop consuming."""
        self.consumers.pop(consumer_tag, None)

    def basic_get(self, queue: str, no_ack: bool = False, **_: Any) -> Message | None:
        """Take one message, or None."""
        letter = self.broker.take(queue)
        return letter and self._deliver(queue, letter, no_ack, "")

    def basic_ack(self, delivery_tag: int, multiple: bool = False, **_: Any) -> None:
        """Acknowledge one message, or all up to it."""
        tags = [tag for tag in self.unacked if tag <= delivery_tag] if multiple else [delivery_tag]
        for tag in tags:
            if tag in self.unacked:
                self.broker.ack(*self.unacked.pop(tag))
        self.connection.wake()

    def basic_reject(self, delivery_tag: int, requeue: bool = False) -> None:
        """Refuse one message: deliver it again, or send it to the dead letters."""
        if delivery_tag in self.unacked:
            (self.broker.put_back if requeue else self.broker.reject)(*self.unacked.pop(delivery_tag))
        self.connection.wake()

    def basic_recover(self, requeue: bool = True) -> None:
        """Deliver again everything that is unacknowledged on this channel."""
        for tag in sorted(self.unacked, reverse=True):
            self.broker.put_back(*self.unacked.pop(tag))

    def message_to_python(self, message: Message) -> Message:
        """Return the message: it is one already."""
        return message

    def _deliver(self, queue: str, letter: Letter, no_ack: bool, consumer_tag: str) -> Message:
        tag = next(self.broker.tags)
        if no_ack:
            self.broker.ack(queue, letter)
        else:
            self.unacked[tag] = (queue, letter)
        return Message(letter, tag, consumer_tag, self)

    def has_room(self) -> bool:
        """Tell whether the prefetch limit allows one more."""
        return not self.prefetch or len(self.unacked) < self.prefetch

    def deliver_next(self) -> bool:
        """Deliver at most one message to each consumer, in turn; return whether there was one."""
        delivered = False
        for consumer_tag, (queue, no_ack, callback) in list(self.consumers.items()):
            if consumer_tag in self.consumers and self.has_room() and (letter := self.broker.take(queue)):
                delivered = True
                callback(self._deliver(queue, letter, no_ack, consumer_tag))
        return delivered

    def close(self) -> None:
        """Close the channel: what it had not acknowledged is delivered again."""
        if self.connection is None:
            return
        self.is_open = False
        self.consumers.clear()
        self.basic_recover()
        session, self.connection = self.connection, None
        session.channels.pop(self.channel_id, None)


class Session:
    """A connection of one program to the broker."""

    connected = True
    transport = None

    def __init__(self, client: Any, broker: Broker) -> None:
        self.client = client
        self.broker = broker
        self.channels: dict[int, Channel] = {}
        self._ids = itertools.count(1)
        self._wakeup = Event()

    def channel(self) -> Channel:
        """Open a channel."""
        number = next(self._ids)
        channel = self.channels[number] = Channel(self, number)
        return channel

    def wake(self) -> None:
        """Let a waiting ``drain_events`` look again."""
        if not self._wakeup.ready():
            self._wakeup.send()

    def drain_events(self, timeout: float | None = None) -> None:
        """Deliver what is there, or wait for it; raise ``socket.timeout`` after ``timeout`` seconds."""
        limit = eventlet.Timeout(timeout, TimeoutError("timed out")) if timeout is not None else None
        try:
            while not self._deliver_once():
                self._wait()
        finally:
            if limit is not None:
                limit.cancel()

    def _deliver_once(self) -> bool:
        return any([channel.deliver_next() for channel in list(self.channels.values())])

    def _wait(self) -> None:
        event = self._wakeup = Event()
        names = {queue for c in self.channels.values() if c.has_room() for queue, _, _ in c.consumers.values()}
        self.broker.wait_for(names, event)
        try:
            event.wait()
        finally:
            self.broker.no_longer(names, event)

    def close(self) -> None:
        """Close all channels."""
        self.connected = False
        for channel in list(self.channels.values()):
            channel.close()


class Transport(base.Transport):
    """What kombu asks for."""

    driver_type = "inproc"
    driver_name = "pinlian"
    default_port = 0
    implements = base.Transport.implements.extend(
        asynchronous=False, exchange_type=frozenset(["direct", "topic", "fanout"]), heartbeats=False
    )
    connection_errors = (ConnectionError,)
    channel_errors = (ChannelError,)
    recoverable_connection_errors = (ConnectionError,)
    recoverable_channel_errors = ()

    def __init__(self, client: Any, **_: Any) -> None:
        self.client = client

    def driver_version(self) -> str:
        """Return the version, which kombu shows in logs."""
        return "1"

    def establish_connection(self) -> Session:
        """Connect to the broker that the URL names."""
        return Session(self.client, Broker.get(self.client.hostname or "default"))

    def close_connection(self, connection: Session) -> None:
        """Disconnect."""
        connection.close()

    def create_channel(self, connection: Session) -> Channel:
        """Open a channel."""
        return connection.channel()

    def close_channel(self, channel: Channel) -> None:
        """Close a channel."""
        channel.close()

    def drain_events(self, connection: Session, **options: Any) -> None:
        """Deliver what is there, or wait for it."""
        connection.drain_events(**options)

    def verify_connection(self, connection: Session) -> bool:
        """Tell whether the connection is open."""
        return connection.connected

    @property
    def default_connection_params(self) -> dict[str, Any]:
        """The parts of a URL that need not be given."""
        return {"port": 0, "hostname": "default"}
