"""Calendars as JSON and back; the days off of suppliers, and the numbers of what their slots need."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.supplier.domain.calendars import Blackout, Calendar, ExtraDay, Rule
from services.supplier.domain.planning import DaysOff
from services.supplier.storage import offer_tables as tables

Values = dict[str, Any]
_SAME = ("zone", "resource", "parallel", "before_minutes", "after_minutes", "lead_hours")


def calendar_of(json: Values) -> Calendar:
    """Read a calendar."""
    return Calendar(
        **{name: json[name] for name in _SAME},
        rules=tuple(Rule(**_with_start(rule)) for rule in json["rules"]),
        extra_days=tuple(ExtraDay(**_with_start(extra)) for extra in json["extra_days"]),
        blackouts=blackouts_of(json["blackouts"]),
        exceptions=tuple(datetime.fromisoformat(one) for one in json["exceptions"]),
    )


def _with_start(json: Values) -> Values:
    return {**json, "starts": datetime.fromisoformat(json["starts"])}


def calendar_values(calendar: Calendar) -> Values:
    """Write a calendar as JSON; its local times have no offset."""
    return {
        **{name: getattr(calendar, name) for name in _SAME},
        "rules": [_rule_values(rule) for rule in calendar.rules],
        "extra_days": [
            {"starts": extra.starts.isoformat(), "minutes": extra.minutes, "capacity": extra.capacity}
            for extra in calendar.extra_days
        ],
        "blackouts": blackout_values(calendar.blackouts),
        "exceptions": [one.isoformat() for one in calendar.exceptions],
    }


def _rule_values(rule: Rule) -> Values:
    counts = {"minutes": rule.minutes, "capacity": rule.capacity, "sessions": rule.sessions}
    return {"rrule": rule.rrule, "starts": rule.starts.isoformat(), **counts}


def blackouts_of(json: list[Values]) -> tuple[Blackout, ...]:
    """Read days off."""
    return tuple(
        Blackout(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), one["why"]) for one in json
    )


def blackout_values(blackouts: tuple[Blackout, ...]) -> list[Values]:
    """Write days off as JSON."""
    return [{"first": one.first.isoformat(), "last": one.last.isoformat(), "why": one.why} for one in blackouts]


class Calendars:
    """The days off of suppliers, and the numbers of the crews and rooms that they have named."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def days_off(self, supplier_id: UUID) -> DaysOff:
        """Return those of a supplier, which has none before it says so."""
        statement = select(tables.days_off).where(tables.days_off.c.supplier_id == supplier_id)
        row = self._connection.execute(statement).one_or_none()
        return DaysOff(row.zone, blackouts_of(row.blackouts), row.version) if row else DaysOff()

    def save_days_off(self, supplier_id: UUID, days_off: DaysOff) -> None:
        """Keep those of a supplier in place of those before."""
        values = {"version": days_off.version, "zone": days_off.zone, "blackouts": blackout_values(days_off.blackouts)}
        statement = upsert(tables.days_off).values(supplier_id=supplier_id, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["supplier_id"], set_=values))

    def number_of(self, supplier_id: UUID, name: str) -> int:
        """Return the number of a crew or room; the empty name is the supplier itself."""
        table = tables.resources
        named = {"supplier_id": supplier_id, "name": name}
        self._connection.execute(upsert(table).values(named).on_conflict_do_nothing(constraint="resources_name"))
        wanted = (table.c.supplier_id == supplier_id, table.c.name == name)
        return self._connection.execute(select(table.c.number).where(*wanted)).scalar_one()
