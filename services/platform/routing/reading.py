"""What ``pinlian route`` reads: a file, as JSON in our form."""

import json
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from services.chassis.errors import StartupError
from services.kernel.errors import InvalidError
from services.supplier.domain.visits import wire
from services.supplier.domain.visits.model import Day, Plan

ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Asked:
    """A day, the plan that there was, and the time zone in which people read it."""

    day: Day
    plan: Plan | None
    zone: str


def read_day(text: str, path: str) -> Asked:
    """Read our JSON; raise ``StartupError`` that names the file and the line or the field."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise StartupError(f"{path}, line {error.lineno}: is not JSON ({error.msg})") from None
    try:
        day = wire.day_of(data)
        plan = _plan(data["plan"]) if data.get("plan") else None
        return Asked(day, plan, _zone(data.get("time_zone", ZONE)))
    except InvalidError as error:
        raise StartupError(f"{path}: {error.message}") from None


def _plan(value: Any) -> Plan:
    # The answer of an earlier run is taken as it is: its routes are the tours.
    tours = value.get("tours") or value.get("routes") if isinstance(value, dict) else value
    return wire.plan_of({"tours": tours})


def _zone(name: Any) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, TypeError, OSError, KeyError):
        raise InvalidError("time_zone", f"{name!r} is not known", "a name such as Asia/Shanghai") from None
