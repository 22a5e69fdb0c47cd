"""The scheduler: runs the command of each durable timer when it is due, once, however many schedulers there are.

A timer is claimed by locking its row, deleted, and its command run, in one transaction. A crash at any point leaves the
row as it was; a second scheduler skips the locked row.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, or_, select, update

from services.chassis.bus import ATTEMPTS, lost_a_race
from services.chassis.context import working_for
from services.chassis.environment import Environment
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.watch import Watch

log = logging.getLogger(__name__)

Timers = Mapping[str, Callable[[dict[str, Any], Any], Any]]

LONGEST_RETRY = timedelta(minutes=10)


class Scheduler(Watch):
    """Fires the timers of one service."""

    name, topic = "scheduler", "timers"

    def __init__(self, environment: Environment, unit: type[UnitOfWork], timers: Timers) -> None:
        super().__init__(environment, unit)
        self._timers = timers
        self._table = environment.tables(self.service).timers
        self._fired = environment.metrics.timers_fired

    def work(self) -> bool:
        """Run the timer that has been due longest; return False if none is due. A failing one is put off."""
        for attempt in range(1, ATTEMPTS + 1):
            with self._new_uow() as uow:
                timer = self._claim(uow)
                if timer is None:
                    return False
                error = self._run(uow, timer)
            if error is None:
                return True
            if not lost_a_race(error) or attempt == ATTEMPTS:
                self._put_off(timer, error)
                return True
        raise AssertionError("unreachable")

    def _claim(self, uow: UnitOfWork) -> Row | None:
        table, now = self._table, self._clock.now()
        due = (table.c.due_at <= now, or_(table.c.retry_at.is_(None), table.c.retry_at <= now))
        statement = select(table).where(*due).order_by(table.c.due_at, table.c.key).limit(1)
        timer = uow.connection.execute(statement.with_for_update(skip_locked=True)).one_or_none()
        if timer is not None:
            # Deleted first, because the command may set a timer of the same key.
            uow.connection.execute(delete(table).where(table.c.key == timer.key))
        return timer

    def _run(self, uow: UnitOfWork, timer: Row) -> Exception | None:
        """Run the command and commit; return what went wrong."""
        try:
            with working_for(timer.correlation_id, f"timer/{timer.key}"):
                self._timers[timer.command](timer.payload, uow)
                uow.commit()
        except Exception as error:
            return error
        self._fired.labels(self.service, timer.command, "done").inc()
        return None

    def _put_off(self, timer: Row, error: Exception) -> None:
        """Keep the failed timer for another try; whoever moved or cancelled it meanwhile is right."""
        table, attempts = self._table, timer.attempts + 1
        retry_at = self._clock.now() + min(timedelta(seconds=2 ** min(attempts - 1, 20)), LONGEST_RETRY)
        unchanged = (table.c.key == timer.key, table.c.due_at == timer.due_at, table.c.attempts == timer.attempts)
        values = {"attempts": attempts, "retry_at": retry_at, "last_error": type(error).__name__}
        self._fired.labels(self.service, timer.command, "failed").inc()
        log.error(
            "a timer failed, trying again",
            extra={"service": self.service, "command": timer.command, "attempts": attempts},
            exc_info=error,
        )
        with self._new_uow() as uow:
            uow.connection.execute(update(table).where(*unchanged).values(values))
            uow.commit()

    def next_due(self) -> datetime | None:
        """Return when the next timer will be due."""
        # By the index only: a timer that waits for its retry is found by looking once a second.
        table = self._table.c
        with self._new_uow() as uow:
            statement = select(table.due_at).where(table.due_at > self._clock.now())
            return uow.connection.execute(statement.order_by(table.due_at).limit(1)).scalar_one_or_none()
