"""The consumer of all queues of a container: what cannot be read is buried with a reason, never lost, never fatal.

nameko acknowledges, and so loses, what it cannot decode, and kills the container for what it did not expect. Here a
message is handed over undecoded, and whatever goes wrong with it is the end of that message's delivery, not of more.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import eventlet
import kombu
from amqp.exceptions import AMQPError, PreconditionFailed
from kombu.exceptions import KombuError
from nameko.messaging import QueueConsumer

from services.chassis import topology
from services.chassis.errors import StartupError
from services.chassis.reading import body_of, clean
from services.kernel.ids import new_id

log = logging.getLogger(__name__)

REQUEUE_PAUSE = 1.0  # seconds before a message is given back when not even its burial worked
LOOK_UP = 0.1  # seconds between two looks whether to stop, where no message comes
RECONNECT_MOST = 2.0  # seconds between two tries to reach a lost broker
GRACE = 10.0  # seconds that a stopping container gives to what is under way


class _StoppedError(Exception):
    """The container stops while the broker is away."""


class RawConsumer(kombu.Consumer):
    """Hands messages over as they came. kombu would decompress them first, however large that makes them.

    ``most`` is how many it may have at a time.
    """

    def __init__(self, *arguments: Any, most: int = 0, **options: Any) -> None:
        self._most = most
        super().__init__(*arguments, **options)

    def consume(self, no_ack: bool | None = None) -> None:
        """Start consuming. The limit is that of the channel at this moment: other consumers on it have others."""
        if self._most:
            self.qos(prefetch_count=self._most)
        super().consume(no_ack)

    def _receive_callback(self, raw: Any) -> None:
        headers = raw.properties.get("application_headers") or {}
        if "compression" in headers:
            headers["compressed-with"] = headers.pop("compression")
        self.on_message(self.channel.message_to_python(raw))


class SafeQueueConsumer(QueueConsumer):
    """nameko's queue consumer, whose messages are handled in greenthreads that cannot kill the container."""

    def __init__(self) -> None:
        super().__init__()
        # What was handed over and is neither acknowledged nor returned.
        self._open: set[Any] = set()
        # The last message of the turn of a lane, by its entrypoint.
        self._parting: dict[Any, Any] = {}
        self._leaving_since: float | None = None

    def run(self) -> None:
        """Consume until stopped, looking often enough whether that is asked for."""
        with suppress(_StoppedError):
            super().run(safety_interval=LOOK_UP)

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        """Connect, and after a loss try again soon: nobody can call this service meanwhile."""
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error, interval_start=0.2, interval_step=0.3, interval_max=RECONNECT_MOST
            )
            yield connection

    def on_connection_error(self, error: Exception, interval: float) -> None:
        """Log it; stop trying when the container stops, which it could not while nobody comes back."""
        super().on_connection_error(error, interval)
        for provider, removed in self._pending_remove_providers.items():
            self._consumers.pop(provider, None)
            removed.send()
        stopping, self._pending_remove_providers = bool(self._pending_remove_providers), {}
        if self.should_stop or (stopping and not self._consumers):
            self.should_stop = True
            raise _StoppedError

    def get_consumers(self, consumer_cls: Any, channel: Any) -> list[kombu.Consumer]:
        """Declare the shared topology, after every reconnection, then the consumers.

        Raises ``StartupError``, which ends the container, when a queue exists and is declared otherwise: to try again
        and again, as for a lost connection, would look like a service that starts slowly.
        """
        self._open.clear()
        try:
            topology.declare_shared(channel, retry_delays(self.container.config))
            return self._consume_all(channel)
        except PreconditionFailed as error:
            raise StartupError(f"a queue or exchange exists with other properties; delete it: {error}") from error

    def _consume_all(self, channel: Any) -> list[kombu.Consumer]:
        for provider in self._providers:
            most = getattr(provider, "prefetch_count", self.prefetch_count)
            self._consumers[provider] = self._consume(channel, provider.queue, partial(self._hand, provider), most)
        if all(getattr(provider, "is_quick", False) for provider in self._providers):
            return list(self._consumers.values())
        dead = topology.dead_queue(self.container.service_name)
        return [*self._consumers.values(), self._consume(channel, dead, self._hand_dead, self.prefetch_count)]

    def _consume(
        self, channel: Any, queue: kombu.Queue, on_message: Callable[[Any], None], most: int
    ) -> kombu.Consumer:
        return RawConsumer(channel, queues=[queue], on_message=on_message, most=most)

    def on_iteration(self) -> None:
        """Stop once no consumer is left and what was handed over is done with, so that it does not come again."""
        self._let_others()
        self._cancel_consumers_if_requested()
        if self._consumers:
            return
        self._leaving_since = self._leaving_since or time.monotonic()
        if not self._open or time.monotonic() > self._leaving_since + GRACE:
            self.should_stop = True

    def let_others(self, provider: Any, message: Any) -> None:
        """Acknowledge the last message of a turn once its consumer has gone to the end of the line; see lanes.py."""
        self._parting[provider] = message

    def _let_others(self) -> None:
        # Between two deliveries is the one place where a consumer may be cancelled: it waits for the broker's answer.
        while self._parting:
            provider, message = self._parting.popitem()
            consumer = self._consumers.get(provider)
            if consumer is not None:
                consumer.cancel()
            self.ack_message(message)
            if consumer is not None:
                consumer.consume()

    def on_decode_error(self, message: Any, error: Exception) -> None:
        """Send it to the dead letters of its queue; not reached, because nothing is decoded before it is handed on."""
        message.reject()

    def _hand(self, provider: Any, message: Any) -> None:
        self._open.add(message)
        if getattr(provider, "is_quick", False):
            self._guarded(provider, message)
        else:
            self.container.spawn_managed_thread(partial(self._guarded, provider, message), identifier=str(provider))

    def _guarded(self, provider: Any, message: Any) -> None:
        try:
            provider.handle_message(message)
        except Exception as error:
            log.exception("a message could not be handled", extra={"queue": provider.queue.name})
            self.give_up(provider.queue.name, message, f"unhandled: {type(error).__name__}")

    def _hand_dead(self, message: Any) -> None:
        """Store what the broker gave up on, unopened: its queue, and not this one, is where a replay sends it."""
        queue = str(message.headers.get("x-first-death-queue") or "?")
        reason = f"the broker gave up on it: {message.headers.get('x-first-death-reason')}"
        attempts = topology.DELIVERY_LIMIT + 1
        self.container.spawn_managed_thread(
            partial(self.give_up, queue, message, reason, attempts=attempts), identifier="dead letters of the broker"
        )

    def give_up(self, queue: str, message: Any, reason: str, *, attempts: int = 1) -> None:
        """Bury the message, then acknowledge it; give it back after a pause if it cannot be buried."""
        try:
            self.container.config["PINLIAN"].bury(
                self.container.service_name, **letter_of(queue, message, reason, attempts)
            )
        except Exception:
            log.exception("a dead letter could not be stored", extra={"queue": queue})
            self.give_back(message)
            return
        # What follows the colon may quote the message; it stands in the table of the service, and not in the logs.
        kind = reason.partition(":")[0]
        log.error("dead letter", extra={"queue": queue, "reason": kind, "attempts": attempts})
        self.ack_message(message)

    def give_back(self, message: Any) -> None:
        """Return the message to its queue after a pause."""
        eventlet.sleep(REQUEUE_PAUSE)
        self.requeue_message(message)

    def ack_message(self, message: Any) -> None:
        """Acknowledge; a message whose connection is lost is the broker's again, and comes back."""
        self._open.discard(message)
        _quietly(super().ack_message, message)

    def requeue_message(self, message: Any) -> None:
        """Return the message to its queue at once."""
        self._open.discard(message)
        _quietly(super().requeue_message, message)


def _quietly(do: Callable[[Any], None], message: Any) -> None:
    try:
        do(message)
    except (AMQPError, KombuError, OSError) as error:
        # The consumer finds the lost connection itself and reconnects; here it must not kill the container.
        log.warning("a message could not be acknowledged", extra={"why": type(error).__name__})


def retry_delays(config: dict[str, Any]) -> tuple[int, ...]:
    """Return the delays (milliseconds) between the attempts to handle a message."""
    return tuple(config.get("PINLIAN_RETRY_DELAYS_MS") or topology.RETRY_DELAYS_MS)


def letter_of(queue: str, message: Any, reason: str, attempts: int) -> dict[str, Any]:
    """Return what is stored of a message that cannot be handled."""
    message_id, content_type = message.properties.get("message_id"), message.content_type
    return {
        "id": str(new_id()),
        "queue": queue,
        "routing_key": clean(str(message.delivery_info.get("routing_key")))[:500],
        "message_id": None if message_id is None else clean(str(message_id))[:200],
        "headers": printable(message.headers or {}),
        "content_type": None if content_type is None else clean(str(content_type))[:200],
        "body": body_of(message),
        "reason": clean(reason)[:1000],
        "attempts": attempts,
    }


def printable(headers: dict[str, Any]) -> dict[str, str]:
    """Return headers as short texts that a database takes, whatever a stranger put into them."""
    return {clean(str(key))[:200]: clean(str(value))[:1000] for key, value in list(headers.items())[:50]}
