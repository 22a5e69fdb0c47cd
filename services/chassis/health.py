"""Whether a process lives and whether it is ready, with what is missing named; and the pages that say so."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import eventlet
from eventlet import wsgi
from kombu import Connection
from sqlalchemy import text

from services.chassis import migrations
from services.chassis.environment import Environment
from services.chassis.errors import StartupError
from services.chassis.relay import lock_key

log = logging.getLogger(__name__)

PATIENCE = 3.0  # seconds for each check
# An advisory lock of one 64-bit key is shown as its two halves (PostgreSQL, pg_locks).
HOLDERS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND (classid::bigint << 32 | objid::bigint) = :key"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def check(environment: Environment, service: str) -> dict[str, Any]:
    """Return ``{"service", "ready", "checks": [{"name", "ok", "detail"}]}`` for a service or the gateway."""
    checks = [
        _try("database", lambda: _database(environment, service)),
        _try("broker", lambda: _broker(environment)),
    ]
    if service != "gateway":  # it has no events of its own
        checks.append(_try("relay", lambda: _relay(environment, service)))
    return {"service": service, "ready": all(each["ok"] for each in checks), "checks": checks}


def _try(name: str, look: Callable[[], str]) -> dict[str, Any]:
    try:
        with eventlet.Timeout(PATIENCE, TimeoutError("no answer")):
            return {"name": name, "ok": True, "detail": look()}
    except LookupError as missing:
        return {"name": name, "ok": False, "detail": str(missing.args[0])}
    except Exception as error:
        # The class says enough for an operator; the text may hold addresses that are nobody else's business.
        return {"name": name, "ok": False, "detail": f"unreachable ({type(error).__name__})"}


def _database(environment: Environment, service: str) -> str:
    with environment.engine(service).connect() as connection:
        if missing := migrations.pending(service, connection):
            raise LookupError(f"schema lacks {', '.join(missing)}; run: pinlian migrate")
    return "reachable and migrated"


def _broker(environment: Environment) -> str:
    with Connection(environment.settings.amqp_url, connect_timeout=2) as connection:
        connection.connect()
    return "reachable"


def _relay(environment: Environment, service: str) -> str:
    with environment.engine(service).connect() as connection:
        if not connection.execute(HOLDERS, {"key": lock_key(service)}).scalar_one():
            raise LookupError("no relay is active: events wait")
    return "active"


def pages(environment: Environment, service: str) -> Callable:
    """Return a WSGI application with /health/live, /health/ready and /metrics."""

    def answer(environ: dict[str, Any], start_response: Callable) -> Iterator[bytes]:
        status, kind, body = _page(environment, service, environ["PATH_INFO"])
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return iter([body])

    return answer


def _page(environment: Environment, service: str, path: str) -> tuple[str, str, bytes]:
    if path == "/health/live":
        return "200 OK", "application/json", b'{"live": true}'
    if path == "/health/ready":
        found = check(environment, service)
        status = "200 OK" if found["ready"] else "503 Service Unavailable"
        return status, "application/json", json.dumps(found).encode()
    if path == "/metrics":
        return "200 OK", environment.metrics.content_type, environment.metrics.render()
    return "404 Not Found", "application/json", b"{}"


def serve(environment: Environment, service: str, address: str) -> Any:
    """Serve the pages at ``host:port`` in a greenthread of its own and return its listening socket.

    Raises ``StartupError`` if the port is taken.
    """
    host, _, port = address.rpartition(":")
    try:
        listener = eventlet.listen((host, int(port)))
    except OSError as error:
        message = f"cannot listen at {address} (PINLIAN_HEALTH_ADDRESS): {error.strerror or error}"
        raise StartupError(message) from error
    application = pages(environment, service)
    eventlet.spawn_n(wsgi.server, listener, application, log_output=False, socket_timeout=10)
    return listener
