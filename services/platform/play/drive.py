"""Who moves the time of a play: we ourselves on a virtual clock, or the world."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from services.platform.embedded import Embedded

WEEK = timedelta(days=7)


class Time(Protocol):
    """The time of a play. ``polling`` is how long (seconds) an expectation may take to come true."""

    real: bool
    polling: float

    def begin(self, wanted: datetime) -> datetime:
        """Go to the start of a scenario that wants to begin at ``wanted``, and return when that is."""
        ...

    def go_to(self, point: datetime) -> None:
        """Go to a time; one that has passed is no reason to wait."""
        ...

    def settle(self) -> None:
        """Let everything come to rest that follows from what was done."""
        ...


class VirtualTime:
    """Days pass in an instant and timers fire in order, on an embedded platform with a virtual clock."""

    real = False
    polling = 5.0

    def __init__(self, platform: Embedded) -> None:
        self._platform = platform

    def begin(self, wanted: datetime) -> datetime:
        """Go to ``wanted``; if that has passed, to the same hour of the same weekday in a later week."""
        while wanted < self._platform.clock.now():
            wanted += WEEK
        self._platform.advance_to(wanted)
        return wanted

    def go_to(self, point: datetime) -> None:
        """Let the time pass until ``point``."""
        if point > self._platform.clock.now():
            self._platform.advance_to(point)

    def settle(self) -> None:
        """Wait until no event is on its way and no timer is due."""
        self._platform.settle()


class RealTime:
    """The machine's clock: a running deployment is given the time that it needs."""

    real = True

    def __init__(self, polling: float = 60.0) -> None:
        self.polling = polling

    def begin(self, wanted: datetime) -> datetime:
        """Begin now."""
        return datetime.now(UTC)

    def go_to(self, point: datetime) -> None:
        """Wait until ``point``."""
        while (left := (point - datetime.now(UTC)).total_seconds()) > 0:
            time.sleep(min(left, 1.0))

    def settle(self) -> None:
        """Nothing tells when a deployment is at rest: expectations are asked until they hold."""
