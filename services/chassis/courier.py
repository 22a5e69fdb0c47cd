"""The courier: does what a commit has promised to the world outside, at least once, and never inside a transaction.

A service keeps its errands as rows. The courier takes some that are due (committed at once, with a lease, so that
whoever dies leaves them to others), goes out with each, and hands what came of it to a handler in a transaction of its
own. Errands have to be such that going twice does no harm.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import eventlet

from services.chassis.bus import ATTEMPTS, lost_a_race
from services.chassis.environment import Environment
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.watch import Watch

log = logging.getLogger(__name__)

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


class Courier(Watch):
    """The courier of one service."""

    name, topic = "courier", "errands"

    def __init__(self, environment: Environment, unit: type[UnitOfWork], errands: Errands) -> None:
        super().__init__(environment, unit)
        self.errands = errands
        self._out = eventlet.GreenPool(AT_ONCE)

    def stop(self, patience: float = 5.0) -> None:
        """Ask the courier to end, and wait for those who are out, ``patience`` seconds at most."""
        with eventlet.Timeout(patience, False):
            super().stop(patience)
            self._out.waitall()

    def work(self) -> bool:
        """Take what is due and go out with it; return whether anybody went."""
        room = self._out.free()
        if not room:
            eventlet.sleep(0.01)
            return True
        with self._new_uow() as uow:
            taken = self.errands.take(uow, room)
            uow.commit()
        for errand in taken:
            self._environment.errands_out += 1
            self._out.spawn_n(self._deliver, errand)
        return bool(taken)

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

    def next_due(self) -> datetime | None:
        """Return when the next errand is due; in the past if another process has not taken it yet."""
        with self._new_uow() as uow:
            return self.errands.next_due(uow)
