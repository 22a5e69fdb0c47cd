"""Recurring rules of RFC 5545, section 3.3.10: the part of them that services need, unfolded in local time.

What is allowed is chosen so that every rule has dates, or is refused: a rule without any would be searched for until
the year 9999. Dates are worked out by python-dateutil on the clock on the wall; only then do they become instants, so
that a lesson at nine stays at nine when the clocks change.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from services.kernel.errors import InvalidError

MAX_COUNT = 500
MAX_INTERVAL = 52
LONGEST = 200  # characters
_ALWAYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL"}
# Which parts each frequency may have besides those; where two of them are named together no date might fit both.
_PARTS = {
    "DAILY": set(),
    "WEEKLY": {"BYDAY", "WKST"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY"},
    "YEARLY": {"BYMONTH", "BYMONTHDAY"},
}
_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY = r"(MO|TU|WE|TH|FR|SA|SU)"
_FORMS = {
    "FREQ": "|".join(_PARTS),
    "INTERVAL": r"[1-9][0-9]?",
    "COUNT": r"[1-9][0-9]{0,2}",
    "UNTIL": r"[0-9]{8}(T[0-9]{6}Z?)?",
    "BYDAY": rf"([+-]?[1-5])?{_DAY}(,([+-]?[1-5])?{_DAY})*",
    "BYMONTHDAY": r"-?[1-9][0-9]?(,-?[1-9][0-9]?)*",
    "BYMONTH": r"[1-9][0-9]?(,[1-9][0-9]?)*",
    "WKST": _DAY,
}
_EXAMPLE = "a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=SA,SU;COUNT=8"


def check_rrule(text: str, field: str) -> None:
    """Raise ``InvalidError`` naming ``field`` unless the text is a rule of the part of RFC 5545 that is known here."""
    parts = _parts(text, field)
    _check_numbers(parts, field)
    numbered = re.search(r"[0-9]", parts.get("BYDAY", ""))
    if parts["FREQ"] == "WEEKLY" and numbered:
        raise InvalidError(field, "numbers a day in a weekly rule", "days such as SA,SU; 1SA is for MONTHLY")
    if {"BYDAY", "BYMONTHDAY"} <= parts.keys():
        raise InvalidError(field, "names days of the week and of the month", "BYDAY or BYMONTHDAY, not both")
    if parts["FREQ"] == "YEARLY":
        _check_yearly(parts, field)


def _parts(text: str, field: str) -> dict[str, str]:
    if len(text) > LONGEST:
        raise InvalidError(field, f"has {len(text)} characters", f"at most {LONGEST}")
    pairs = [part.partition("=") for part in text.split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) < len(pairs):
        raise InvalidError(field, "names a part twice", _EXAMPLE)
    for name, value in parts.items():
        if name not in _FORMS or not re.fullmatch(_FORMS[name], value):
            raise InvalidError(field, f"has a part {name}={value} that is not understood", _EXAMPLE)
    if "FREQ" not in parts:
        raise InvalidError(field, "has no FREQ", _EXAMPLE)
    allowed = _ALWAYS | _PARTS[parts["FREQ"]]
    if unknown := sorted(parts.keys() - allowed):
        problem, expected = f"has {unknown[0]} in a {parts['FREQ']} rule", f"only {', '.join(sorted(allowed))}"
        raise InvalidError(field, problem, expected)
    return parts


def _check_numbers(parts: dict[str, str], field: str) -> None:
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise InvalidError(field, "has both COUNT and UNTIL", "one of them, or neither")
    most = 1 if parts["FREQ"] == "YEARLY" else MAX_INTERVAL
    for name, limit in (("COUNT", MAX_COUNT), ("INTERVAL", most)):
        if int(parts.get(name, 1)) > limit:
            raise InvalidError(field, f"has {name}={parts[name]}", f"at most {limit}")
    for name, limit in (("BYMONTH", 12), ("BYMONTHDAY", 31)):
        if any(abs(int(number)) > limit for number in parts.get(name, "1").split(",")):
            raise InvalidError(field, f"has {name}={parts[name]}", f"numbers up to {limit}")
    if "UNTIL" in parts:
        try:
            _until(parts["UNTIL"], ZoneInfo("UTC"))
        except ValueError:
            raise InvalidError(
                field, f"has UNTIL={parts['UNTIL']}, which is no date", "a date such as 20261231"
            ) from None


def _check_yearly(parts: dict[str, str], field: str) -> None:
    if ("BYMONTH" in parts) != ("BYMONTHDAY" in parts):
        raise InvalidError(field, "names a month or a day, but not both", "BYMONTH with BYMONTHDAY, or neither")
    months = [int(month) for month in parts.get("BYMONTH", "1").split(",")]
    days = [abs(int(day)) for day in parts.get("BYMONTHDAY", "1").split(",")]
    if not any(day <= _DAYS_OF_MONTH[month - 1] for month in months for day in days):
        raise InvalidError(field, "names a day that its months do not have", "a day that exists, such as 29 in month 2")


def _until(text: str, zone: ZoneInfo) -> datetime:
    """Return the last local time that a rule includes; a mere date includes the whole day."""
    if "T" not in text:
        return datetime.combine(date.fromisoformat(text), time.max)
    read = datetime.fromisoformat(text.removesuffix("Z"))
    return read.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if text.endswith("Z") else read


def occurrences(rrule: str, starts: datetime, zone: ZoneInfo, until: datetime) -> Iterator[datetime]:
    """Yield the local times (naive) of a checked rule in order, from ``starts`` on and not after ``until``.

    A rule counts only dates that fit it: unlike in RFC 5545, ``starts`` is none of them unless it does.
    """
    parts = dict(part.split("=") for part in rrule.split(";"))
    last = min(_until(parts.pop("UNTIL"), zone), until) if "UNTIL" in parts else until
    text = "RRULE:" + ";".join(f"{name}={value}" for name, value in parts.items())
    for found in rrulestr(text, dtstart=starts):
        if found > last:
            return
        yield found


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) of a local time, as RFC 5545, section 3.3.5, has it.

    A time that comes twice when clocks go back is the first of the two; one that does not come when they go forward is
    reckoned with the offset of before, so that 02:30 is 03:30.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
