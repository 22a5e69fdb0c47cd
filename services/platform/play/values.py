"""What stands between ``${`` and ``}``, and how an answer is compared with what a scenario expects."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from services.kernel.clock import format_time
from services.platform.play.errors import ScenarioError
from services.platform.play.timetable import Timetable

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_MISSING = object()

COMPARISONS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "at_least": (">=", lambda seen, wanted: _number(seen) >= _number(wanted)),
    "at_most": ("<=", lambda seen, wanted: _number(seen) <= _number(wanted)),
    "not": ("!=", lambda seen, wanted: seen != wanted),
    "any_of": ("one of", lambda seen, wanted: seen in wanted),
    "contains": ("contains", lambda seen, wanted: seen is not None and wanted in seen),
}


def look_up(value: Any, path: str, default: Any = None) -> Any:
    """Follow a dotted path through objects and lists; ``length`` of a list is its length, ``[n]`` counts from 1."""
    for part in path.replace("[", ".#").replace("]", "").split("."):
        if isinstance(value, Mapping):
            value = value.get(part, _MISSING)
        elif isinstance(value, list) and part == "length":
            value = len(value)
        elif isinstance(value, list) and part.lstrip("#").isdigit():
            index = int(part.lstrip("#")) - (1 if part.startswith("#") else 0)
            value = value[index] if 0 <= index < len(value) else _MISSING
        else:
            value = _MISSING
        if value is _MISSING:
            return default
    return value


def fill(value: Any, names: Mapping[str, Any], times: Timetable) -> Any:
    """Return ``value`` with every ``${...}`` replaced; one that is the whole text keeps its type."""
    if isinstance(value, Mapping):
        return {key: fill(each, names, times) for key, each in value.items()}
    if isinstance(value, list):
        return [fill(each, names, times) for each in value]
    if not isinstance(value, str):
        return value
    whole = _VARIABLE.fullmatch(value)
    if whole is not None:
        return _resolve(whole[1].strip(), names, times)
    return _VARIABLE.sub(lambda found: str(_resolve(found[1].strip(), names, times)), value)


def _resolve(expression: str, names: Mapping[str, Any], times: Timetable) -> Any:
    kind, _, rest = expression.partition(".")
    if kind == "time":
        return format_time(times.point(rest))
    if kind in ("hours", "minutes"):
        count = times.span(rest).total_seconds() / (3600 if kind == "hours" else 60)
        return int(count) if count == int(count) else round(count, 6)
    found = look_up(names, expression, _MISSING)
    if found is _MISSING:
        raise ScenarioError(f"${{{expression}}} is not known here; known are {', '.join(sorted(names))}")
    return found


def differences(answer: Any, where: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Compare an answer with ``where`` and return (path, what was expected, what was seen) of all that differs."""
    found = []
    for path, wanted in where.items():
        seen = look_up(answer, path)
        rules = wanted if isinstance(wanted, Mapping) and set(wanted) <= set(COMPARISONS) and wanted else {"": wanted}
        for rule, value in rules.items():
            sign, holds = COMPARISONS.get(rule, ("=", lambda seen, wanted: seen == wanted))
            if not holds(seen, value):
                found.append((path, f"{path} {sign} {value!r}", seen))
    return found


def _number(value: Any) -> float:
    # Amounts of money are decimal strings; nothing at all is less than every number.
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("-inf")
