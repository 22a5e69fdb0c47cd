"""Durable timers: a deadline is a row, set and cancelled in the transaction that needs it. See scheduler.py."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, Table, delete, func

from services.chassis.bulk import insertion, packed
from services.chassis.context import WorkContext, current_context
from services.chassis.tables import ChassisTables

MOVED = ("due_at", "command", "payload", "correlation_id", "attempts", "retry_at", "last_error")


class NewTimer(NamedTuple):
    """A timer to be set; without a ``context`` it belongs to the running work."""

    key: str
    due_at: datetime
    command: str
    payload: dict[str, Any]
    context: WorkContext | None = None


class Timers:
    """The timers of one service, within one transaction."""

    def __init__(self, connection: Connection, tables: ChassisTables) -> None:
        self._connection = connection
        self._table = tables.timers
        self.changed = 0

    def set(self, key: str, due_at: datetime, command: str, payload: dict[str, Any]) -> None:
        """Fire ``command`` with ``payload`` at ``due_at``; a timer of the same ``key`` is moved."""
        self.set_many([NewTimer(key, due_at, command, payload)])

    def set_many(self, timers: Iterable[NewTimer | tuple[Any, ...]]) -> None:
        """Set timers, ``NewTimer`` or tuples like it, in one statement; of one key the last counts."""
        last = {timer.key: timer for timer in (NewTimer(*timer) for timer in timers)}
        if not last:
            return
        ours = current_context()
        # In the order of the keys, so that two transactions that set many cannot wait for each other crosswise.
        rows = [_row(last[key], last[key].context or ours) for key in sorted(last)]
        self._connection.execute(_moved(self._table), packed(rows))
        self.changed += len(rows)

    def keep(self, key: str, due_at: datetime, command: str, payload: dict[str, Any]) -> None:
        """Fire ``command`` with ``payload`` at ``due_at``; a timer of the same ``key`` stays as it is.

        One that is just fired is waited for: it is gone afterwards, or stays if its command fails.
        """
        timer = NewTimer(key, due_at, command, payload)
        self._connection.execute(_kept(self._table), packed([_row(timer, current_context())]))
        self.changed += 1

    def cancel(self, key: str) -> None:
        """Forget the timer; nothing happens if it has fired or never was."""
        self.cancel_many([key])

    def cancel_many(self, keys: Iterable[str]) -> None:
        """Forget timers, in one statement."""
        if gone := sorted(set(keys)):
            self._connection.execute(delete(self._table).where(self._table.c.key == func.any(gone)))


def _row(timer: NewTimer, context: WorkContext) -> dict[str, Any]:
    return {
        "key": timer.key,
        "due_at": timer.due_at,
        "command": timer.command,
        "payload": timer.payload,
        "correlation_id": context.correlation_id,
        "attempts": 0,
        "retry_at": None,
        "last_error": None,
    }


@cache
def _kept(table: Table) -> Executable:
    return insertion(table, ("key", *MOVED)).on_conflict_do_nothing(index_elements=[table.c.key])


@cache
def _moved(table: Table) -> Executable:
    statement = insertion(table, ("key", *MOVED))
    set_ = {name: statement.excluded[name] for name in MOVED}
    return statement.on_conflict_do_update(index_elements=[table.c.key], set_=set_)
