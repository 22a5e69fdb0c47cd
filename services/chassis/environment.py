"""What a process has once: settings, clock, connections, bells, figures; nameko carries it in ``config["PINLIAN"]``."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Engine, MetaData, func, select

from services.chassis import dead_letters
from services.chassis.database import make_engine
from services.chassis.metrics import Metrics
from services.chassis.settings import Settings
from services.chassis.tables import ChassisTables
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.wakeup import Wakeup
from services.kernel.clock import Clock, SystemClock, VirtualClock

log = logging.getLogger(__name__)
Unit = TypeVar("Unit", bound=UnitOfWork)

# Connections beyond the workers': one that holds the relay's lock, one for the scheduler, one for health checks.
SPARE_CONNECTIONS = 3
MOST_CONNECTIONS = 10
# Repositories of units of work whose rows are errands; each counts in ``changed`` what it has written.
ERRANDS = ("orders", "visit_plans", "rounds")


class Environment:
    """Everything is made when it is first asked for, and closed by ``close``."""

    def __init__(self, settings: Settings, clock: Clock = SystemClock()) -> None:
        self.settings = settings
        self.clock = clock
        self.metrics = Metrics()
        # Where all services run in one process, they are started before any event is let out: see OUTBOX.md.
        self.events_held = False
        self._engines: dict[str, Engine] = {}
        self._tables: dict[str, ChassisTables] = {}
        self._wakeups: dict[tuple[str, str], Wakeup] = {}
        self._services: set[str] = set()
        # How many are out on an errand: what they bring back may be anything.
        self.errands_out = 0

    def engine(self, service: str) -> Engine:
        """Return the engine of a service's own database role."""
        if service not in self._engines:
            size = min(self.settings.workers + SPARE_CONNECTIONS, MOST_CONNECTIONS)
            url = self.settings.url_of(service)
            self._engines[service] = make_engine(url, pool_size=size, application=f"pinlian-{service}")
        return self._engines[service]

    def tables(self, service: str) -> ChassisTables:
        """Return the chassis tables of a service."""
        if service not in self._tables:
            self._tables[service] = ChassisTables(MetaData(schema=service))
        return self._tables[service]

    def wakeup(self, service: str, who: str) -> Wakeup:
        """Return the bell of a service's ``relay``, ``timers`` or ``errands``; a virtual clock rings the last two."""
        if (service, who) not in self._wakeups:
            bell = self._wakeups[service, who] = Wakeup()
            if who in ("timers", "errands") and isinstance(self.clock, VirtualClock):
                self.clock.watch(bell.set)
        return self._wakeups[service, who]

    def uow_factory(self, unit: type[Unit]) -> Callable[[], Unit]:
        """Return a function that makes units of work, each of which wakes the relay and the timers it concerns."""
        engine, service = self.engine(unit.service), unit.service
        relay, timers = self.wakeup(service, "relay"), self.wakeup(service, "timers")
        errands = self.wakeup(service, "errands")
        self._services.add(service)

        def wake(uow: UnitOfWork) -> None:
            # They are cached properties: to look at them through getattr would make them.
            made = vars(uow)
            if "outbox" in made and made["outbox"].added:
                relay.set()
            if "timers" in made and made["timers"].changed:
                timers.set()
            if any(name in made and made[name].changed for name in ERRANDS):
                errands.set()

        return lambda: unit(engine, self.clock, self.settings.policy, wake)

    def bury(self, service: str, **letter: Any) -> str:
        """Store a message that cannot be handled (see ``dead_letters.store``) and return the id of the letter."""
        with self.engine(service).begin() as connection:
            letter_id = dead_letters.store(connection, self.tables(service), **letter)
        self.metrics.dead_letters.labels(service, letter["queue"]).inc()
        return letter_id

    def count_retry(self, service: str, queue: str) -> None:
        """Count an event that failed and will be tried again."""
        self.metrics.retries.labels(service, queue).inc()

    def release_events(self) -> None:
        """Let the relays publish, after ``events_held`` kept them waiting."""
        self.events_held = False
        for (_, who), bell in self._wakeups.items():
            if who == "relay":
                bell.set()

    # What the driver of a virtual clock asks

    @property
    def services(self) -> list[str]:
        """The services that run in this process."""
        return sorted(self._services)

    def next_due(self, service: str) -> datetime | None:
        """Return when the next timer of a service is to be tried, or None if it has none."""
        table = self.tables(service).timers.c
        with self.engine(service).connect() as connection:
            return connection.execute(select(func.min(func.greatest(table.due_at, table.retry_at)))).scalar_one()

    def due_timers(self, now: datetime) -> int:
        """Count the timers of all services that are to fire at ``now`` or before."""
        count = 0
        for service in self.services:
            table = self.tables(service).timers.c
            due = func.greatest(table.due_at, table.retry_at) <= now
            with self.engine(service).connect() as connection:
                count += connection.execute(select(func.count()).where(due)).scalar_one()
        return count

    def unsent_events(self) -> int:
        """Count the events of all services that are not yet confirmed; in process: not yet handled by everybody."""
        count = 0
        for service in self.services:
            table = self.tables(service).outbox.c
            with self.engine(service).connect() as connection:
                count += connection.execute(select(func.count()).where(table.sent_at.is_(None))).scalar_one()
        return count

    def idle(self) -> bool:
        """Tell whether nothing is left to do until the clock moves: no event on its way and no timer due."""
        return not self.unsent_events() and not self.due_timers(self.clock.now())

    def close(self) -> None:
        """Close the connections."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


def nameko_config(settings: Settings, environment: Environment) -> dict[str, Any]:
    """Return the configuration of nameko's containers and runner."""
    host, port = settings.http_address
    return {
        "AMQP_URI": settings.amqp_url,
        "WEB_SERVER_ADDRESS": f"{host}:{port}",
        "max_workers": settings.workers,
        "PINLIAN": environment,
    }
