"""Publishing with confirms over a small pool of connections, within a deadline and without ever reusing a doubtful one.

nameko's own publisher waits without limit for a confirm and puts a channel back into its pool after an error, where a
late confirm can be taken for that of another message (py-amqp takes any confirm for that of the last message).
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import amqp
import eventlet
import kombu.serialization
from eventlet.semaphore import Semaphore
from kombu import Connection
from kombu.exceptions import ChannelError, KombuError

import services.chassis.broker  # noqa: F401 - teaches kombu the scheme inproc://

CONNECT_TIMEOUT = 4.0  # seconds
# kombu would try for ever, or until the caller's deadline; a broker that refuses is better told at once.
CONNECT_ONCE = {"max_retries": 1, "interval_start": 0.1, "interval_step": 0, "interval_max": 0.1}
HEARTBEAT = 60  # seconds, asked of the broker, so that it forgets connections of a dead process
# A connection that rested longer than this may be half-open, and nobody sent heartbeats on it: it is not used again.
LONGEST_REST = 20.0  # seconds
# After a rest of this length it is worth looking whether the broker has closed the connection meanwhile.
SHORT_REST = 1.0  # seconds
# A confirm is a round trip; more connections than this gain nothing and cost the broker memory.
MOST_CONNECTIONS = 20

# What publishing (and connecting, and declaring) raises when the broker is gone or says no.
BROKER_ERRORS = (amqp.exceptions.AMQPError, KombuError, OSError)

kombu.serialization.register(
    "cloudevents",
    lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    json.loads,
    content_type="application/cloudevents+json",
    content_encoding="utf-8",
)


class UnroutableError(Exception):
    """The broker took the message and no queue got it."""


class Publisher:
    """Publishes messages to one broker. One per process and broker is enough: ``Publisher.to(uri)``."""

    _shared: ClassVar[dict[str, "Publisher"]] = {}

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._idle: list[tuple[Connection, float]] = []
        self._room = Semaphore(MOST_CONNECTIONS)

    @classmethod
    def to(cls, uri: str) -> "Publisher":
        """Return the publisher of this process for the broker at ``uri``."""
        if uri not in cls._shared:
            cls._shared[uri] = cls(uri)
        return cls._shared[uri]

    def publish(
        self,
        body: bytes,
        *,
        exchange: str,
        routing_key: str,
        content_type: str = "application/json",
        headers: dict[str, Any] | None = None,
        mandatory: bool = False,
        persistent: bool = True,
        timeout: float = 5.0,
        **properties: Any,
    ) -> None:
        """Publish a message and wait for its confirm, ``timeout`` seconds at most.

        Raises ``UnroutableError`` when it is mandatory and nobody gets it, and one of ``BROKER_ERRORS`` (among them
        ``TimeoutError``) when the broker cannot be reached: the outcome is then unknown.
        """
        given = {name: value for name, value in properties.items() if value is not None}
        with eventlet.Timeout(timeout, TimeoutError(f"no confirm within {timeout} s")), self.channel() as channel:
            message = channel.prepare_message(
                body,
                content_type=content_type,
                content_encoding="utf-8",
                headers=headers or {},
                properties={"delivery_mode": 2 if persistent else 1, **given},
            )
            try:
                channel.basic_publish(message, exchange=exchange, routing_key=routing_key, mandatory=mandatory)
            except ChannelError as error:
                if "NO_ROUTE" in str(error):
                    raise UnroutableError(f"nobody gets {routing_key!r} of {exchange!r}") from error
                raise

    @contextmanager
    def channel(self) -> Iterator[Any]:
        """Lend a channel in confirm mode; its connection goes back to the pool only when nothing went wrong."""
        with self._room:
            connection = self._take()
            try:
                yield connection.default_channel
            except BaseException:
                # Also a Timeout lands here: what was under way on this connection is unknown, so nobody uses it again.
                _drop(connection)
                raise
            self._idle.append((connection, time.monotonic()))

    def close(self) -> None:
        """Close the connections that are not lent."""
        while self._idle:
            _drop(self._idle.pop()[0])

    def _take(self) -> Connection:
        while self._idle:
            connection, since = self._idle.pop()
            if _is_usable(connection, time.monotonic() - since):
                return connection
            _drop(connection)
        return self._connect()

    def _connect(self) -> Connection:
        connection = Connection(
            self._uri,
            connect_timeout=CONNECT_TIMEOUT,
            heartbeat=HEARTBEAT,
            transport_options={"confirm_publish": True},
        )
        try:
            connection.ensure_connection(**CONNECT_ONCE)
        except BaseException:
            _drop(connection)
            raise
        return connection


def _is_usable(connection: Connection, rested: float) -> bool:
    """Tell whether a pooled connection may be used: what the broker said meanwhile is read here, before its use."""
    if not connection.connected or rested > LONGEST_REST:
        return False
    if rested > SHORT_REST and connection.transport.driver_type == "amqp":
        try:
            connection.drain_events(timeout=0.000001)
        except TimeoutError:
            return True  # nothing was waiting, which is the ordinary case
        except Exception:
            return False
    return True


def _drop(connection: Connection) -> None:
    """Close a connection without waiting for the broker's farewell."""
    try:
        connection.collect()
    except Exception:
        return  # it was broken, and that is why it is dropped
