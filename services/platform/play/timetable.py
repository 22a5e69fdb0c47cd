"""The times of a scenario: named spans after its start, and what can be written with them."""

import re
from datetime import datetime, timedelta

from services.platform.play.errors import ScenarioError

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([wdhms])")
_POINT = re.compile(r"^\s*(?:(?P<name>[a-z_][a-z0-9_]*)\s*)?(?:(?P<sign>[+-])\s*(?P<span>[0-9wdhms. ]+))?\s*$")


def parse_span(text: str) -> timedelta:
    """Read a span such as ``2d 3h`` or ``40s`` (weeks, days, hours, minutes, seconds)."""
    if not isinstance(text, str) or not text.strip() or _PART.sub("", text).strip():
        raise ScenarioError(f"{text!r} is not a span of time; expected one such as '2d 3h', '90m' or '40s'")
    return sum((timedelta(**{UNITS[unit]: float(count)}) for count, unit in _PART.findall(text)), timedelta())


class Timetable:
    """Named spans, measured from ``start``; ``start`` is a name too."""

    def __init__(self, spans: dict[str, str], start: datetime | None = None) -> None:
        self.start = start
        self._spans = {"start": timedelta(), **{name: parse_span(text) for name, text in spans.items()}}

    def span(self, expression: str) -> timedelta:
        """Return how long after the start ``expression`` is: ``deadline``, ``+2d 3h`` or ``deadline - 1h``."""
        found = _POINT.match(str(expression))
        if found is None or not (found["name"] or found["span"]):
            raise ScenarioError(f"{expression!r} is not a time; expected a named time, '+2d 3h' or 'deadline - 1h'")
        name = found["name"] or "start"
        if name not in self._spans:
            raise ScenarioError(f"the time {name!r} is not in times; there are {', '.join(self._spans)}")
        offset = parse_span(found["span"]) if found["span"] else timedelta()
        return self._spans[name] + (-offset if found["sign"] == "-" else offset)

    def point(self, expression: str) -> datetime:
        """Return the moment of ``expression``."""
        if self.start is None:
            raise ScenarioError(f"the time {expression!r} is used before the scenario has started")
        return self.start + self.span(expression)
