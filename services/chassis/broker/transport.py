"""The kombu transport of the in-process broker: connections and the transport. See BROKER.md.

kombu's own ``memory://`` polls, keeps the content type where nameko does not look for it, and forgets dead letters;
this one is driven by events and speaks to ``core.Broker``.
"""

import itertools
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import amqp
from amqp.exceptions import ConnectionForced
from eventlet.event import Event
from kombu.transport import base

from services.chassis.broker.channel import Channel, Delivery
from services.chassis.broker.core import Broker


class Session:
    """A connection of one program to the broker."""

    def __init__(self, client: Any, broker: Broker) -> None:
        self.client = client
        self.broker = broker
        self.connected = True
        self.channels: dict[int, Channel] = {}
        self.exclusive: set[str] = set()
        self._ids = itertools.count(1)
        self._buffer: deque[tuple[Callable[[Delivery], None], Delivery]] = deque()
        self._wakeup = Event()
        broker.sessions.add(self)

    def channel(self) -> Channel:
        """Open a channel."""
        self._require_open()
        number = next(self._ids)
        channel = self.channels[number] = Channel(self, number)
        return channel

    def hand(self, callback: Callable[[Delivery], None], delivery: Delivery) -> None:
        """Let ``drain_events`` give ``delivery`` to ``callback``."""
        self._buffer.append((callback, delivery))
        self._wake()

    def take_back(self, channel: Channel, consumer_tag: str | None = None) -> list[int]:
        """Return the tags of what a channel (or one consumer of it) was sent and has not drained yet; it won't be."""

        def concerns(delivery: Delivery) -> bool:
            tag = delivery.delivery_info["consumer_tag"]
            return delivery.channel is channel and consumer_tag in (None, tag)

        taken = [delivery.delivery_tag for _, delivery in self._buffer if concerns(delivery)]
        self._buffer = deque(item for item in self._buffer if not concerns(item[1]))
        return taken

    def drain_events(self, timeout: float | None = None) -> None:
        """Deliver one message, or wait for it; raise ``socket.timeout`` after ``timeout`` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._buffer:
            self._require_open()
            self._wait(deadline)
        callback, delivery = self._buffer.popleft()
        callback(delivery)

    def _wait(self, deadline: float | None) -> None:
        rest = None if deadline is None else deadline - time.monotonic()
        if rest is not None and rest <= 0:
            raise TimeoutError("timed out")
        self._wakeup.wait(rest)
        if self._wakeup.ready():
            self._wakeup = Event()

    def _wake(self) -> None:
        if not self._wakeup.ready():
            self._wakeup.send()

    def _require_open(self) -> None:
        if not self.connected:
            raise ConnectionForced("the connection to the in-process broker is closed")

    def close(self) -> None:
        """Close all channels; what they had not acknowledged is delivered again."""
        self.connected = False
        self.broker.sessions.discard(self)
        for channel in list(self.channels.values()):
            channel.close()
        for name in self.exclusive:
            self.broker.delete_queue(name)
        self._wake()

    def break_off(self) -> None:
        """End at once: whoever waits in ``drain_events`` gets a connection error, as from a broker that dies."""
        self.close()


class Transport(base.Transport):
    """What kombu asks for."""

    driver_type = "inproc"
    driver_name = "pinlian"
    default_port = 0
    implements = base.Transport.implements.extend(
        asynchronous=False, exchange_type=frozenset(["direct", "topic", "fanout"]), heartbeats=False
    )
    connection_errors = amqp.Connection.connection_errors
    channel_errors = amqp.Connection.channel_errors
    recoverable_connection_errors = amqp.Connection.recoverable_connection_errors
    recoverable_channel_errors = amqp.Connection.recoverable_channel_errors

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
