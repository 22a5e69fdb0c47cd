"""What nameko injects into a service, and what runs beside it: the bus, the relay, the scheduler, the courier.

nameko makes an extension again, with the same arguments, for each container, so that nothing is done in ``__init__``.
"""

import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from nameko.extensions import DependencyProvider

from services.chassis.bus import Bus
from services.chassis.courier import Courier, Errands
from services.chassis.entrypoints import EventSubscriber
from services.chassis.environment import Environment
from services.chassis.relay import Relay
from services.chassis.scheduler import Scheduler, Timers
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.wire import Outcome
from services.kernel.errors import Refusal


class _WithEnvironment(DependencyProvider):
    @property
    def environment(self) -> Environment:
        """The process's environment, which the container got as ``config["PINLIAN"]``."""
        return self.container.config["PINLIAN"]


class ServiceBus(_WithEnvironment):
    """Injects the ``Bus`` of a service, ``bus = ServiceBus(DemandUnitOfWork)``, and measures its workers."""

    def __init__(self, unit: type[UnitOfWork]) -> None:
        self._unit = unit

    def setup(self) -> None:
        """Make the bus: it holds no state of a request, so one serves all workers."""
        self._bus = Bus(self.environment.uow_factory(self._unit))
        self._started: WeakKeyDictionary[Any, float] = WeakKeyDictionary()

    def get_dependency(self, worker_ctx: Any) -> Bus:
        """Return the bus."""
        return self._bus

    def worker_setup(self, worker_ctx: Any) -> None:
        """Look at the clock."""
        self._started[worker_ctx] = time.monotonic()

    def worker_result(self, worker_ctx: Any, result: Any = None, exc_info: Any = None) -> None:
        """Count what came of the work. The answer has left and the transaction has ended: nothing here may fail."""
        metrics, service = self.environment.metrics, self.container.service_name
        outcome = outcome_of(result, exc_info)
        entrypoint = worker_ctx.entrypoint
        if isinstance(entrypoint, EventSubscriber):
            metrics.handled.labels(service, entrypoint.method_name, outcome).inc()
        else:
            seconds = time.monotonic() - self._started.get(worker_ctx, time.monotonic())
            metrics.rpc_seconds.labels(service, entrypoint.method_name, outcome).observe(seconds)


def outcome_of(result: Any, exc_info: Any) -> str:
    """Return how the work of a worker ended, in one word."""
    if not isinstance(result, Outcome):
        return "failed" if exc_info else "done"
    if result.error is not None:
        return "refused" if isinstance(result.error, Refusal) else "failed"
    return "expired" if result.expired else "done"


class _Companion(_WithEnvironment):
    """Runs something beside the workers for as long as the container lives."""

    _runner: Relay | Scheduler | Courier

    def _make(self) -> Relay | Scheduler | Courier:
        raise NotImplementedError

    def setup(self) -> None:
        """Make it."""
        self._runner = self._make()

    def start(self) -> None:
        """Run it in a greenthread of the container, which ends with the container at the latest."""
        run: Callable[[], None] = self._runner.run
        self.container.spawn_managed_thread(run, identifier=f"{type(self).__name__} of {self.container.service_name}")
        self._started = True

    def stop(self) -> None:
        """Let it finish what it is at: the workers have ended before."""
        if getattr(self, "_started", False):
            self._runner.stop()

    def kill(self) -> None:
        """Do nothing: the container kills the greenthread, and an open transaction is rolled back."""


class OutboxRelay(_Companion):
    """Runs the relay of a service: ``relay = OutboxRelay(DemandUnitOfWork)``."""

    def __init__(self, unit: type[UnitOfWork]) -> None:
        self._unit = unit

    def _make(self) -> Relay:
        return Relay(self.environment, self._unit.service)

    def get_dependency(self, worker_ctx: Any) -> Relay:
        """Return the relay."""
        return self._runner


class TimerScheduler(_Companion):
    """Runs the scheduler of a service: ``scheduler = TimerScheduler(DemandUnitOfWork, handlers.TIMERS)``."""

    def __init__(self, unit: type[UnitOfWork], timers: Timers) -> None:
        self._unit = unit
        self._timers = timers

    def _make(self) -> Scheduler:
        return Scheduler(self.environment, self._unit, self._timers)

    def get_dependency(self, worker_ctx: Any) -> Scheduler:
        """Return the scheduler."""
        return self._runner


class ErrandCourier(_Companion):
    """Runs the courier of a service: ``courier = ErrandCourier(CampaignUnitOfWork, make_errands)``.

    ``make_errands(environment)`` returns what the errands are.
    """

    def __init__(self, unit: type[UnitOfWork], make_errands: Callable[[Environment], Errands]) -> None:
        self._unit = unit
        self._make_errands = make_errands

    def _make(self) -> Courier:
        return Courier(self.environment, self._unit, self._make_errands(self.environment))

    def get_dependency(self, worker_ctx: Any) -> Courier:
        """Return the courier."""
        return self._runner
