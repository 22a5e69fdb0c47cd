"""Calls to services, with a deadline that is always kept.

nameko's proxy waits for ever, and forgets to forget the calls whose answer never came. Here a call returns, or raises
``ServiceError`` (the service said no) or ``UnavailableError`` (nobody knows), within its deadline.
"""

import json
import logging
import time
from types import TracebackType
from typing import Any, Self

import eventlet
from kombu import Connection
from nameko.extensions import DependencyProvider
from nameko.rpc import ReplyListener

from services.chassis import topology, wire
from services.chassis.consuming import RawConsumer, SafeQueueConsumer
from services.chassis.context import current_context
from services.chassis.errors import UnavailableError
from services.chassis.publishing import BROKER_ERRORS, CONNECT_ONCE, CONNECT_TIMEOUT, Publisher, UnroutableError
from services.chassis.reading import MOST_ANSWER_BYTES, UnreadableError, read_body
from services.kernel.ids import new_id

log = logging.getLogger(__name__)

DEFAULT_TIMEOUT = 5.0  # seconds

Request = dict[str, Any]
Answer = dict[str, Any]


class Replies(ReplyListener):
    """Receives the answers to all calls of a container."""

    queue_consumer = SafeQueueConsumer()
    # Handing over an answer does not block, so it needs no greenthread of its own.
    is_quick = True

    def setup(self) -> None:
        """Consume a queue of this container's own, which is declared again after every reconnection."""
        self.routing_key = str(new_id())
        name = f"rpc.reply-{self.container.service_name}-{self.routing_key}"
        self.queue = topology.reply_queue(name, self.routing_key)
        self.queue_consumer.register_provider(self)

    def handle_message(self, message: Any) -> None:
        """Give the answer to whoever waits for it; one that comes too late is nobody's."""
        self.queue_consumer.ack_message(message)
        waiting = self._reply_events.pop(message.properties.get("correlation_id"), None)
        if waiting is not None:
            waiting.send(_read(message))

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

    def setup(self) -> None:
        """Make the client: it holds no state of a request, so one serves all workers."""
        self.client = Client(self.service, self.replies, self.container.config["AMQP_URI"])

    def get_dependency(self, worker_ctx: Any) -> "Client":
        """Return the client."""
        return self.client


class Client:
    """Calls one service."""

    def __init__(self, service: str, replies: Replies, uri: str) -> None:
        self._service = service
        self._replies = replies
        self._publisher = Publisher.to(uri)

    def call(self, method: str, request: Request, timeout: float = DEFAULT_TIMEOUT) -> Answer:
        """Call ``method`` with ``request`` and return its answer within ``timeout`` seconds.

        Raises ``ServiceError`` when the service refused, ``UnavailableError`` when no answer came: the service may
        then have done what it was asked, and a repeat with the same idempotency key finds out.
        """
        correlation_id = str(new_id())
        answer = self._replies.get_reply_event(correlation_id)
        try:
            with eventlet.Timeout(timeout, TimeoutError("no answer")):
                send_call(
                    self._publisher, self._service, method, request, timeout, self._replies.routing_key, correlation_id
                )
                body = answer.wait()
        except (UnroutableError, *BROKER_ERRORS) as failure:
            raise _unavailable(self._service, method, failure) from failure
        finally:
            self._replies.forget(correlation_id)
        return wire.read_answer(body)


class RpcClient:
    """Calls any service, for scripts and tests: ``with RpcClient(uri) as client: client.call("demand", ...)``.

    It is used by one thread at a time. A lost connection fails the call under way; the next one connects again.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._publisher = Publisher(uri)
        self._connection: Connection | None = None
        self._routing_key = ""
        self._answers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the broker, and take the queue of answers along."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with eventlet.Timeout(2, False):
                connection.release()
        self._publisher.close()

    def call(self, service: str, method: str, request: Request, timeout: float = DEFAULT_TIMEOUT) -> Answer:
        """Call ``service.method`` with ``request``; the same promises and errors as ``Client.call``."""
        correlation_id = str(new_id())
        try:
            with eventlet.Timeout(timeout, TimeoutError("no answer")):
                if self._connection is None:
                    self._connect()
                send_call(self._publisher, service, method, request, timeout, self._routing_key, correlation_id)
                while correlation_id not in self._answers:
                    self._connection.drain_events()
        except (UnroutableError, *BROKER_ERRORS) as failure:
            if not isinstance(failure, UnroutableError):
                self._disconnect()
            raise _unavailable(service, method, failure) from failure
        answers, self._answers = self._answers, {}
        return wire.read_answer(answers[correlation_id])

    def _connect(self) -> None:
        self._connection = Connection(self._uri, connect_timeout=CONNECT_TIMEOUT)
        self._connection.ensure_connection(**CONNECT_ONCE)
        self._routing_key = str(new_id())
        queue = topology.reply_queue(f"rpc.reply-script-{self._routing_key}", self._routing_key)
        queue.exclusive = True
        RawConsumer(self._connection.default_channel, [queue], no_ack=True, on_message=self._on_answer).consume()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.collect()

    def _on_answer(self, message: Any) -> None:
        self._answers[message.properties.get("correlation_id")] = _read(message)


def send_call(publisher: Publisher, service: str, method: str, request: Request, timeout: float,
              reply_to: str, correlation_id: str) -> None:  # fmt: skip
    """Publish a call whose answer is awaited for ``timeout`` seconds; raise ``UnroutableError`` if nobody serves it."""
    headers = {
        wire.DEADLINE_HEADER: int((time.time() + timeout) * 1000),
        wire.CORRELATION_HEADER: current_context().correlation_id,
    }
    publisher.publish(
        json.dumps({"args": [request], "kwargs": {}}, ensure_ascii=False, separators=(",", ":")).encode(),
        exchange=topology.RPC_EXCHANGE.name,
        routing_key=f"{service}.{method}",
        headers=headers,
        mandatory=True,
        timeout=timeout,
        reply_to=reply_to,
        correlation_id=correlation_id,
    )


def _read(message: Any) -> Any:
    try:
        return read_body(message, MOST_ANSWER_BYTES)
    except UnreadableError as error:
        log.error("an answer could not be read", extra={"why": str(error)})
        return None


def _unavailable(service: str, method: str, failure: BaseException) -> UnavailableError:
    log.warning("call failed", extra={"to": f"{service}.{method}", "why": f"{type(failure).__name__}: {failure}"[:200]})
    return UnavailableError(service)
