"""The sandbox as it runs: an HTTP server and a worker, in greenthreads of this process.

``pinlian sandbox`` is one such process. Another process may run one too, with a clock of its own: on a virtual clock
everything happens at its time, and ``at_rest`` and ``next_due`` tell whoever moves the clock when that is.
"""

import logging
import os
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import eventlet
from eventlet import wsgi
from eventlet.event import Event

from services.chassis.errors import StartupError
from services.chassis.settings import Address, SandboxAccess
from services.kernel.clock import Clock, SystemClock, VirtualClock
from services.sandbox.api import Api
from services.sandbox.contract.signing import Signer, Verifier
from services.sandbox.delivery import Delivery
from services.sandbox.desk import Desk
from services.sandbox.mischief import Mischief
from services.sandbox.pages import Pages
from services.sandbox.profile import Profile, load_profile
from services.sandbox.store import Store

log = logging.getLogger(__name__)

LONGEST_SLEEP = 0.5  # seconds, after which the worker looks again whatever it expects
FIRST_SEED = 1


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
        self._seed = seed
        self._profile = profile or load_profile("none")
        self._test_controls = test_controls
        self._threads: list[Any] = []
        self._bell = Event()
        self._stopped = Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Open the file, listen, and go on with what was under way; raise ``StartupError``."""
        self._store = Store(self._data)
        try:
            self._listener = _listen(self._address)
            self._recall()
        except BaseException:
            self._store.close()
            raise
        desk = Desk(self._store, self.clock, Mischief(self.seed, self._profile), self.seed, self.url)
        self._desk = desk
        pool = eventlet.GreenPool(32)
        self._delivery = Delivery(self._store, self.clock, self._signer, self._profile.retry, pool.spawn_n)
        pages = Pages(desk, controls=self._test_controls)
        api = Api(desk, self._delivery, self._signer, Verifier(self._merchant.public_text), pages, eventlet.sleep)
        self._threads = [
            eventlet.spawn(
                wsgi.server, self._listener, self._ringing(api), log=log, log_output=False, protocol=_Protocol
            ),
            eventlet.spawn(self._work),
        ]
        if isinstance(self.clock, VirtualClock):
            self.clock.watch(self._ring)

    def stop(self) -> None:
        """Stop; what is under way is taken up again at the next start."""
        for thread in self._threads:
            thread.kill()
        self._listener.close()
        self._store.close()
        if not self._stopped.ready():
            self._stopped.send()

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self._listener.getsockname()[:2]
        host = "127.0.0.1" if host in ("0.0.0.0", "") else host
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def access(self) -> SandboxAccess:
        """What a merchant needs to know, for its settings."""
        return SandboxAccess(self.url, self._merchant.private_text, self._signer.public_text)

    # For whoever moves a virtual clock

    def next_due(self) -> datetime | None:
        """Return when the next thing happens here by itself, or None."""
        with self._store as transaction:
            return transaction.next_due()

    def at_rest(self) -> bool:
        """Tell whether nothing happens here until the clock moves or somebody asks."""
        due = self.next_due()
        return self._delivery.is_idle and (due is None or due > self.clock.now())

    def _recall(self) -> None:
        """Read, or the first time make, what belongs to the file: keys and seed."""
        with self._store as transaction:
            self._signer = Signer.from_text(transaction.recall("provider_key", Signer.generate().private_text))
            self._merchant = Signer.from_text(transaction.recall("merchant_key", Signer.generate().private_text))
            self.seed = int(transaction.recall("seed", str(FIRST_SEED if self._seed is None else self._seed)))
        if self._seed not in (None, self.seed):
            raise StartupError(
                f"{self._data} was begun with --seed {self.seed}, not {self._seed}; "
                "leave --seed out, or begin another file with --data"
            )

    def _ringing(self, api: Api) -> Any:
        """Let the worker look after each request whether it has something to do."""

        def answer(environ: dict[str, Any], start_response: Any) -> Any:
            try:
                return api(environ, start_response)
            finally:
                self._ring()

        return answer

    def _ring(self) -> None:
        if not self._bell.ready():
            self._bell.send()

    def _work(self) -> None:
        while True:
            try:
                self._desk.run_due()
                self._delivery.start_due()
            except Exception:
                log.exception("the worker failed and goes on")
            self._bell.wait(self._patience())
            self._bell = Event() if self._bell.ready() else self._bell

    def _patience(self) -> float:
        due = self.next_due()
        if due is None or isinstance(self.clock, VirtualClock):
            return LONGEST_SLEEP
        return min(max((due - self.clock.now()).total_seconds(), 0.01), LONGEST_SLEEP)


class _Protocol(wsgi.HttpProtocol):
    """eventlet's protocol, which lets the application break the connection."""

    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        environ = super().get_environ()
        environ["sandbox.hang_up"] = self._hang_up
        return environ

    def _hang_up(self) -> None:
        self.close_connection = 1
        self.connection.shutdown(2)

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing to stderr."""


def _listen(address: Address) -> Any:
    host, port = address
    try:
        return eventlet.listen((host, port), reuse_addr=True)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        message = f"cannot listen at {host}:{port}: {reason}; choose another address with --address"
        raise StartupError(message) from None
