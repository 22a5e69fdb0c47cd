"""Spans of time: half-open intervals of UTC instants."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.kernel.clock import format_time, parse_time
from services.kernel.errors import InvalidError


@dataclass(frozen=True, slots=True, order=True)
class Timespan:
    """From ``start`` (included) to ``end`` (excluded), both aware."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidError("end", f"{format_time(self.end)} is not after the start", "an end after the start")

    @classmethod
    def from_wire(cls, wire: dict[str, str], field: str = "window") -> "Timespan":
        """Read ``{"start": ..., "end": ...}``; errors name ``field``."""
        start, end = parse_time(wire["start"], f"{field}.start"), parse_time(wire["end"], f"{field}.end")
        if end <= start:
            raise InvalidError(f"{field}.end", f"{wire['end']} is not after the start", "an end after the start")
        return cls(start, end)

    def to_wire(self) -> dict[str, str]:
        """Return ``{"start": ..., "end": ...}`` in RFC 3339."""
        return {"start": format_time(self.start), "end": format_time(self.end)}

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def contains(self, other: "Timespan") -> bool:
        """Tell whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def intersect(self, other: "Timespan") -> "Timespan | None":
        """Return what both have in common, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Timespan(start, end) if start < end else None


def common_windows(these: Iterable[Timespan], those: Iterable[Timespan], at_least: timedelta) -> tuple[Timespan, ...]:
    """Return the spans in both sets that are at least ``at_least`` long, in order."""
    found = (one.intersect(other) for one in these for other in those)
    return tuple(sorted({span for span in found if span is not None and span.length >= at_least}))
