"""The in-process broker itself: exchanges, bindings, and the count of what is not worked off yet. See BROKER.md.

It knows nothing of kombu. Everything runs in one thread under eventlet and no method yields between reading and
writing its state, so that it needs no lock.
"""

import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Protocol

import eventlet
from eventlet.event import Event

from services.chassis.broker.exchanges import Exchange
from services.chassis.broker.queues import Consumer, Letter, Queue

log = logging.getLogger(__name__)

# A message whose dead-letter exchange leads nowhere is not dropped but offered again after so many seconds.
DEATH_RETRY = 3.0


class Closable(Protocol):
    """A connection, which the broker can break off."""

    def break_off(self) -> None:
        """End at once, as a broker that dies would end it."""


class Broker:
    """One broker. ``Broker.get(name)`` returns the same one for the same name within the process."""

    _named: ClassVar[dict[str, "Broker"]] = {}

    def __init__(self) -> None:
        self.exchanges: dict[str, Exchange] = {}
        self.queues: dict[str, Queue] = {}
        self.sessions: set[Closable] = set()
        self.tags = itertools.count(1)
        self._live: Counter[str] = Counter()
        self._pending = 0
        self._settled: list[Callable[[str], None]] = []
        self._idle = Event()

    @classmethod
    def get(cls, name: str) -> "Broker":
        """Return the broker called ``name``; the first to ask makes it."""
        if name not in cls._named:
            cls._named[name] = cls()
        return cls._named[name]

    @classmethod
    def forget(cls, name: str) -> None:
        """Drop the broker called ``name``, its connections and everything in it, as the end of a process would."""
        if broker := cls._named.pop(name, None):
            broker.drop_connections()

    def drop_connections(self) -> None:
        """Break off all connections, as a restart would; queues and messages stay."""
        for session in list(self.sessions):
            session.break_off()

    # What programs declare

    def declare_exchange(self, name: str, type_: str) -> None:
        """Make the exchange unless it is there."""
        self.exchanges.setdefault(name, Exchange(type_))

    def declare_queue(self, name: str, arguments: dict[str, Any] | None = None) -> Queue:
        """Make the queue unless it is there."""
        if name not in self.queues:
            queue = self.queues[name] = Queue(name, dict(arguments or {}), self._on_expired)
            self._expire_unused(queue)
        return self.queues[name]

    def bind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Let the exchange route ``routing_key`` to the queue."""
        self.exchanges[exchange].bindings.add((routing_key, queue))

    def unbind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Take a binding back."""
        if exchange in self.exchanges:
            self.exchanges[exchange].bindings.discard((routing_key, queue))

    def delete_queue(self, name: str) -> int:
        """Drop the queue, its bindings and what is in it; return how many messages that was."""
        for exchange in self.exchanges.values():
            exchange.bindings = {binding for binding in exchange.bindings if binding[1] != name}
        queue = self.queues.pop(name, None)
        return self.purge(queue) if queue else 0

    def purge(self, queue: Queue) -> int:
        """Drop what is ready in a queue; return how many messages that was."""
        letters = list(queue.ready)
        queue.ready.clear()
        for letter in letters:
            self._end(queue, letter)
        return len(letters)

    def add_consumer(self, consumer: Consumer) -> None:
        """Let a consumer have messages from now on."""
        consumer.queue.consumers.append(consumer)
        consumer.queue.pump()

    def remove_consumer(self, consumer: Consumer) -> None:
        """Give a consumer no more messages; what it has stays with it."""
        if consumer in consumer.queue.consumers:
            consumer.queue.consumers.remove(consumer)
            self._expire_unused(consumer.queue)

    def _expire_unused(self, queue: Queue) -> None:
        after = queue.arguments.get("x-expires")
        if after is not None and not queue.consumers:
            eventlet.spawn_after(after / 1000, self._delete_if_unused, queue)

    def _delete_if_unused(self, queue: Queue) -> None:
        if not queue.consumers and self.queues.get(queue.name) is queue:
            self.delete_queue(queue.name)

    # What happens to messages

    def route(self, exchange: str, routing_key: str) -> Iterable[str]:
        """Return the names of the queues that a message goes to."""
        if not exchange:
            return [routing_key] if routing_key in self.queues else []
        found = self.exchanges.get(exchange)
        return sorted(found.matches(routing_key) & self.queues.keys()) if found else []

    def publish(self, exchange: str, routing_key: str, body: bytes, properties: dict[str, Any]) -> int:
        """Put a copy into each queue that it is routed to; return their number."""
        letters = [(self.queues[name], Letter(body, properties, exchange, routing_key))
                   for name in self.route(exchange, routing_key)]  # fmt: skip
        # All copies count before the first is delivered, so that none of them can settle the message alone.
        for queue, letter in letters:
            self._begin(queue, letter)
        for queue, letter in letters:
            queue.put(letter)
        return len(letters)

    def ack(self, queue: Queue, letter: Letter, consumer: Consumer | None = None) -> None:
        """The message had its effect: this copy is gone."""
        queue.release(consumer)
        self._end(queue, letter)
        queue.pump()

    def put_back(self, queue: Queue, letter: Letter, consumer: Consumer | None = None, *, seen: bool = True) -> None:
        """Deliver again, or send to the dead letters what came back too often; ``seen`` tells whether it counts."""
        queue.release(consumer)
        letter.returns += seen
        limit = queue.arguments.get("x-delivery-limit")
        if self.queues.get(queue.name) is not queue:
            self._end(queue, letter)
        elif limit is not None and letter.returns > limit:
            self.dead_letter(queue, letter, "delivery_limit")
        else:
            queue.put_back(letter)
        queue.pump()

    def reject(self, queue: Queue, letter: Letter, consumer: Consumer | None = None) -> None:
        """Refuse for good: to the dead letters of its queue."""
        queue.release(consumer)
        self.dead_letter(queue, letter, "rejected")
        queue.pump()

    def dead_letter(self, queue: Queue, letter: Letter, reason: str) -> None:
        """Move a message to the dead-letter exchange of its queue, or drop it where there is none."""
        exchange = queue.arguments.get("x-dead-letter-exchange")
        safe = queue.arguments.get("x-dead-letter-strategy") == "at-least-once"
        if exchange is not None:
            key = queue.arguments.get("x-dead-letter-routing-key", letter.routing_key)
            found = self.publish(exchange, key, letter.body, _with_death(letter, queue.name, reason))
            if not found and safe:
                eventlet.spawn_after(DEATH_RETRY, self.dead_letter, queue, letter, reason)
                return
        self._end(queue, letter)

    def _on_expired(self, queue: Queue, letter: Letter) -> None:
        self.dead_letter(queue, letter, "expired")

    # What others wait for

    def live(self, message_id: str) -> int:
        """Return how many copies of a message are in queues or unacknowledged."""
        return self._live[message_id]

    def on_settled(self, callback: Callable[[str], None]) -> None:
        """Call ``callback(message_id)`` when the last copy of a message is gone: the broker's publisher confirm."""
        self._settled.append(callback)

    def off_settled(self, callback: Callable[[str], None]) -> None:
        """Stop calling ``callback``."""
        if callback in self._settled:
            self._settled.remove(callback)

    def idle(self) -> bool:
        """Tell whether every message has been worked off, answers to calls aside."""
        return self._pending == 0

    def wait_idle(self, timeout: float) -> bool:
        """Wait until ``idle()``, ``timeout`` seconds at most; return whether it came true."""
        with eventlet.Timeout(timeout, False):
            while not self.idle():
                self._idle.wait()
            return True
        return self.idle()

    def _begin(self, queue: Queue, letter: Letter) -> None:
        self._pending += queue.counted
        if letter.message_id:
            self._live[letter.message_id] += 1

    def _end(self, queue: Queue, letter: Letter) -> None:
        if letter.message_id:
            self._live[letter.message_id] -= 1
            if self._live[letter.message_id] <= 0:
                del self._live[letter.message_id]
                self._tell_settled(letter.message_id)
        self._pending -= queue.counted
        if queue.counted and self._pending == 0:
            event, self._idle = self._idle, Event()
            event.send()

    def _tell_settled(self, message_id: str) -> None:
        for callback in list(self._settled):
            try:
                callback(message_id)
            except Exception:
                log.exception("a callback for settled messages failed")


def _with_death(letter: Letter, queue: str, reason: str) -> dict[str, Any]:
    """Return the properties with the headers in which RabbitMQ, too, says why and where a message died first."""
    headers = dict(letter.properties.get("application_headers") or {})
    headers.setdefault("x-first-death-queue", queue)
    headers.setdefault("x-first-death-reason", reason)
    headers.setdefault("x-first-death-exchange", letter.exchange)
    return {**letter.properties, "application_headers": headers}
