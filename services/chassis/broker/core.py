"""The in-process broker itself: exchanges, queues and messages in memory, for one process. See BROKER.md.

It knows nothing of kombu. Everything runs in one thread under eventlet and no method yields between reading and
writing its state, so that it needs no lock.
"""

import itertools
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import eventlet
from eventlet.event import Event

Headers = dict[str, Any]


@dataclass(slots=True)
class Letter:
    """One copy of a message, in one queue."""

    body: bytes
    properties: dict[str, Any]
    exchange: str
    routing_key: str
    redelivered: bool = False
    deliveries: int = 0

    @property
    def message_id(self) -> str | None:
        """The id under which the copies of a message are counted."""
        return self.properties.get("message_id")


@dataclass(slots=True)
class Queue:
    """A queue and what waits in it, ready to be delivered."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    ready: deque[Letter] = field(default_factory=deque)
    unacked: int = 0

    @property
    def is_reply(self) -> bool:
        """Whether it is a private queue for the answers of calls, which nobody waits for to be empty."""
        return self.name.startswith("rpc.reply-")


@dataclass(slots=True)
class Exchange:
    """An exchange of type direct, topic or fanout, and its bindings (routing key, queue)."""

    type: str
    bindings: set[tuple[str, str]] = field(default_factory=set)


@lru_cache(maxsize=4096)
def _pattern(binding_key: str) -> re.Pattern[str]:
    """Compile a topic binding: ``*`` is exactly one word, ``#`` any number of words (AMQP 0-9-1, 3.1.3.3)."""
    words = [r"[^.]+" if word == "*" else r".*" if word == "#" else re.escape(word) for word in binding_key.split(".")]
    joined = r"\.".join(words).replace(r".*\.", r"(?:.*\.)?").replace(r"\..*", r"(?:\..*)?")
    return re.compile(joined)


class Broker:
    """One broker. ``Broker.get(name)`` returns the same one for the same name within the process."""

    _named: ClassVar[dict[str, "Broker"]] = {}

    def __init__(self) -> None:
        self.exchanges: dict[str, Exchange] = {}
        self.queues: dict[str, Queue] = {}
        self._live: Counter[str] = Counter()
        self._settled: list[Callable[[str], None]] = []
        self._waiters: dict[str, list[Event]] = defaultdict(list)
        self._idle_waiters: list[Event] = []
        self._delayed = 0
        self.tags = itertools.count(1)

    @classmethod
    def get(cls, name: str) -> "Broker":
        """Return the broker called ``name``; the first to ask makes it."""
        return cls._named.setdefault(name, cls())

    @classmethod
    def forget(cls, name: str) -> None:
        """Drop the broker called ``name`` and everything in it, as the end of a process would."""
        cls._named.pop(name, None)

    # What programs declare

    def declare_exchange(self, name: str, type_: str) -> None:
        """Make the exchange unless it is there."""
        self.exchanges.setdefault(name, Exchange(type_))

    def declare_queue(self, name: str, arguments: dict[str, Any] | None = None) -> Queue:
        """Make the queue unless it is there."""
        return self.queues.setdefault(name, Queue(name, dict(arguments or {})))

    def bind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Let the exchange route ``routing_key`` to the queue."""
        self.exchanges[exchange].bindings.add((routing_key, queue))

    def unbind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Take a binding back."""
        if exchange in self.exchanges:
            self.exchanges[exchange].bindings.discard((routing_key, queue))

    def delete_queue(self, name: str) -> None:
        """Drop the queue, its bindings and what is in it."""
        for exchange in self.exchanges.values():
            exchange.bindings = {binding for binding in exchange.bindings if binding[1] != name}
        if queue := self.queues.pop(name, None):
            for letter in queue.ready:
                self._end(letter)

    # What happens to messages

    def route(self, exchange: str, routing_key: str) -> Iterable[str]:
        """Return the names of the queues that a message goes to."""
        if not exchange:
            return [routing_key] if routing_key in self.queues else []
        found = self.exchanges.get(exchange)
        if found is None:
            return []
        if found.type == "fanout":
            matches = {queue for _, queue in found.bindings}
        elif found.type == "topic":
            matches = {queue for key, queue in found.bindings if _pattern(key).fullmatch(routing_key)}
        else:
            matches = {queue for key, queue in found.bindings if key == routing_key}
        return sorted(matches & self.queues.keys())

    def publish(self, exchange: str, routing_key: str, body: bytes, properties: dict[str, Any]) -> int:
        """Put a copy into each queue that it is routed to; return their number."""
        names = self.route(exchange, routing_key)
        for name in names:
            self._put(self.queues[name], Letter(body, dict(properties), exchange, routing_key))
        return len(names)

    def _put(self, queue: Queue, letter: Letter, *, first: bool = False) -> None:
        if letter.message_id:
            self._live[letter.message_id] += 1
        (queue.ready.appendleft if first else queue.ready.append)(letter)
        ttl = queue.arguments.get("x-message-ttl")
        if ttl is not None:
            self._delayed += 1
            eventlet.spawn_after(ttl / 1000, self._expire, queue, letter)
        self._wake(queue.name)

    def _expire(self, queue: Queue, letter: Letter) -> None:
        self._delayed -= 1
        if letter in queue.ready:
            queue.ready.remove(letter)
            self.dead_letter(queue, letter)

    def take(self, name: str) -> Letter | None:
        """Take the next message of a queue; it counts as unacknowledged until ``ack`` or ``put_back``."""
        queue = self.queues.get(name)
        if queue is None or not queue.ready:
            return None
        letter = queue.ready.popleft()
        letter.deliveries += 1
        queue.unacked += 1
        return letter

    def ack(self, name: str, letter: Letter) -> None:
        """The message had its effect: this copy is gone."""
        self._leave(name)
        self._end(letter)

    def put_back(self, name: str, letter: Letter) -> None:
        """Deliver again: to the front of its queue, or to the dead letters after too many deliveries."""
        self._leave(name)
        queue = self.queues.get(name)
        if queue is None:
            self._end(letter)
            return
        letter.redelivered = True
        limit = queue.arguments.get("x-delivery-limit")
        if limit is not None and letter.deliveries > limit:
            self.dead_letter(queue, letter)
            return
        self._put(queue, letter, first=True)
        self._forget(letter)

    def reject(self, name: str, letter: Letter) -> None:
        """Refuse for good: to the dead letters of its queue."""
        self._leave(name)
        if queue := self.queues.get(name):
            self.dead_letter(queue, letter)
        else:
            self._end(letter)

    def dead_letter(self, queue: Queue, letter: Letter) -> None:
        """Move a message to the dead-letter exchange of its queue, or drop it where there is none."""
        exchange = queue.arguments.get("x-dead-letter-exchange")
        if exchange is not None:
            key = queue.arguments.get("x-dead-letter-routing-key", letter.routing_key)
            self.publish(exchange, key, letter.body, letter.properties)
        self._end(letter)

    def _leave(self, name: str) -> None:
        if queue := self.queues.get(name):
            queue.unacked -= 1

    # What others wait for

    def live(self, message_id: str) -> int:
        """Return how many copies of a message are in queues or unacknowledged."""
        return self._live[message_id]

    def on_settled(self, callback: Callable[[str], None]) -> None:
        """Call ``callback(message_id)`` when the last copy of a message is gone: the broker's publisher confirm."""
        self._settled.append(callback)

    def off_settled(self, callback: Callable[[str], None]) -> None:
        """Stop calling ``callback``."""
        self._settled.remove(callback)

    def _forget(self, letter: Letter) -> None:
        if letter.message_id:
            self._live[letter.message_id] -= 1

    def _end(self, letter: Letter) -> None:
        self._forget(letter)
        if letter.message_id and self._live[letter.message_id] <= 0:
            del self._live[letter.message_id]
            for callback in list(self._settled):
                callback(letter.message_id)
        if self._idle_waiters and self.idle():
            waiters, self._idle_waiters = self._idle_waiters, []
            for waiter in waiters:
                waiter.send()

    def idle(self) -> bool:
        """Tell whether every message has been worked off, answers to calls aside."""
        return not any(queue.ready or queue.unacked > 0 for queue in self.queues.values() if not queue.is_reply)

    def wait_idle(self, timeout: float) -> bool:
        """Wait until ``idle()``, ``timeout`` seconds at most; return whether it came true."""
        with eventlet.Timeout(timeout, False):
            while not self.idle():
                waiter = Event()
                self._idle_waiters.append(waiter)
                waiter.wait()
            return True
        return False

    def wait_for(self, names: Iterable[str], event: Event) -> None:
        """Send ``event`` when a message comes into one of the queues ``names``."""
        for name in names:
            self._waiters[name].append(event)

    def no_longer(self, names: Iterable[str], event: Event) -> None:
        """Stop waiting with ``event``."""
        for name in names:
            if event in self._waiters[name]:
                self._waiters[name].remove(event)

    def _wake(self, name: str) -> None:
        for event in self._waiters.pop(name, ()):
            if not event.ready():
                event.send()
