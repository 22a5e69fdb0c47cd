"""What the scheduler and the courier have in common: they do what is due, and sleep until something is."""

import logging
from datetime import datetime, timedelta

from eventlet.event import Event

from services.chassis.environment import Environment
from services.chassis.relay import pause_after
from services.chassis.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

LONGEST_SLEEP = 1.0  # seconds: the fallback where another process leaves work


class Watch:
    """Works for one service. ``run`` it in a greenthread until ``stop``; ``topic`` is the bell that calls it."""

    name: str
    topic: str

    def __init__(self, environment: Environment, unit: type[UnitOfWork]) -> None:
        self.service = unit.service
        self._new_uow = environment.uow_factory(unit)
        self._environment = environment
        self._clock = environment.clock
        self._bell = environment.wakeup(self.service, self.topic)
        self._stopping = False
        self._stopped = Event()

    def work(self) -> bool:
        """Do what is due; return False if nothing was."""
        raise AssertionError(f"the {self.name} does not say what it does")

    def next_due(self) -> datetime | None:
        """Return when something will be due, as far as is known."""
        raise AssertionError(f"the {self.name} does not say when it is needed")

    def run(self) -> None:
        """Work until ``stop``; the loss of the database does not end it."""
        failures = 0
        try:
            while not self._stopping:
                try:
                    if not self.work():
                        self._sleep()
                    failures = 0
                except Exception as error:
                    failures += 1
                    log.warning(
                        f"the {self.name} lost its database, trying again",
                        extra={"service": self.service, "why": type(error).__name__, "failures": failures},
                    )
                    self._bell.wait(pause_after(failures))
        finally:
            self._stopped.send()

    def stop(self, patience: float = 5.0) -> None:
        """Ask it to end after what it is at, and wait for that, ``patience`` seconds at most."""
        self._stopping = True
        self._bell.set()
        self._stopped.wait(patience)

    def _sleep(self) -> None:
        due = self.next_due()
        left = LONGEST_SLEEP if due is None else (due - self._clock.now()) / timedelta(seconds=1)
        self._bell.wait(max(0.01, min(LONGEST_SLEEP, left)))
