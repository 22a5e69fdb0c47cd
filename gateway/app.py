"""The gateway as a WSGI application: from a request to an operation and back. It knows no transport.

The order of the checks is the order in which they are cheap: address, token, rate, role, headers, body, fields.
"""

import base64
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway import idempotency, reading
from gateway.auth import Token, Tokens
from gateway.own import OwnOperations
from gateway.pages import Pages
from gateway.problems import CONTENT_TYPE, Problem, problem_of
from gateway.rate_limit import Limiter, headers_of
from gateway.reply import JSON, REASONS, Headers, Reply, file_reply, json_reply
from gateway.router import Router
from gateway.routes import ROUTES, Route
from gateway.together import Together
from services.chassis.context import working_for
from services.chassis.errors import ServiceError
from services.chassis.metrics import Metrics
from services.kernel.caller import Role
from services.kernel.ids import new_id

log = logging.getLogger(__name__)
access = logging.getLogger("gateway.access")

MOST_DISCARDED = 64 * 1024  # bytes of an unread body that are read and forgotten, to keep the connection

# Who calls without a token may do nothing: the role is bound to no supplier.
NOBODY: dict[str, str | None] = {"token_id": "signed", "role": str(Role.SUPPLIER)}

is_request_id = re.compile(r"[A-Za-z0-9._:-]{1,128}").fullmatch
Call = Callable[[str, str, dict[str, Any]], dict[str, Any]]
Environ = dict[str, Any]


class Gateway:
    """Answers requests. ``call(service, method, request)`` reaches the services, within ``timeout`` seconds."""

    def __init__(
        self,
        call: Call,
        tokens: Tokens,
        limiter: Limiter,
        pages: Pages,
        metrics: Metrics,
        body_limit: int = 1024 * 1024,
        timeout: float = 5.0,
    ) -> None:
        self._call = call
        self._tokens = tokens
        self._limiter = limiter
        self._pages = pages
        self._metrics = metrics
        self._body_limit = body_limit
        self._router = Router(ROUTES)
        self._own = OwnOperations(tokens, call)
        self._together = Together(call, timeout)
        # A schema is made once; making one costs more than using it.
        self._bodies = {route.operation_id: route.body and route.body() for route in ROUTES}
        self._queries = {route.operation_id: route.query and route.query() for route in ROUTES}
        self._timers: dict[tuple[str, int], Any] = {}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request; nothing is raised."""
        begun = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if is_request_id(given) else str(new_id())
        with working_for(request_id):
            environ["pinlian.operation"] = "none"
            reply = self._reply(environ, request_id)
            more = [("X-Request-Id", request_id), *environ.get("pinlian.headers", ())]
            self._record(environ, reply, time.perf_counter() - begun)
        start_response(REASONS[reply.status], reply.all_headers(more))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else reply.body]

    def _reply(self, environ: Environ, request_id: str) -> Reply:
        try:
            page = self._pages.find(environ["REQUEST_METHOD"], environ["PATH_INFO"])
            if page is not None:
                environ["pinlian.operation"] = page.name
                return page.make()
            return self._operate(environ)
        except Exception as error:
            _drop_body(environ)
            problem = problem_of(error)
            if problem.status == 500:
                # Of a service's failure the service has the traceback; of ours it is here.
                log.error("request failed", exc_info=not isinstance(error, ServiceError))
            body = problem.body(_address(environ), request_id)
            headers = [("Cache-Control", "no-store"), *problem.headers]
            return Reply(problem.status, body, CONTENT_TYPE, headers)

    def _operate(self, environ: Environ) -> Reply:
        route, ids = self._router.find(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        environ["pinlian.operation"] = route.operation_id
        if route.signed:
            return self._pass_on(route, ids, environ)
        token = self._tokens.authenticate(environ.get("HTTP_AUTHORIZATION"))
        environ["pinlian.headers"] = self._count(token.token_id)
        if token.role not in route.roles:
            raise _not_allowed(route, token)
        request = {
            "caller": token.caller,
            "idempotency_key": idempotency.key_of(route, environ.get("HTTP_IDEMPOTENCY_KEY")),
            "if_match": idempotency.version_of(route, environ.get("HTTP_IF_MATCH")),
            "data": self._data(route, environ) | ids,
        }
        if route.service == "gateway":
            answer = self._own.run(route.operation_id, request)
        elif route.together is not None:
            size = environ["pinlian.body_size"]
            answer = self._together.call(route.service, route.together, request, size)
        else:
            answer = self._call(route.service, route.operation_id, request)
        if route.file is not None and JSON not in environ.get("HTTP_ACCEPT", ""):
            return file_reply(route.status, answer, route.file)
        return json_reply(route.status, answer, _answer_headers(route, answer))

    def _pass_on(self, route: Route, ids: dict[str, str], environ: Environ) -> Reply:
        """Pass a signed request on as it came: its service knows by the signature who calls."""
        environ["pinlian.headers"] = self._count(f"{route.operation_id}:{environ.get('REMOTE_ADDR', '')}")
        body = self._body(environ)
        headers = {name[5:].replace("_", "-").title(): text for name, text in environ.items() if _is_header(name)}
        data = {"headers": headers, "body": base64.b64encode(body).decode(), **ids}
        request = {"caller": NOBODY, "idempotency_key": None, "if_match": None, "data": data}
        return json_reply(route.status, self._call(route.service, route.operation_id, request))

    def _count(self, who: str) -> Headers:
        allowance = self._limiter.take(who)
        headers = headers_of(self._limiter, allowance)
        if allowance is not None and not allowance.allowed:
            headers.append(("Retry-After", str(allowance.retry_after)))
            raise Problem(429, "gateway.rate_limited", headers=headers, members={"limit": self._limiter.limit})
        return headers

    def _data(self, route: Route, environ: Environ) -> dict[str, Any]:
        query = reading.read_query(self._queries[route.operation_id], environ.get("QUERY_STRING", ""))
        body = self._body(environ)
        schema = self._bodies[route.operation_id]
        if schema is None and body:
            raise reading.malformed(f"a {route.method} of this address has no body")
        return query | (reading.read_body(schema, body, environ.get("CONTENT_TYPE") or "") if schema else {})

    def _body(self, environ: Environ) -> bytes:
        body = reading.read_bytes(environ, self._body_limit)
        environ["pinlian.unread"] = False
        environ["pinlian.body_size"] = len(body)
        environ.get("pinlian.body_read", _nothing)()
        return body

    def _record(self, environ: Environ, reply: Reply, seconds: float) -> None:
        operation, status = environ["pinlian.operation"], reply.status
        timer = self._timers.get((operation, status))
        if timer is None:
            labels = ("gateway", operation, str(status))
            timer = self._timers[operation, status] = self._metrics.http_seconds.labels(*labels)
        timer.observe(seconds)
        if access.isEnabledFor(logging.INFO):
            # Neither query nor body: they hold what people wrote. An unknown address may hold anything.
            fields = {"operation": operation, "status": status, "ms": round(seconds * 1000, 1)}
            path = environ["PATH_INFO"] if operation != "none" else "-"
            access.info("%s %s %d", _method(environ), path, status, extra=fields)


def _is_header(name: str) -> bool:
    """Tell what may be signed: what proves who somebody is elsewhere goes no further."""
    return name.startswith("HTTP_") and name not in ("HTTP_AUTHORIZATION", "HTTP_COOKIE")


def _method(environ: Environ) -> str:
    method = environ["REQUEST_METHOD"]
    return method if method.isascii() and method.isalpha() and len(method) < 10 else "-"


def _address(environ: Environ) -> str:
    path = environ["PATH_INFO"]
    return path if path.isascii() and path.isprintable() and len(path) < 200 else "/"


def _drop_body(environ: Environ) -> None:
    """End the connection after the answer where a long body was left unread: nobody wants to receive it."""
    length = environ.get("CONTENT_LENGTH") or "0"
    long = environ.get("HTTP_TRANSFER_ENCODING") or not length.isdigit() or int(length) > MOST_DISCARDED
    if long and environ.get("pinlian.unread", True):
        environ.get("pinlian.close", _nothing)()


def _nothing() -> None:
    pass


def _not_allowed(route: Route, token: Token) -> Problem:
    members = {"role": str(token.role), "allowed": sorted(route.roles)}
    return Problem(403, "gateway.role_not_allowed", f"a {token.role} token cannot do this", members=members)


def _answer_headers(route: Route, answer: Mapping[str, Any]) -> Headers:
    headers = []
    if etag := idempotency.etag_of(answer):
        headers.append(("ETag", etag))
    if route.location:
        headers.append(("Location", route.location.format_map(answer)))
    return headers
