"""The queues of the in-process broker: order, delivery to consumers in turn, time to live, expiry. See BROKER.md."""

import itertools
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import eventlet

REPLY_PREFIX = "rpc.reply-"

_positions = itertools.count(1)


class Letter:
    """One copy of a message in one queue."""

    __slots__ = ("body", "exchange", "expires_at", "position", "properties", "returns", "routing_key")

    def __init__(self, body: bytes, properties: dict[str, Any], exchange: str, routing_key: str) -> None:
        self.body = body
        self.properties = properties
        self.exchange = exchange
        self.routing_key = routing_key
        self.position = next(_positions)
        # How often it was delivered and came back.
        self.returns = 0
        self.expires_at: float | None = None

    @property
    def message_id(self) -> str | None:
        """The id under which the copies of a message are counted."""
        return self.properties.get("message_id")


class Consumer:
    """Who is given the messages of a queue: at most ``prefetch`` at a time, or any number if that is 0."""

    __slots__ = ("deliver", "prefetch", "queue", "tag", "unacked")

    def __init__(self, tag: str, queue: "Queue", prefetch: int, deliver: Callable[["Consumer", Letter], None]) -> None:
        self.tag = tag
        self.queue = queue
        self.prefetch = prefetch
        self.deliver = deliver
        self.unacked = 0

    def has_room(self) -> bool:
        """Tell whether it may be given one more."""
        return not self.prefetch or self.unacked < self.prefetch


class Queue:
    """A queue: what waits in it, who consumes it, and how many of its messages are with them."""

    def __init__(self, name: str, arguments: dict[str, Any], on_expired: Callable[["Queue", Letter], None]) -> None:
        self.name = name
        self.arguments = arguments
        self.ready: deque[Letter] = deque()
        self.consumers: deque[Consumer] = deque()
        self.unacked = 0
        # Whether somebody waits for it to be empty: not for the private queues into which calls are answered.
        self.counted = not name.startswith(REPLY_PREFIX)
        self._ttl = arguments.get("x-message-ttl")
        self._single = bool(arguments.get("x-single-active-consumer"))
        self._on_expired = on_expired
        self._timer: Any = None
        self._pumping = False

    def put(self, letter: Letter) -> None:
        """Add a message at the end."""
        self.ready.append(letter)
        if self._ttl is not None:
            letter.expires_at = time.monotonic() + self._ttl / 1000
            self._watch()
        self.pump()

    def put_back(self, letter: Letter) -> None:
        """Add a message that was delivered and comes back, at its old place."""
        behind = 0
        while behind < len(self.ready) and self.ready[behind].position < letter.position:
            behind += 1
        self.ready.insert(behind, letter)
        if letter.expires_at is not None:
            self._watch()
        self.pump()

    def take(self) -> Letter | None:
        """Take the next message; it is unacknowledged until ``release``."""
        if not self.ready:
            return None
        self.unacked += 1
        return self.ready.popleft()

    def release(self, consumer: Consumer | None) -> None:
        """Give back the room that a delivered message took; ``pump`` then uses it."""
        self.unacked -= 1
        if consumer is not None:
            consumer.unacked -= 1

    def pump(self) -> None:
        """Deliver to the consumers in turn as long as there are messages and room."""
        if self._pumping:
            return  # a delivery that is acknowledged at once comes back here; the loop below goes on by itself
        self._pumping = True
        try:
            while self.ready and (consumer := self._next_with_room()):
                consumer.unacked += 1
                consumer.deliver(consumer, self.take())
        finally:
            self._pumping = False

    def _next_with_room(self) -> Consumer | None:
        if self._single:  # the oldest has all, until it goes
            return self.consumers[0] if self.consumers and self.consumers[0].has_room() else None
        for _ in range(len(self.consumers)):
            consumer = self.consumers[0]
            self.consumers.rotate(-1)
            if consumer.has_room():
                return consumer
        return None

    def _watch(self) -> None:
        """Wake up when the first message expires; the time to live is that of the queue, so the first is the oldest."""
        if self._timer is None and self.ready:
            self._timer = eventlet.spawn_after(max(self.ready[0].expires_at - time.monotonic(), 0), self._expire)

    def _expire(self) -> None:
        self._timer = None
        while self.ready and self.ready[0].expires_at <= time.monotonic():
            self._on_expired(self, self.ready.popleft())
        self._watch()
