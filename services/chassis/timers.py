"""Durable timers: a deadline is a row, set and cancelled in the transaction that needs it. See scheduler.py."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert

from services.chassis.context import current_context
from services.chassis.tables import ChassisTables


class Timers:
    """The timers of one service, within one transaction."""

    def __init__(self, connection: Connection, tables: ChassisTables) -> None:
        self._connection = connection
        self._table = tables.timers
        self.changed = 0

    def set(self, key: str, due_at: datetime, command: str, payload: dict[str, Any]) -> None:
        """Fire ``command`` with ``payload`` at ``due_at``; a timer of the same ``key`` is moved."""
        row = {
            "due_at": due_at,
            "command": command,
            "payload": payload,
            "correlation_id": current_context().correlation_id,
            "attempts": 0,
            "retry_at": None,
            "last_error": None,
        }
        statement = insert(self._table).values(key=key, **row).on_conflict_do_update(index_elements=["key"], set_=row)
        self._connection.execute(statement)
        self.changed += 1

    def cancel(self, key: str) -> None:
        """Forget the timer; nothing happens if it has fired or never was."""
        self._connection.execute(delete(self._table).where(self._table.c.key == key))
