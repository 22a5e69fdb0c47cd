"""Calls to services, with a deadline that is always kept.

nameko's proxy waits for ever, and forgets to forget the calls whose answer never came. Here a call returns, or raises
``ServiceError`` (the service said no) or ``UnavailableError`` (nobody knows), within its deadline.
"""

import json
import logging
import time
from typing import Any

import eventlet
from kombu.exceptions import KombuError
from nameko.exceptions import deserialize
from nameko.extensions import DependencyProvider
from nameko.rpc import ReplyListener

from services.chassis import topology
from services.chassis.consuming import SafeQueueConsumer
from services.chassis.context import current_context
from services.chassis.entrypoints import DEADLINE_HEADER
from services.chassis.errors import ServiceError, UnavailableError
from services.chassis.publishing import Publisher, UnroutableError
from services.kernel.ids import new_id

log = logging.getLogger(__name__)

DEFAULT_TIMEOUT = 5.0  # seconds


class Replies(ReplyListener):
    """Receives the answers of all calls of a container."""

    queue_consumer = SafeQueueConsumer()

    def pending(self) -> int:
        """Return how many calls wait for an answer."""
        return len(self._reply_events)

    def forget(self, correlation_id: str) -> None:
        """Stop waiting for an answer."""
        self._reply_events.pop(correlation_id, None)


class ServiceClient(DependencyProvider):
    """Injects a client of one service: ``campaign = ServiceClient("campaign")``."""

    replies = Replies()

    def __init__(self, service: str) -> None:
        self.service = service

    def get_dependency(self, worker_ctx: Any) -> "Client":
        """Return the client."""
        return Client(self.service, self.replies, self.container.config["AMQP_URI"])


class Client:
    """Calls one service."""

    def __init__(self, service: str, replies: Replies, uri: str) -> None:
        self._service = service
        self._replies = replies
        self._publisher = Publisher.to(uri)

    def call(self, method: str, request: dict[str, Any], timeout: float = DEFAULT_TIMEOUT) -> dict[str, Any]:
        """Call ``method`` with ``request`` and return its answer within ``timeout`` seconds.

        Raises ``ServiceError`` when the service refused, ``UnavailableError`` when no answer came: the service may
        then have done what it was asked, and a repeat with the same idempotency key finds out.
        """
        correlation_id = str(new_id())
        answer = self._replies.get_reply_event(correlation_id)
        try:
            with eventlet.Timeout(timeout, TimeoutError("no answer")):
                self._send(method, request, correlation_id, timeout)
                body = answer.wait()
        except (UnroutableError, KombuError, OSError) as failure:
            log.warning("call failed", extra={"to": f"{self._service}.{method}", "why": type(failure).__name__})
            raise UnavailableError(self._service) from failure
        finally:
            self._replies.forget(correlation_id)
        if body.get("error"):
            raise read_error(body["error"])
        return body["result"]

    def _send(self, method: str, request: dict[str, Any], correlation_id: str, timeout: float) -> None:
        request = {**request, "correlation_id": current_context().correlation_id}
        self._publisher.publish(
            json.dumps({"args": [request], "kwargs": {}}).encode(),
            exchange=topology.RPC_EXCHANGE.name,
            routing_key=f"{self._service}.{method}",
            headers={DEADLINE_HEADER: int((time.time() + timeout) * 1000)},
            mandatory=True,
            timeout=timeout,
            reply_to=self._replies.routing_key,
            correlation_id=correlation_id,
        )


def read_error(wire: dict[str, Any]) -> ServiceError:
    """Rebuild the error of an answer."""
    error = deserialize(wire)
    if isinstance(error, ServiceError):
        return error
    return ServiceError("internal", "chassis.internal", "internal error", {})
