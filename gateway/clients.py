"""How the gateway reaches the services: one call per request, within a deadline, by a worker of nameko's."""

from collections.abc import Sequence
from typing import Any, Protocol

import eventlet

from services.chassis.entrypoints import PING
from services.chassis.errors import ServiceError, UnavailableError

PING_TIMEOUT = 2.0  # seconds
UNKNOWN_METHOD = "chassis.unknown_method"
NOBODY = {"token_id": "health", "role": "node_operator", "community_id": None, "member_id": None, "supplier_id": None}


class Caller(Protocol):
    """Calls ``method`` of ``service`` and returns the answer."""

    def __call__(self, service: str, method: str, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Raise ``ServiceError`` or ``UnavailableError``, within ``timeout`` seconds."""
        ...


class Services:
    """The services, as the gateway's application sees them."""

    def __init__(self, call: Caller, timeout: float) -> None:
        self._call = call
        self._timeout = timeout

    def call(self, service: str, method: str, request: dict[str, Any]) -> dict[str, Any]:
        """Call a service; one that does not know the method is older than this gateway, and so unavailable."""
        try:
            return self._call(service, method, request, self._timeout)
        except ServiceError as error:
            if error.code == UNKNOWN_METHOD:
                raise UnavailableError(service) from error
            raise

    def silent(self, services: Sequence[str]) -> list[str]:
        """Return those of ``services`` that do not answer; all are asked at the same time."""
        pool = eventlet.GreenPool(len(services))
        answers = list(pool.imap(self._answers, services))
        return [service for service, answer in zip(services, answers, strict=True) if not answer]

    def _answers(self, service: str) -> bool:
        request = {"caller": NOBODY, "idempotency_key": None, "if_match": None, "data": {}}
        try:
            self._call(service, PING, request, PING_TIMEOUT)
        except ServiceError:
            return True
        except Exception:
            return False
        return True
