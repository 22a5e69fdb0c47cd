"""Everything in this one process: PostgreSQL and Redis in a folder, the broker in memory, all services, the gateway."""

import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import eventlet

from services.chassis.errors import StartupError
from services.chassis.settings import Address
from services.kernel.clock import Clock, SystemClock, VirtualClock
from services.kernel.ids import new_id
from services.platform import provision
from services.platform.folder import DATABASE, DataFolder
from services.platform.rest import Rest, Unrest
from services.platform.runner import SERVICES, Running, free_port
from services.sandbox.profile import load_profile
from services.sandbox.running import Sandbox

PATIENCE = 60.0  # seconds of real time that the platform may take to come to rest
TICK, LONGEST_TICK = 0.004, 0.05  # seconds between two looks whether it has


class NotSettledError(Exception):
    """The platform did not come to rest; what is still under way is named."""


class Embedded:
    """A whole platform as a context manager. Without ``folder`` it is a throw-away one.

    ``mischief`` lets members pay by a payment provider of this process that misbehaves as this profile says.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        clock: Clock = SystemClock(),
        http: Address | None = None,
        stop_on_signals: bool = False,
        mischief: str | None = None,
        **settings: Any,
    ) -> None:
        self.clock = clock
        self._temporary = Path(tempfile.mkdtemp(prefix="pinlian-")) if folder is None else None
        self.folder = DataFolder(folder or self._temporary, throwaway=folder is None)  # type: ignore[arg-type]
        host, port = http or ("127.0.0.1", 0)
        self._http = (host, port or free_port())
        self._more = settings
        self._stop_on_signals = stop_on_signals
        self._sandbox = None if mischief is None else Sandbox(clock=clock, profile=load_profile(mischief))
        self._provides = False
        self.running: Running | None = None
        self._rest: Rest | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        host, port = self._http
        return f"http://{'127.0.0.1' if host in ('0.0.0.0', '') else host}:{port}"

    def start(self) -> None:
        """Start the servers, bring the schemas up to date, start the services."""
        self.folder.take()
        self.folder.postgres.start()
        self.folder.redis.start()
        provision.create_database(self.folder.admin_url("postgres"), DATABASE)
        if self._sandbox is not None:
            self._sandbox.start()
            self._provides = True
            self._more |= {"sandbox": self._sandbox.access, "public_url": self.url}
        settings = self.folder.settings(
            amqp_url=f"inproc://pinlian-{new_id().hex}", http_address=self._http, **self._more
        )
        provision.migrate(settings)
        self.running = Running(settings, SERVICES, self.clock)
        if self._stop_on_signals:
            self.running.stop_on_signals()
        self.running.start()
        self._rest = Rest(self.folder.admin_url(), [name for name in SERVICES if name != "gateway"])

    def stop(self) -> None:
        """Stop the services, then the servers; a throw-away folder is removed."""
        if self._rest is not None:
            self._rest.close()
        if self.running is not None:
            self.running.stop()
        if self._sandbox is not None and self._provides:
            self._sandbox.stop()
        self.folder.redis.stop()
        self.folder.postgres.stop()
        self.folder.leave()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def operator_token(self) -> str:
        """Return the token of the first node operator, which is created once per data folder."""
        from gateway import tokens

        if secret := self.folder.read_token():
            return secret
        environment = self._environment
        _, secret = tokens.create_token(
            environment.engine("gateway"),
            environment.clock,
            role="node_operator",
            label="first operator of this node",
            created_by="pinlian",
        )
        self.folder.keep_token(secret)
        return secret

    # The virtual clock

    def settle(self) -> None:
        """Wait until nothing is left to do at this time: every event handled, no timer due."""
        self._come_to_rest()

    def _come_to_rest(self) -> Unrest:
        deadline, pause = time.monotonic() + PATIENCE, TICK
        while not (unrest := self._look()).at_rest:
            if time.monotonic() > deadline:
                raise NotSettledError(
                    f"after {PATIENCE:.0f} s at {self.clock.now().isoformat()} there are still {unrest.events} events "
                    f"on their way and {unrest.due} timers due"
                )
            eventlet.sleep(pause)
            pause = min(pause * 1.5, LONGEST_TICK)
        return unrest

    def _look(self) -> Unrest:
        """Look at the services, and at the payment provider that runs beside them."""
        unrest = self._rest.look(self.clock.now())
        if self._sandbox is None:
            return unrest
        busy = self.running.environment.errands_out + (not self._sandbox.at_rest())
        next_due = min(filter(None, (unrest.next_due, self._sandbox.next_due())), default=None)
        return Unrest(unrest.events, unrest.due + busy, next_due)

    def advance_to(self, target: datetime) -> None:
        """Move the clock to ``target``, stopping at every timer on the way so that they fire in their order."""
        clock = self._virtual_clock
        unrest = self._come_to_rest()
        while unrest.next_due is not None and unrest.next_due <= target:
            clock.move_to(max(unrest.next_due, clock.now()))
            unrest = self._come_to_rest()
        if target > clock.now():
            clock.move_to(target)
            self._come_to_rest()

    @property
    def _environment(self) -> Any:
        if self.running is None:
            raise StartupError("the platform is not started")
        return self.running.environment

    @property
    def _virtual_clock(self) -> VirtualClock:
        if not isinstance(self.clock, VirtualClock):
            raise StartupError("the time of this platform is the machine's; only a virtual clock can be moved")
        return self.clock
