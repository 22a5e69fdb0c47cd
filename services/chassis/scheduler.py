"""The scheduler: runs the command of each durable timer when it is due, once, however many schedulers there are.

A timer is claimed by locking its row, deleted, and its command run, in one transaction. A crash at any point leaves the
row as it was; a second scheduler skips the locked row.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from eventlet.event import Event
from sqlalchemy import Row, delete, or_, select, update

from services.chassis.bus import ATTEMPTS, lost_a_race
from services.chassis.context import working_for
from services.chassis.environment import Environment
from services.chassis.relay import pause_after
from services.chassis.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

Timers = Mapping[str, Callable[[dict[str, Any], Any], Any]]

LONGEST_SLEEP = 1.0  # seconds: the fallback where another process sets a timer
LONGEST_RETRY = timedelta(minutes=10)


class Scheduler:
    """Fires the timers of one service. ``run`` it in a greenthread until ``stop``."""

    def __init__(self, environment: Environment, unit: type[UnitOfWork], timers: Timers) -> None:
        self.service = unit.service
        self._new_uow = environment.uow_factory(unit)
        self._timers = timers
        self._table = environment.tables(self.service).timers
        self._clock = environment.clock
        self._bell = environment.wakeup(self.service, "timers")
        self._fired = environment.metrics.timers_fired
        self._stopping = False
        self._stopped = Event()

    def run(self) -> None:
        """Work until ``stop``; the loss of the database does not end it."""
        failures = 0
        try:
            while not self._stopping:
                try:
                    if not self.fire_next():
                        self._sleep()
                    failures = 0
                except Exception as error:
                    failures += 1
                    log.warning(
                        "the scheduler lost its database, trying again",
                        extra={"service": self.service, "why": type(error).__name__, "failures": failures},
                    )
                    self._bell.wait(pause_after(failures))
        finally:
            self._stopped.send()

    def stop(self, patience: float = 5.0) -> None:
        """Ask the scheduler to end after the timer that it is at, and wait for that, ``patience`` seconds at most."""
        self._stopping = True
        self._bell.set()
        self._stopped.wait(patience)

    def fire_next(self) -> bool:
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

    def _sleep(self) -> None:
        due = self._next_due()
        until = LONGEST_SLEEP if due is None else (due - self._clock.now()).total_seconds()
        self._bell.wait(max(0.0, min(LONGEST_SLEEP, until)))

    def _next_due(self) -> datetime | None:
        # By the index only: a timer that waits for its retry is found by looking once a second.
        table = self._table.c
        with self._new_uow() as uow:
            statement = select(table.due_at).where(table.due_at > self._clock.now())
            return uow.connection.execute(statement.order_by(table.due_at).limit(1)).scalar_one_or_none()
