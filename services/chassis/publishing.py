"""Publishing with confirms over a small pool of connections, within a deadline and without ever reusing a doubtful one.

nameko's own publisher waits without limit for a confirm and puts a channel back into its pool after an error, where a
late confirm can be taken for that of another message.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import eventlet
import kombu.serialization
from kombu import Connection
from kombu.exceptions import ChannelError

import services.chassis.broker  # noqa: F401 - teaches kombu the scheme inproc://

CONNECT_TIMEOUT = 4.0  # seconds

kombu.serialization.register(
    "cloudevents",
    lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    lambda text: json.loads(text),
    content_type="application/cloudevents+json",
    content_encoding="utf-8",
)


class UnroutableError(Exception):
    """The broker took the message and no queue got it."""


class Publisher:
    """Publishes messages to one broker. One per process and broker is enough: ``Publisher.to(uri)``."""

    _shared: dict[str, "Publisher"] = {}  # noqa: RUF012 - a registry is meant to be shared

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._idle: list[Connection] = []

    @classmethod
    def to(cls, uri: str) -> "Publisher":
        """Return the publisher of this process for the broker at ``uri``."""
        return cls._shared.setdefault(uri, cls(uri))

    def publish(
        self,
        body: bytes,
        *,
        exchange: str,
        routing_key: str,
        content_type: str = "application/json",
        headers: dict[str, Any] | None = None,
        mandatory: bool = False,
        timeout: float = 5.0,
        **properties: Any,
    ) -> None:
        """Publish a persistent message and wait for its confirm, ``timeout`` seconds at most.

        Raises ``UnroutableError`` when it is mandatory and nobody gets it, and ``OSError`` (also as kombu's
        connection errors) or ``TimeoutError`` when the broker cannot be reached: the outcome is then unknown.
        """
        with eventlet.Timeout(timeout, TimeoutError(f"no confirm within {timeout} s")), self.channel() as channel:
            message = channel.prepare_message(
                body,
                content_type=content_type,
                content_encoding="utf-8",
                headers=headers or {},
                properties={"delivery_mode": 2, **properties},
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
        connection = self._take()
        try:
            yield connection.default_channel
        except BaseException:
            # Also a Timeout lands here: what was under way on this connection is unknown, so nobody uses it again.
            eventlet.spawn_n(_close, connection)
            raise
        self._idle.append(connection)

    def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if _still_open(connection):
                return connection
            eventlet.spawn_n(_close, connection)
        connection = Connection(
            self._uri, connect_timeout=CONNECT_TIMEOUT, transport_options={"confirm_publish": True, "max_retries": 1}
        )
        connection.connect()
        return connection


def _still_open(connection: Connection) -> bool:
    """Read what the broker may have said meanwhile: a connection that it closed is found here, before it is used."""
    try:
        if not connection.connected:
            return False
        if connection.transport.driver_type == "amqp":
            connection.drain_events(timeout=0.000001)
    except TimeoutError:
        return True  # nothing was waiting, which is the ordinary case
    except Exception:
        return False
    return True


def _close(connection: Connection) -> None:
    with eventlet.Timeout(2, False):
        try:
            connection.release()
        except Exception:
            return  # it was broken, and that is why it is closed
