"""The API as a WSGI application: who asks, what is asked, what is answered, and what goes wrong on the way.

In this order: the signature; one transaction with the nonce, what was due, and what is asked; then the callbacks that
are early; then the answer, or the trouble that befalls it.
"""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from services.kernel.clock import Clock
from services.sandbox.contract.signing import WINDOW, SignatureError, Signer, Verifier
from services.sandbox.delivery import Delivery
from services.sandbox.desk import Desk
from services.sandbox.mischief import Trouble
from services.sandbox.operations import ROUTES, Answer, Asked, Route
from services.sandbox.pages import Pages
from services.sandbox.refusals import Malformed, NotThere, Refused, Unsigned
from services.sandbox.reply import Reply, json_reply

log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024
REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
Environ = dict[str, Any]


class Api:
    """Answers requests; ``pause(seconds)`` lets time go by, ``environ["sandbox.hang_up"]`` breaks the connection."""

    def __init__(
        self,
        desk: Desk,
        delivery: Delivery,
        signer: Signer,
        verifier: Verifier,
        pages: Pages,
        pause: Callable[[float], object],
    ) -> None:
        self._desk = desk
        self._clock: Clock = desk.clock
        self._delivery = delivery
        self._signer = signer
        self._verifier = verifier
        self._pages = pages
        self._pause = pause

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request; nothing is raised."""
        try:
            reply, trouble = self._reply(environ)
        except Exception:
            log.exception("request failed")
            reply, trouble = (
                json_reply(500, {"code": "SYSTEM_ERROR", "message": "an error of ours; it is in the log"}),
                None,
            )
        if trouble in (Trouble.BROKEN, Trouble.TIMEOUT):
            if trouble is Trouble.TIMEOUT:
                self._pause(self._desk.mischief.profile.answer.hang_seconds)
            environ["sandbox.hang_up"]()
        headers = [*reply.headers, *self._signer.headers(reply.body, self._clock.now()).items()]
        headers.append(("Content-Length", str(len(reply.body))))
        start_response(REASONS[reply.status], headers)
        return [reply.body]

    def _reply(self, environ: Environ) -> tuple[Reply, Trouble | None]:
        try:
            body = _read(environ)
            if (page := self._pages.find(environ, body)) is not None:
                return page, None
            return self._operate(environ, body)
        except Refused as refusal:
            return refusal_reply(refusal), None

    def _operate(self, environ: Environ, body: bytes) -> tuple[Reply, Trouble | None]:
        route, number = _find(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        nonce = self._nonce(environ, body)
        asked = Asked(number, body, environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT", ""))
        answer, trouble = self._transact(route, asked, nonce)
        self._delivery.send_now(answer.first)
        if trouble is Trouble.ERROR:
            return json_reply(500, {"code": "SYSTEM_ERROR", "message": "something went wrong"}), trouble
        return answer.reply, trouble

    def _transact(self, route: Route, asked: Asked, nonce: str) -> tuple[Answer, Trouble | None]:
        """Do what is asked in one transaction. A refusal is an answer too, so that its nonce is used as well."""
        now, subject = self._clock.now(), route.subject(asked)
        with self._desk.store as transaction:
            if not transaction.is_new_nonce(nonce, now, now - 2 * WINDOW):
                raise Unsigned("NONCE_USED", "the nonce was used before")
            attempt = transaction.count(f"{route.method} {subject}") if subject else 0
            trouble = self._desk.mischief.trouble(route.method, subject, attempt) if subject else None
            if trouble is Trouble.REFUSED:
                return Answer(json_reply(503, {"code": "BUSY", "message": "try again"})), trouble
            try:
                return route.run(self._desk.books(transaction), asked, self._desk), trouble
            except Refused as refusal:
                return Answer(refusal_reply(refusal)), trouble

    def _nonce(self, environ: Environ, body: bytes) -> str:
        target = environ.get("RAW_PATH_INFO") or environ["PATH_INFO"]
        if environ.get("QUERY_STRING"):
            target += f"?{environ['QUERY_STRING']}"
        given = environ.get("HTTP_AUTHORIZATION", "")
        try:
            return self._verifier.check_request(given, environ["REQUEST_METHOD"], target, body, self._clock.now())
        except SignatureError as error:
            raise Unsigned("SIGN_ERROR", str(error)) from None


def refusal_reply(refusal: Refused) -> Reply:
    """Return what is answered to a request that is refused."""
    return json_reply(refusal.status, {"code": refusal.code, "message": refusal.message, **refusal.detail})


def _find(method: str, path: str) -> tuple[Route, str]:
    there = [(route, found) for route in ROUTES if (found := route.pattern.fullmatch(path)) is not None]
    if not there:
        raise NotThere("NO_ROUTE", "there is nothing at this address")
    for route, found in there:
        if route.method == method:
            return route, found.groupdict().get("number", "")
    raise NotThere("NO_ROUTE", f"this address knows {', '.join(sorted(route.method for route, _ in there))} only")


def _read(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES or environ.get("HTTP_TRANSFER_ENCODING"):
        raise Malformed("INVALID_REQUEST", f"a body needs a Content-Length, of at most {MOST_BYTES}")
    return environ["wsgi.input"].read(int(length)) if int(length) else b""
