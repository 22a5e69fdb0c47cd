"""Keeps the chassis tables small: what nobody will ask for again is deleted, in small steps, by the active relay."""

import logging
import time
from datetime import timedelta

from sqlalchemy import Column, Connection, Table, delete, func, select, tuple_

from services.chassis.tables import ChassisTables

log = logging.getLogger(__name__)

EVERY = 3600.0  # seconds
STEP = 1_000  # rows of one statement, which is one transaction

# Sent events may be asked for again by whoever lost them. A message may come again from a backup or a federated peer
# long after its first time. A client that repeats a command after a week means a new one.
KEEP_SENT = timedelta(days=30)
KEEP_INBOX = timedelta(days=90)
KEEP_ANSWERS = timedelta(days=7)


class Housekeeping:
    """Prunes the tables of one service, once an hour, starting an hour after the relay became active."""

    def __init__(self, tables: ChassisTables) -> None:
        self._rules: list[tuple[Table, Column, timedelta]] = [
            (tables.outbox, tables.outbox.c.sent_at, KEEP_SENT),
            (tables.inbox, tables.inbox.c.handled_at, KEEP_INBOX),
            (tables.answers, tables.answers.c.created_at, KEEP_ANSWERS),
        ]
        self._due = time.monotonic() + EVERY

    def run_if_due(self, connection: Connection) -> None:
        """Take one step of each table if the hour is over, and come back at once while there is more to do."""
        if time.monotonic() < self._due:
            return
        if not self.step(connection):
            self._due = time.monotonic() + EVERY

    def step(self, connection: Connection) -> int:
        """Delete at most ``STEP`` rows of each table; return how many went."""
        gone = sum(self._prune(connection, *rule) for rule in self._rules)
        if gone:
            log.info("old rows were deleted", extra={"rows": gone})
        return gone

    def _prune(self, connection: Connection, table: Table, moment: Column, keep: timedelta) -> int:
        # The age is that of the database's clock, which also wrote the rows: a virtual clock must not make them old.
        key = list(table.primary_key.columns)
        old = select(*key).where(moment < func.clock_timestamp() - keep).limit(STEP)
        return connection.execute(delete(table).where(tuple_(*key).in_(old))).rowcount
