"""A connection pool that serves greenthreads in the order in which they asked.

SQLAlchemy's queue wakes a waiter when a connection comes back, but whoever asks before the waiter has run takes it
first, and the waiter goes to the end of the line. Greenthreads make this the rule: one that gives a connection back and
asks again never lets the hub run in between. Under load some then wait until they time out. Here a connection is
handed to the first in line.
"""

from collections import deque
from typing import Any

from eventlet.event import Event
from sqlalchemy.pool import QueuePool
from sqlalchemy.util.queue import Empty, Full, QueueCommon


class FairQueue(QueueCommon):
    """What ``QueuePool`` needs of a queue, for the greenthreads of one thread."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:
        self.maxsize = maxsize
        self.use_lifo = use_lifo
        self._items: deque[Any] = deque()
        self._waiting: deque[Event] = deque()

    def qsize(self) -> int:
        """Return how many items nobody has."""
        return len(self._items)

    def empty(self) -> bool:
        """Tell whether there is none."""
        return not self._items

    def full(self) -> bool:
        """Tell whether no more fit in."""
        return 0 < self.maxsize <= len(self._items)

    def put_nowait(self, item: Any) -> None:
        """Give an item to the first in line, or keep it."""
        while self._waiting:
            event = self._waiting.popleft()
            if not event.ready():
                event.send(item)
                return
        if self.full():
            raise Full
        self._items.append(item)

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Do the same: the pool never waits for room."""
        self.put_nowait(item)

    def get_nowait(self) -> Any:
        """Return an item, or raise ``Empty``."""
        if not self._items:
            raise Empty
        return self._items.pop() if self.use_lifo else self._items.popleft()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Return an item, wait for one ``timeout`` seconds at most, or raise ``Empty``."""
        if self._items or not block:
            return self.get_nowait()
        event = Event()
        self._waiting.append(event)
        try:
            event.wait(timeout)
        except BaseException:
            # Killed while an item was on its way to us: the next in line gets it.
            self._leave(event)
            if event.ready():
                self.put_nowait(event.wait())
            raise
        if not event.ready():
            self._leave(event)
            raise Empty
        return event.wait()

    def _leave(self, event: Event) -> None:
        if event in self._waiting:
            self._waiting.remove(event)


class FairPool(QueuePool):
    """SQLAlchemy's pool over a fair queue."""

    _queue_class = FairQueue
