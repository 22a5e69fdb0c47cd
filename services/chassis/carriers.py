"""How the relay hands messages to a broker: one small port, and what stands behind it for RabbitMQ and in process.

The relay asks two questions. Did the broker *take* a message, so that the next one of its subject may follow? Is it
*settled*, so that it never needs to be published again? RabbitMQ answers both at once, by its confirm: the message is
then in quorum queues. The in-process broker keeps messages in memory only, so there a message is settled when its
consumers are done with it; what is not settled when the process dies is published again by the next one.
"""

import base64
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import eventlet
from kombu import Connection

from services.chassis import topology
from services.chassis.broker import Broker
from services.chassis.dead_letters import BASE64_KEY, CONTENT_TYPE_KEY, RETRY_EXCHANGE
from services.chassis.envelope import CONTENT_TYPE
from services.chassis.wakeup import Wakeup

log = logging.getLogger(__name__)

CONNECT_TIMEOUT = 4.0  # seconds
# Between the beginnings of two rounds in a stream of events: a round costs as much as ten events, and after a rest the
# first event leaves at once all the same.
PACE = 0.025  # seconds
CONFIRM_TIMEOUT = 15.0  # seconds for all confirms of one call; a broker that flushes to disk needs a moment
PERSISTENT = 2


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """What the relay reads of a row of the outbox."""

    position: int
    message_id: str
    exchange: str
    routing_key: str
    subject: str
    body: str
    headers: dict[str, Any] = field(default_factory=dict)


class Carrier(Protocol):
    """Where a relay publishes to. One greenthread uses it at a time; ``pace`` is the least time between two rounds."""

    pace: float

    def publish(self, rows: Sequence[OutboxRow]) -> set[int]:
        """Publish rows of different subjects; return the positions of those that the broker took.

        Raises a connection error, ``OSError`` or ``TimeoutError`` when the outcome is unknown.
        """
        ...

    def settled(self) -> set[int]:
        """Return the positions of taken rows that need no publishing any more; each is returned once."""
        ...

    def close(self) -> None:
        """Forget the connection and everything that is on its way."""
        ...


class ConfirmedCarrier:
    """Publishes to RabbitMQ in a pipeline: all messages of a call first, then one wait for all their confirms.

    py-amqp's own confirm mode waits after each message, and takes any confirm for that of the latest one. Here the
    channel is put into confirm mode by hand and the broker's delivery tags are matched: they count the publishings of
    the channel from 1 (https://www.rabbitmq.com/docs/confirms).
    """

    pace = PACE

    def __init__(self, uri: str, confirm_timeout: float = CONFIRM_TIMEOUT) -> None:
        self._uri = uri
        self._timeout = confirm_timeout
        self._connection: Connection | None = None
        self._channel: Any = None
        self._tag = 0
        self._waiting: dict[int, OutboxRow] = {}
        self._returned: set[str] = set()
        self._confirmed: set[int] = set()
        self._settled: set[int] = set()

    def publish(self, rows: Sequence[OutboxRow]) -> set[int]:
        """Publish and wait for the confirms; whatever goes wrong, no doubtful connection is used again."""
        try:
            with eventlet.Timeout(self._timeout, TimeoutError(f"no confirms within {self._timeout} s")):
                if self._channel is None:
                    self._open()
                self._confirmed, self._returned = set(), set()
                self._declare({row.exchange for row in rows} - self._declared)
                with in_one_piece(self._connection):
                    for row in rows:
                        self._send(row)
                while self._waiting:
                    self._connection.drain_events(timeout=self._timeout)
        except BaseException:
            # What was confirmed before the accident is settled all the same.
            self._settled |= self._confirmed
            self.close()
            raise
        self._settled |= self._confirmed
        return self._confirmed

    def settled(self) -> set[int]:
        """Return what was confirmed since the last call."""
        settled, self._settled = self._settled, set()
        return settled

    def close(self) -> None:
        """Drop the connection without waiting for the broker's farewell."""
        connection, self._connection, self._channel = self._connection, None, None
        self._waiting = {}
        if connection is not None:
            eventlet.spawn_n(_release, connection)

    def _open(self) -> None:
        self._connection = Connection(
            self._uri, connect_timeout=CONNECT_TIMEOUT, heartbeat=0, transport_options={"max_retries": 1}
        )
        self._connection.connect()
        self._channel = channel = self._connection.default_channel
        for exchange in topology.RETRY_EXCHANGE, topology.DEAD_EXCHANGE:
            exchange(channel).declare()
        self._declared: set[str] = {topology.RETRY_EXCHANGE.name}
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._tag = 0

    def _declare(self, exchanges: set[str]) -> None:
        for exchange in exchanges:
            topology.event_exchange(exchange.removesuffix(".events"))(self._channel).declare()
            self._declared.add(exchange)

    def _send(self, row: OutboxRow) -> None:
        self._tag += 1
        self._waiting[self._tag] = row
        send(self._channel, row)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        for row in self._done(tag, multiple):
            # A message that reached no queue is returned first and confirmed afterwards.
            if row.message_id not in self._returned:
                self._confirmed.add(row.position)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._done(tag, multiple)

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        self._returned.add(message.properties.get("message_id"))

    def _done(self, tag: int, multiple: bool) -> list[OutboxRow]:
        tags = [waiting for waiting in self._waiting if waiting <= tag] if multiple else [tag]
        return [self._waiting.pop(one) for one in tags if one in self._waiting]


class InProcessCarrier:
    """Publishes to the in-process broker, where a message is settled when its last copy is acknowledged."""

    pace = 0.0

    def __init__(self, uri: str, wakeup: Wakeup) -> None:
        self._uri = uri
        self._broker = Broker.get(urlsplit(uri).hostname or "default")
        self._wakeup = wakeup
        self._channel: Any = None
        self._flying: dict[str, set[int]] = {}
        self._settled: set[int] = set()

    def publish(self, rows: Sequence[OutboxRow]) -> set[int]:
        """Put the messages into their queues."""
        if self._channel is None:
            self._connection = Connection(self._uri)
            self._channel = self._connection.default_channel
            self._broker.on_settled(self._on_settled)
        taken = set()
        for row in rows:
            self._flying.setdefault(row.message_id, set()).add(row.position)
            if self._put(row):
                taken.add(row.position)
                if not self._broker.live(row.message_id):
                    self._on_settled(row.message_id)  # nobody listens to it
            else:
                self._flying.pop(row.message_id)
        return taken

    def _put(self, row: OutboxRow) -> bool:
        if row.exchange != RETRY_EXCHANGE:
            topology.event_exchange(row.exchange.removesuffix(".events"))(self._channel).declare()
        try:
            send(self._channel, row)
        except self._connection.channel_errors as error:
            log.warning("the broker refused a message", extra={"message_id": row.message_id, "why": str(error)})
            return False
        return True

    def settled(self) -> set[int]:
        """Return what was worked off since the last call."""
        settled, self._settled = self._settled, set()
        return settled

    def close(self) -> None:
        """Stop listening; what is on its way stays unsent and is published again."""
        if self._channel is not None:
            self._broker.off_settled(self._on_settled)
            self._connection.release()
        self._channel, self._flying, self._settled = None, {}, set()

    def _on_settled(self, message_id: str) -> None:
        if message_id in self._flying:
            self._settled |= self._flying.pop(message_id)
            self._wakeup.set()


def carrier_for(uri: str, wakeup: Wakeup) -> Carrier:
    """Return the carrier for the broker at ``uri``; ``wakeup`` is rung when messages settle by themselves."""
    return InProcessCarrier(uri, wakeup) if uri.startswith("inproc:") else ConfirmedCarrier(uri)


@contextmanager
def in_one_piece(connection: Connection) -> Iterator[None]:
    """Let all that is published in the block leave in one write at its end.

    py-amqp writes each message by itself; the system calls cost both sides more than the messages.
    """
    transport, held = connection.connection.transport, bytearray()
    write, transport._write = transport._write, held.extend
    try:
        yield
    finally:
        transport._write = write
    write(held)


def send(channel: Any, row: OutboxRow) -> None:
    """Publish one row, persistent, as CloudEvents in structured mode, without waiting for anything."""
    content_type = row.headers.get(CONTENT_TYPE_KEY) or CONTENT_TYPE
    body = base64.b64decode(row.body) if row.headers.get(BASE64_KEY) else row.body.encode()
    correlation, causation = _conversation(row)
    message = channel.prepare_message(
        body,
        content_type=content_type,
        content_encoding="utf-8",
        headers={"pinlian-correlation-id": correlation, "pinlian-causation-id": causation} if correlation else {},
        properties={"message_id": row.message_id, "delivery_mode": PERSISTENT},
    )
    # An event that nobody listens to is in order. A replay that reaches no queue would be lost.
    mandatory = row.exchange == RETRY_EXCHANGE
    channel.basic_publish(message, exchange=row.exchange, routing_key=row.routing_key, mandatory=mandatory)


def _conversation(row: OutboxRow) -> tuple[str, str]:
    """Return the ids by which a trace of messages can be followed without reading their bodies."""
    if row.exchange == RETRY_EXCHANGE:
        return "", ""
    wire = json.loads(row.body)
    return str(wire.get("correlationid") or ""), str(wire.get("causationid") or "")


def _release(connection: Connection) -> None:
    with eventlet.Timeout(2, False):
        try:
            connection.release()
        except Exception:
            return  # it was broken, and that is why it is closed
