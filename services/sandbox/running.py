"""The sandbox as it runs: an HTTP server and a worker, in greenthreads of this process.

``pinlian sandbox`` is one such process. Another process may run one too, with a clock of its own: on a virtual clock
everything happens at its time, and ``at_rest`` and ``next_due`` tell whoever moves the clock when that is.
"""

import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import eventlet
from eventlet import wsgi

from services.chassis.errors import StartupError
from services.chassis.settings import Address, SandboxAccess
from services.chassis.wakeup import Wakeup
from services.kernel.clock import Clock, SystemClock, VirtualClock
from services.sandbox.profile import Profile, load_profile
from services.sandbox.provider import Provider
from services.sandbox.store import Store

log = logging.getLogger(__name__)

CALLBACKS_AT_ONCE = 32
CONNECTIONS = 256
IDLE_SECONDS = 60.0
LONGEST_SLEEP = 0.5  # seconds, after which the worker looks again whatever it expects


class Sandbox:
    """A payment provider at ``address`` (port 0 takes a free one). Without ``data`` nothing is kept."""

    def __init__(
        self,
        data: Path | None = None,
        *,
        address: Address = ("127.0.0.1", 0),
        clock: Clock = SystemClock(),
        seed: int | None = None,
        profile: Profile | None = None,
        test_controls: bool = False,
    ) -> None:
        self.clock = clock
        self._data = data
        self._address = address
        self._options = {"seed": seed, "test_controls": test_controls}
        self._profile = profile or load_profile("none")
        self._bell = Wakeup()
        self._pools = eventlet.GreenPool(CALLBACKS_AT_ONCE), eventlet.GreenPool(CONNECTIONS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Open the file, listen, and go on with what was under way; raise ``StartupError``."""
        self._listener = _listen(self._address)
        try:
            self._store = Store(self._data)
            at_the_side = {"spawn": self._at_the_side, "pause": eventlet.sleep}
            self._provider = Provider(
                self._store, self.clock, self._profile, url=self.url, **self._options, **at_the_side
            )
        except BaseException:
            self._listener.close()
            raise
        self._threads = [eventlet.spawn(self._serve), eventlet.spawn(self._work)]
        if isinstance(self.clock, VirtualClock):
            self.clock.watch(self._bell.set)

    def stop(self) -> None:
        """Stop; what is under way is taken up again at the next start."""
        for thread in [*self._threads, *(each for pool in self._pools for each in pool.coroutines_running)]:
            thread.kill()
        self._listener.close()
        self._store.close()

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self._listener.getsockname()[:2]
        host = "127.0.0.1" if host == "0.0.0.0" else host
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def access(self) -> SandboxAccess:
        """What a merchant needs to know, for its settings."""
        return self._provider.access

    @property
    def seed(self) -> int:
        """What its bad luck is drawn from."""
        return self._provider.seed

    # For whoever moves a virtual clock

    def next_due(self) -> datetime | None:
        """Return when the next thing happens here by itself, or None."""
        return self._provider.next_due()

    def at_rest(self) -> bool:
        """Tell whether nothing happens here until the clock moves or somebody asks."""
        return self._provider.at_rest()

    def _serve(self) -> None:
        quiet = {"log": log, "log_output": False, "socket_timeout": IDLE_SECONDS}
        wsgi.server(self._listener, self._answer, protocol=_Protocol, custom_pool=self._pools[1], **quiet)

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request; the worker then looks whether it left something to do."""
        try:
            return self._provider.api(environ, start_response)
        finally:
            self._bell.set()

    def _work(self) -> None:
        while True:
            try:
                self._provider.work()
            except Exception:
                log.exception("the worker failed and goes on")
            self._bell.wait(self._patience())

    def _at_the_side(self, function: Callable[..., object], *arguments: Any) -> None:
        """Run a function in a greenthread; the worker then looks whether it left something to do."""
        self._pools[0].spawn(function, *arguments).link(lambda _: self._bell.set())

    def _patience(self) -> float:
        """Return how long the worker sleeps: what is due and not done is under way, and rings when it ends."""
        due = self.next_due()
        left = LONGEST_SLEEP if due is None else (due - self.clock.now()).total_seconds()
        return min(left, LONGEST_SLEEP) if left > 0 else LONGEST_SLEEP


class _Protocol(wsgi.HttpProtocol):
    """eventlet's protocol, which lets the application break the connection."""

    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        environ = super().get_environ()
        environ["sandbox.hang_up"] = self._hang_up
        return environ

    def _hang_up(self) -> None:
        self.close_connection = 1
        with suppress(OSError):  # whoever waited may have gone already
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing to stderr."""


def _listen(address: Address) -> Any:
    host, port = address
    try:
        return eventlet.listen((host, port))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        message = f"cannot listen at {host}:{port}: {reason}; choose another address with --address"
        raise StartupError(message) from None
