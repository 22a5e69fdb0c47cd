"""What calls, answers and retried events look like on the wire, and how a method is run for one of them."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import eventlet
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.chassis.context import working_for
from services.chassis.errors import ServiceError
from services.chassis.reading import UnreadableError
from services.kernel.errors import Refusal

log = logging.getLogger(__name__)

# Milliseconds since 1970: nobody waits for the answer after it. Hosts are expected to keep their clocks (NTP): a callee
# that is ahead by more than the timeout would execute nothing.
DEADLINE_HEADER = "pinlian-deadline"
ATTEMPTS_HEADER = "pinlian-attempts"
CORRELATION_HEADER = "pinlian-correlation-id"
CAUSATION_HEADER = "pinlian-causation-id"
ROUTING_KEY_HEADER = "pinlian-routing-key"
# nameko finds the class of an error by this path, see errors.py.
ERROR_PATH = "services.chassis.errors.ServiceError"
MOST_ATTEMPTS = 1000
# The database is away, or has no connection left: that passes by itself, and a repeat finds out what became of it.
AWAY = (OperationalError, InterfaceError, PoolTimeoutError)


@dataclass(frozen=True, slots=True)
class Work:
    """What a method is run with: its argument, and what the message says about the conversation."""

    argument: Any
    correlation_id: str | None = None
    causation_id: str | None = None
    deadline_ms: int | None = None

    def is_expired(self) -> bool:
        """Tell whether nobody waits for the answer any more."""
        return self.deadline_ms is not None and time.time() * 1000 > self.deadline_ms


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: with a result, with an error, or not at all because it was too late to begin."""

    result: Any = None
    error: BaseException | None = None
    expired: bool = False


def guarded(method: Callable) -> Callable:
    """Let a method of a service run for a message: it gets the ``Work`` and returns the ``Outcome``, come what may.

    Called with anything else than ``Work``, as tests do, it is the plain method.
    """

    @wraps(method)
    def run(service: Any, work: Any) -> Any:
        if not isinstance(work, Work):
            return method(service, work)
        # The deadline may have passed while the call waited for a worker.
        if work.is_expired():
            return Outcome(expired=True)
        with working_for(work.correlation_id, work.causation_id):
            try:
                return Outcome(method(service, work.argument))
            except (Refusal, ServiceError) as refusal:
                return Outcome(error=refusal)
            # eventlet's Timeout is no Exception, and one that a handler let through must not lose the message.
            except (Exception, eventlet.Timeout) as error:
                log.exception("%s failed", method.__name__)
                return Outcome(error=error)

    return run


def read_call(body: Any) -> dict[str, Any]:
    """Return the request of a call; raise ``UnreadableError`` when it is not exactly one JSON object."""
    if not isinstance(body, dict):
        raise UnreadableError("is no object with args and kwargs")
    args, kwargs = body.get("args"), body.get("kwargs")
    if not isinstance(args, list | tuple) or not isinstance(kwargs, dict):
        raise UnreadableError("is no object with args and kwargs")
    requests = [*args, *kwargs.values()]
    if len(requests) != 1 or not isinstance(requests[0], dict) or set(kwargs) - {"request"}:
        raise UnreadableError("the signature is one argument, request, which is an object")
    return requests[0]


def work_of(message: Any, request: dict[str, Any]) -> Work:
    """Return the work that a call asks for."""
    headers = message.headers or {}
    deadline, correlation = headers.get(DEADLINE_HEADER), headers.get(CORRELATION_HEADER)
    return Work(
        request,
        correlation_id=correlation[:200] if isinstance(correlation, str) and correlation.isprintable() else None,
        deadline_ms=deadline if isinstance(deadline, int) else None,
    )


def write_answer(outcome: Outcome) -> bytes:
    """Return the body of an answer; one that JSON cannot hold is a fault of ours and answered as such."""
    error = None if outcome.error is None else as_service_error(outcome.error)
    try:
        return _dump({"result": outcome.result, "error": error and error_to_wire(error)})
    except (TypeError, ValueError, RecursionError):
        log.exception("an answer could not be serialised")
        return _dump({"result": None, "error": error_to_wire(internal_error())})


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def as_service_error(error: BaseException) -> ServiceError:
    """Return what the caller may know: a refusal as it is, what passes, of anything else only that it happened."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, AWAY):
        message = "the database of the service cannot be reached now; repeat with the same Idempotency-Key"
        return ServiceError("unavailable", "gateway.unavailable", message, {})
    return ServiceError.from_refusal(error) if isinstance(error, Refusal) else internal_error()


def internal_error() -> ServiceError:
    """Return the error that stands for everything that we did not foresee: no text of it leaves the service."""
    return ServiceError("internal", "chassis.internal", "internal error", {})


def error_to_wire(error: ServiceError) -> dict[str, Any]:
    """Return the error in nameko's form. nameko's own function would turn the numbers of the detail into texts."""
    detail = json.loads(json.dumps(error.detail, default=str))
    return {
        "exc_type": ServiceError.__name__,
        "exc_path": ERROR_PATH,
        "exc_args": [error.kind, error.code, error.message, detail],
        "value": error.message,
    }


def read_answer(body: Any) -> dict[str, Any]:
    """Return the result of an answer, or raise the ``ServiceError`` that it carries."""
    if not isinstance(body, dict) or "result" not in body:
        raise internal_error()
    error = body.get("error")
    if not error:
        return body["result"]
    args = error.get("exc_args") if isinstance(error, dict) and error.get("exc_path") == ERROR_PATH else None
    raise ServiceError(*args) if isinstance(args, list) and len(args) == 4 else internal_error()


def answer_headers(message: Any) -> dict[str, Any]:
    """Return the headers of an answer: the conversation of its call."""
    correlation = (message.headers or {}).get(CORRELATION_HEADER)
    return {CORRELATION_HEADER: correlation} if isinstance(correlation, str) else {}


def retry_headers(message: Any, attempts: int) -> dict[str, Any]:
    """Return the headers of an event that is tried again; of what came with it only what is known and short."""
    headers = message.headers or {}
    kept = {ROUTING_KEY_HEADER: message.delivery_info.get("routing_key")}
    for name in (CORRELATION_HEADER, CAUSATION_HEADER, ROUTING_KEY_HEADER):
        if isinstance(headers.get(name), str):
            kept[name] = headers[name][:200]
    return {**kept, ATTEMPTS_HEADER: attempts}


def attempts_of(message: Any) -> int:
    """Return how often the message has been tried, this time included; a forged header counts as none."""
    before = (message.headers or {}).get(ATTEMPTS_HEADER, 0)
    return before + 1 if type(before) is int and 0 <= before < MOST_ATTEMPTS else 1
