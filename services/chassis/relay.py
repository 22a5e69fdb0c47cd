"""The relay: takes committed events out of the outbox, in order per subject, and publishes them. See OUTBOX.md.

One relay per service works at a time: it holds an advisory lock on a connection of its own, and does all its work on
that same connection, so that a relay that lost its lock can read and mark nothing any more.
"""

import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator

import eventlet
from amqp.exceptions import AMQPError
from eventlet.event import Event
from kombu.exceptions import KombuError
from sqlalchemy import Connection, Select, Table, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.carriers import Carrier, OutboxRow, carrier_for
from services.chassis.environment import Environment
from services.chassis.housekeeping import Housekeeping

log = logging.getLogger(__name__)

BATCH = 200
MOST_FLYING = 2_000  # taken and not settled; more of them wait in the table
POLL = 0.5  # seconds: the fallback where no commit of this process rings
LOCK_POLL = 1.0  # seconds between two tries of a relay in reserve
MEASURE_EVERY = 5.0  # seconds
LONGEST_PAUSE = 30.0  # seconds
EXPECTED = (SQLAlchemyError, OSError, AMQPError, KombuError)


def lock_key(service: str) -> int:
    """Return the advisory lock of a service's relay: a signed 64-bit number."""
    return int.from_bytes(hashlib.sha256(f"pinlian relay {service}".encode()).digest()[:8], "big", signed=True)


def pause_after(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row."""
    return min(0.25 * 2 ** min(failures, 10), LONGEST_PAUSE)


class Relay:
    """The relay of one service. ``run`` it in a greenthread until ``stop``."""

    def __init__(self, environment: Environment, service: str, carrier: Carrier | None = None) -> None:
        self.service = service
        self.active = False
        self._environment = environment
        self._table = environment.tables(service).outbox
        self._bell = environment.wakeup(service, "relay")
        self._carrier = carrier or carrier_for(environment.settings.amqp_url, self._bell)
        self._metrics = environment.metrics
        self._housekeeping = Housekeeping(environment.tables(service))
        self._flying: set[int] = set()
        self._refused: dict[str, tuple[int, float]] = {}
        self._measured = 0.0
        self._stopping = False
        self._stopped = Event()

    # Life

    def run(self) -> None:
        """Work until ``stop``; neither the loss of the database nor that of the broker ends it."""
        failures = 0
        try:
            while not self._stopping:
                try:
                    self._reign()
                    failures = 0
                except Exception as error:
                    failures = 1 if self._progressed else failures + 1
                    log.warning(
                        "the relay lost its database or broker, trying again",
                        extra={"service": self.service, "why": type(error).__name__, "failures": failures},
                        # Anything else than a broken connection is a fault of ours, to be found by its traceback.
                        exc_info=not isinstance(error, EXPECTED),
                    )
                    self._rest(pause_after(failures))
        finally:
            self._stopped.send()

    def _rest(self, seconds: float) -> None:
        """Wait; commits ring all the while, but what is broken is not mended by them."""
        until = time.monotonic() + seconds
        while not self._stopping and (left := until - time.monotonic()) > 0:
            self._bell.wait(left)

    def stop(self, patience: float = 5.0) -> None:
        """Ask the relay to end after the batch that it is at, and wait for that, ``patience`` seconds at most."""
        self._stopping = True
        self._bell.set()
        self._stopped.wait(patience)

    def _reign(self) -> None:
        """Wait for the lock, then relay until something breaks or ``stop``."""
        self._progressed = False
        with self._environment.engine(self.service).connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            # Detached from the pool, so that closing it really ends the session and with it the lock.
            connection.detach()
            session = connection.connection.dbapi_connection
            try:
                if not self._wait_for_lock(connection):
                    return
                self._become(active=True)
                self._relay(connection)
            finally:
                self._become(active=False)
                self._carrier.close()
                self._flying.clear()
                if connection.invalidated:
                    # A relay that is killed while it asks: SQLAlchemy forgets the session, which would keep the lock.
                    session.close()

    def _become(self, *, active: bool) -> None:
        if self.active != active:
            log.info("the relay is active" if active else "the relay is not active", extra={"service": self.service})
        self.active = active
        self._metrics.relay_active.labels(self.service).set(active)

    def _wait_for_lock(self, connection: Connection) -> bool:
        attempt = select(func.pg_try_advisory_lock(lock_key(self.service)))
        while not self._stopping:
            if connection.execute(attempt).scalar_one():
                return True
            self._bell.wait(LOCK_POLL)
        return False

    # Work

    def _relay(self, connection: Connection) -> None:
        while not self._stopping:
            begun = time.monotonic()
            rows = [] if self._environment.events_held else self._next_rows(connection)
            try:
                for wave in waves(rows):
                    self._publish(wave)
            finally:
                self._mark(connection, self._carrier.settled())
            self._progressed = self._progressed or bool(rows)
            self._measure(connection)
            self._housekeeping.run_if_due(connection)
            if len(rows) < BATCH and not self._stopping:
                self._bell.wait(self._patience())
                # Of a stream of commits each would ring for a round of its own.
                eventlet.sleep(max(0.0, begun + self._carrier.pace - time.monotonic()))

    def _next_rows(self, connection: Connection) -> list[OutboxRow]:
        table = self._table.c
        room = min(BATCH, MOST_FLYING - len(self._flying))
        if room <= 0:
            return []
        statement: Select = (
            select(
                table.position,
                table.message_id,
                table.exchange,
                table.routing_key,
                table.subject,
                table.body,
                table.headers,
            )
            .where(table.sent_at.is_(None), *self._left_out())
            .order_by(table.position)
            .limit(room)
        )
        return [OutboxRow(*row) for row in connection.execute(statement)]

    def _left_out(self) -> Iterable:
        """What is not to be published now: what is on its way, and subjects whose last event was refused."""
        now, table = time.monotonic(), self._table.c
        if self._flying:
            yield table.position != func.all(sorted(self._flying))
        if blocked := [subject for subject, (_, until) in self._refused.items() if until > now]:
            yield table.subject != func.all(blocked)

    def _publish(self, wave: list[OutboxRow]) -> None:
        """Publish events of different subjects together; a subject that was refused is left alone for a while."""
        wave = [row for row in wave if not self._is_blocked(row.subject)]
        if not wave:
            return
        taken = self._carrier.publish(wave)
        self._flying |= taken
        for row in wave:
            if row.position in taken:
                self._refused.pop(row.subject, None)
            else:
                self._refuse(row)

    def _is_blocked(self, subject: str) -> bool:
        return self._refused.get(subject, (0, 0.0))[1] > time.monotonic()

    def _refuse(self, row: OutboxRow) -> None:
        failures = self._refused.get(row.subject, (0, 0.0))[0] + 1
        self._refused[row.subject] = failures, time.monotonic() + pause_after(failures)
        self._metrics.refused.labels(self.service).inc()
        log.warning(
            "the broker refused an event, trying again",
            extra={"service": self.service, "message_id": row.message_id, "failures": failures},
        )

    def _mark(self, connection: Connection, settled: set[int]) -> None:
        self._flying -= settled
        if settled:
            table = self._table
            is_one = table.c.position == func.any(sorted(settled))
            connection.execute(update(table).where(is_one).values(sent_at=func.clock_timestamp()))
            self._metrics.published.labels(self.service).inc(len(settled))

    def _patience(self) -> float:
        soonest = min((until for _, until in self._refused.values()), default=None)
        return POLL if soonest is None else max(0.01, min(POLL, soonest - time.monotonic()))

    def _measure(self, connection: Connection) -> None:
        if time.monotonic() - self._measured >= MEASURE_EVERY:
            self._measured = time.monotonic()
            depth, lag = connection.execute(backlog(self._table)).one()
            self._metrics.outbox_depth.labels(self.service).set(depth)
            self._metrics.outbox_lag.labels(self.service).set(float(lag))


def waves(rows: Iterable[OutboxRow]) -> Iterator[list[OutboxRow]]:
    """Split rows into runs that may be in flight together: a subject occurs once in each, and its events in order.

    The broker confirms each message by itself. Were two events of one subject in flight, the first could be refused
    and the second taken.
    """
    made: list[list[OutboxRow]] = []
    seen: dict[str, int] = defaultdict(int)
    for row in rows:
        number = seen[row.subject]
        seen[row.subject] += 1
        if number == len(made):
            made.append([])
        made[number].append(row)
    return iter(made)


def backlog(table: Table) -> Select:
    """Select how many events wait in the outbox, and the age of the oldest in seconds."""
    age = func.extract("epoch", func.clock_timestamp() - func.min(table.c.created_at))
    return select(func.count(), func.coalesce(age, 0)).where(table.c.sent_at.is_(None))
