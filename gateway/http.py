"""HTTP over nameko: a web server that cannot be held up, and the entrypoint through which requests reach services.

Requests are read, checked and answered in the greenthread of their connection; a worker is taken only for the call of
another service. A connection that sends nothing, or one byte a minute, therefore holds no worker, and a deadline for
each phase ends it: see connections.py.
"""

import errno
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from eventlet import wsgi
from eventlet.event import Event
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from nameko.web.server import WebServer

from gateway.connections import Connections, Protocol
from gateway.problems import Problem
from services.chassis.context import current_context

log = logging.getLogger(__name__)

LEAST_WORKERS = 256
BACKLOG = 1024
ACCEPT_PAUSE = 0.05  # seconds, when the process has no more file descriptors
SHORTLY = [("Retry-After", "1")]


class GatewayServer(WebServer):
    """nameko's web server with deadlines, a bound on connections, and an application of our own."""

    application: Callable
    _watcher: Any = None

    def setup(self) -> None:
        """Make the bookkeeping of connections."""
        self.connections = Connections()

    def get_wsgi_app(self) -> Callable:
        """Return the gateway's application; nameko's would send the texts of exceptions to clients."""
        return self.application

    def get_wsgi_server(self, sock: Any, wsgi_app: Callable, **_: Any) -> wsgi.Server:
        """Return a server that neither logs nor shows tracebacks: the application does the one, nobody the other."""
        protocol = partial(Protocol, self.connections)
        return wsgi.Server(
            sock, sock.getsockname(), wsgi_app, protocol=protocol, log=log, log_output=False, debug=False
        )

    def start(self) -> None:
        """Listen, and watch over the connections."""
        if self._starting:
            return
        self._starting = True
        self._sock = eventlet.listen(self.bind_addr, backlog=BACKLOG)
        self._sock.settimeout(None)
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._gt = self.container.spawn_managed_thread(self.run, identifier="accept")
        self._watcher = self.container.spawn_managed_thread(self.connections.watch, identifier="connections")

    def run(self) -> None:
        """Accept connections; running out of file descriptors is no reason to die."""
        while self._is_accepting:
            try:
                sock, address = self._sock.accept()
            except OSError as error:
                if not self._is_accepting or error.errno in (errno.EBADF, errno.EINVAL):
                    return
                log.warning("a connection was not accepted", extra={"why": errno.errorcode.get(error.errno or 0)})
                self.connections.make_room()
                eventlet.sleep(ACCEPT_PAUSE)
                continue
            eventlet.spawn_n(self.process_request, sock, address)

    def process_request(self, sock: Any, address: Any) -> None:
        """Serve one connection; whatever happens to it ends it and nothing else."""
        try:
            self._serv.process_request([address, sock, wsgi.STATE_IDLE])
        except Exception as error:
            log.info("a connection broke", extra={"why": type(error).__name__})
        finally:
            self.connections.remove(sock)
            sock.close()

    def close(self) -> None:
        """Accept no more, and let the connections end with the answers that are under way."""
        self._is_accepting = False
        if self._gt is not None:
            self._gt.kill()
            self._sock.close()
        self.connections.drain()

    def stop(self) -> None:
        """End."""
        self.close()
        if self._watcher is not None:
            self._watcher.kill()
        super(WebServer, self).stop()


class Requests(Entrypoint):
    """Lets a service answer HTTP: ``make(config, forward)`` returns the WSGI application.

    The method runs in a worker, for each call of another service that a request needs.
    """

    server = GatewayServer()

    def __init__(self, make: Callable[[dict[str, Any], Callable], Callable], **options: Any) -> None:
        self._make = make
        super().__init__(**options)

    def setup(self) -> None:
        """Make the application, and see to it that there are workers: each only waits for another service."""
        pool = self.container._worker_pool
        pool.resize(max(pool.size, LEAST_WORKERS))
        self.server.application = self._make(self.container.config, self.forward)

    def stop(self) -> None:
        """Take no more requests; nameko then waits for the workers."""
        self.server.close()

    def forward(self, service: str, method: str, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Run the service's method in a worker and return its answer; raise what it returned as its failure.

        Raises a 503 ``Problem`` when all workers are taken or the service is stopping.
        """
        if self.container._worker_pool.free() <= 0:
            raise Problem(503, "gateway.overloaded", headers=SHORTLY)
        done = Event()
        # A worker is a greenthread of its own, so the conversation it works for is handed over.
        call = (service, method, request, timeout, current_context().correlation_id)
        try:
            self.container.spawn_worker(self, call, {}, context_data={}, handle_result=partial(_finish, done))
        except ContainerBeingKilled:
            raise Problem(503, "gateway.unavailable", headers=SHORTLY) from None
        answer, failure = done.wait()
        if failure is not None:
            raise failure
        return answer


def _finish(done: Event, worker_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
    done.send((None, exc_info[1]) if exc_info is not None else result)
    return result, exc_info


serve = Requests.decorator
