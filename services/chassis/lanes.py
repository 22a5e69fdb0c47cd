"""Events in lanes: of each lane one message at a time is handled, by one of all processes. See OUTBOX.md, Lanes."""

from collections.abc import Callable
from typing import Any, ClassVar

from kombu import Queue

from services.chassis import topology
from services.chassis.bus import consumer_name
from services.chassis.entrypoints import EventSubscriber
from services.chassis.wire import guarded


class LaneSubscriber(EventSubscriber):
    """An entrypoint for one lane of an event: one message at a time, in one of all processes. See OUTBOX.md."""

    prefetch_count: ClassVar[int] = 1

    def __init__(self, source: str, event: str, lane: int, **options: Any) -> None:
        super().__init__(source, event, **options)
        self.lane = lane

    def _queue_of(self, service: str) -> Queue:
        return topology.lane_queue(self.source, self.event, service, self.lane)


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
