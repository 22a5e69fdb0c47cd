"""The courier: does what a commit has promised to the world outside, at least once, and never inside a transaction.

A service keeps its errands as rows. The courier takes some that are due (committed at once, with a lease, so that
whoever dies leaves them to others), goes out with each, and hands what came of it to a handler in a transaction of its
own. Errands have to be such that going twice does no harm.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import eventlet
from eventlet.event import Event

from services.chassis.bus import ATTEMPTS, lost_a_race
from services.chassis.environment import Environment
from services.chassis.relay import pause_after
from services.chassis.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

LONGEST_SLEEP = 1.0  # seconds: the fallback where another process leaves an errand
AT_ONCE = 16  # errands that one process is out with at the same time


class Errands(Protocol):
    """What a service's errands are: how they are taken, done, and what comes of them."""

    def take(self, uow: Any, most: int) -> Sequence[Any]:
        """Take errands that are due; the courier commits."""
        ...

    def go(self, errand: Any) -> Any:
        """Go out, with no transaction open; return what came of it."""
        ...

    def settle(self, came: Any, uow: Any) -> None:
        """Let it have its effect; the courier commits."""
        ...

    def next_due(self, uow: Any) -> datetime | None:
        """Return when the next errand is due."""
        ...


class Courier:
    """The courier of one service. ``run`` it in a greenthread until ``stop``."""

    def __init__(self, environment: Environment, unit: type[UnitOfWork], errands: Errands) -> None:
        self.service = unit.service
        self._new_uow = environment.uow_factory(unit)
        self.errands = errands
        self._environment = environment
        self._clock = environment.clock
        self._bell = environment.wakeup(self.service, "errands")
        self._out = eventlet.GreenPool(AT_ONCE)
        self._stopping = False
        self._stopped = Event()

    def run(self) -> None:
        """Work until ``stop``; the loss of the database does not end it."""
        failures = 0
        try:
            while not self._stopping:
                try:
                    if not self.round():
                        self._sleep()
                    failures = 0
                except Exception as error:
                    failures += 1
                    log.warning(
                        "the courier lost its database, trying again",
                        extra={"service": self.service, "why": type(error).__name__, "failures": failures},
                    )
                    self._bell.wait(pause_after(failures))
        finally:
            self._stopped.send()

    def stop(self, patience: float = 5.0) -> None:
        """Ask the courier to end, and wait for those who are out, ``patience`` seconds at most."""
        self._stopping = True
        self._bell.set()
        with eventlet.Timeout(patience, False):
            self._stopped.wait()
            self._out.waitall()

    def round(self) -> int:
        """Take what is due and go out with it; return how many went."""
        room = self._out.free()
        if not room:
            eventlet.sleep(0.01)
            return 1
        with self._new_uow() as uow:
            taken = self.errands.take(uow, room)
            uow.commit()
        for errand in taken:
            self._environment.errands_out += 1
            self._out.spawn_n(self._deliver, errand)
        return len(taken)

    def _deliver(self, errand: Any) -> None:
        """Go out and settle; whatever goes wrong, the lease brings the errand back."""
        try:
            came = self.errands.go(errand)
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    with self._new_uow() as uow:
                        self.errands.settle(came, uow)
                        uow.commit()
                    return
                except Exception as error:
                    if not lost_a_race(error) or attempt == ATTEMPTS:
                        raise
        except Exception as error:
            log.error(
                "an errand failed and will be tried again",
                extra={"service": self.service, "why": type(error).__name__},
                exc_info=error,
            )
        finally:
            self._environment.errands_out -= 1

    def _sleep(self) -> None:
        with self._new_uow() as uow:
            due = self.errands.next_due(uow)
        left = LONGEST_SLEEP if due is None else (due - self._clock.now()) / timedelta(seconds=1)
        self._bell.wait(max(0.01, min(LONGEST_SLEEP, left)))
