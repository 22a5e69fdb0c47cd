"""Events in lanes: of each lane one message at a time is handled, by one of all processes. See OUTBOX.md, Lanes."""

import time
from collections.abc import Callable
from typing import Any, ClassVar

from kombu import Queue

from services.chassis import topology
from services.chassis.bus import consumer_name
from services.chassis.entrypoints import EventSubscriber
from services.chassis.wire import Outcome, guarded

# How long one process has a lane (seconds) before the next message goes to another one, if there is one.
TURN = 1.0


class LaneSubscriber(EventSubscriber):
    """An entrypoint for one lane of an event: one message at a time, in one of all processes. See OUTBOX.md."""

    prefetch_count: ClassVar[int] = 1

    def __init__(self, source: str, event: str, lane: int, **options: Any) -> None:
        super().__init__(source, event, **options)
        self.lane = lane
        self._turn_began: float | None = None

    def _queue_of(self, service: str) -> Queue:
        return topology.lane_queue(self.source, self.event, service, self.lane)

    def handle_message(self, message: Any) -> None:
        """Handle it; the first one begins a turn."""
        self._turn_began = self._turn_began or time.monotonic()
        super().handle_message(message)

    def _finish(self, message: Any, outcome: Outcome) -> None:
        if outcome.error is not None or time.monotonic() < (self._turn_began or 0.0) + TURN:
            super()._finish(message, outcome)
            return
        self._turn_began = None
        self.queue_consumer.let_others(self, message)


def subscribe_in_lanes(source: str, event: str, lanes: int) -> Callable[[Callable], Callable]:
    """Let a method, named ``on_{source}_{event}``, receive the envelopes of an event that are sent in lanes.

    Of each of the ``lanes`` the messages come one after the other, whichever process gets them.
    """
    expected = consumer_name(source, event)

    def decorate(method: Callable) -> Callable:
        if method.__name__ != expected:
            raise ValueError(f"the handler of {source}.{event} is to be called {expected}, not {method.__name__}")
        decorated = guarded(method)
        for lane in range(lanes):
            decorated = LaneSubscriber.decorator(source, event, lane)(decorated)
        return decorated

    return decorate
