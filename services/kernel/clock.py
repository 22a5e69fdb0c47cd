"""Time comes from a clock, so that a deadline can be tested and a scenario can pass days in an instant."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from services.kernel.errors import InvalidError


class Clock(Protocol):
    """Tells the time, in UTC."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved. Those who wait for a time ``watch`` it."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._watchers: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Return the time it was last moved to."""
        return self._now

    def move_to(self, now: datetime) -> None:
        """Move forward and tell the watchers; never backward."""
        if now < self._now:
            raise InvalidError("now", f"{now.isoformat()} is before {self._now.isoformat()}", "a later time")
        self._now = now
        for watcher in list(self._watchers):
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call ``watcher()`` after each move."""
        self._watchers.append(watcher)


def parse_time(text: str, field: str) -> datetime:
    """Read an RFC 3339 time with its zone and return it in UTC; raise ``InvalidError`` naming ``field``."""
    expected = "an RFC 3339 time with a zone, such as 2026-05-18T10:00:00+08:00"
    try:
        time = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise InvalidError(field, f"{text!r} is not a time", expected) from None
    if time.tzinfo is None:
        raise InvalidError(field, f"{text!r} has no time zone", expected)
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise InvalidError(field, f"{text!r} is out of range", expected) from None


def format_time(time: datetime) -> str:
    """Write a time as RFC 3339 in UTC with ``Z``."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
