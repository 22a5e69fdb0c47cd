"""How messages enter a service: calls by ``@rpc``, events by ``@subscribe``.

nameko acknowledges an event whose handler failed, and dies of a call without ``reply_to``. These entrypoints own both
cases: a failed event is tried again after a delay and finally buried, a malformed message is buried at once.
"""

import json
import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import eventlet
from nameko.exceptions import ContainerBeingKilled, serialize
from nameko.messaging import Consumer
from nameko.rpc import Rpc, RpcConsumer

from services.chassis import topology
from services.chassis.bus import consumer_name
from services.chassis.consuming import REQUEUE_PAUSE, SafeQueueConsumer, bury, retry_delays
from services.chassis.context import working_for
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.chassis.errors import ServiceError
from services.chassis.publishing import Publisher
from services.kernel.errors import InvalidError, Refusal

log = logging.getLogger(__name__)

DEADLINE_HEADER = "pinlian-deadline"  # milliseconds since 1970: nobody waits for the answer after it
ATTEMPTS_HEADER = "pinlian-attempts"


class Refused:
    """A refusal on its way out: an answer to the caller, not an accident to be logged with a traceback."""

    def __init__(self, error: ServiceError) -> None:
        self.error = error


class SafeRpcConsumer(RpcConsumer):
    """Consumes the calls of a service from a quorum queue; no message can kill it."""

    queue_consumer = SafeQueueConsumer()

    def setup(self) -> None:
        """Declare the queue of calls once per container."""
        if self.queue is None:
            self.queue = topology.rpc_queue(self.container.service_name)
            self.queue_consumer.register_provider(self)
            self._registered = True

    def handle_message(self, body: Any, message: Any) -> None:
        """Hand a call to its entrypoint, or bury what is none."""
        try:
            self._dispatch(body, message)
        except Exception as error:
            log.exception("a call could not be dispatched")
            bury(self.queue_consumer, message, f"undispatchable: {type(error).__name__}")

    def _dispatch(self, body: Any, message: Any) -> None:
        if reason := malformed(body, message):
            bury(self.queue_consumer, message, reason)
            return
        if expired(message):
            log.warning("a call came after its deadline and was not executed")
            self.queue_consumer.ack_message(message)
            return
        try:
            provider = self.get_provider_for_method(message.delivery_info["routing_key"])
        except Exception:
            unknown = ServiceError("not_found", "chassis.unknown_method", "no such method", {})
            self.reply(message, None, unknown)
            return
        provider.handle_message(body, message)

    def reply(self, message: Any, result: Any, error: ServiceError | None) -> None:
        """Send the answer, then acknowledge the call. A lost answer costs the caller its deadline, not us our life."""
        try:
            body = encode(result, error)
            Publisher.to(self.container.config["AMQP_URI"]).publish(
                body,
                exchange=topology.RPC_EXCHANGE.name,
                routing_key=message.properties["reply_to"],
                correlation_id=message.properties.get("correlation_id"),
            )
        except Exception as failure:
            log.warning("an answer could not be sent", extra={"why": type(failure).__name__})
        self.queue_consumer.ack_message(message)


def encode(result: Any, error: ServiceError | None) -> bytes:
    """Return the body of an answer; one that JSON can't hold is a fault of ours and answered as such."""
    try:
        return json.dumps({"result": result, "error": serialize(error) if error else None}).encode()
    except (TypeError, ValueError):
        log.exception("an answer could not be serialised")
        return json.dumps({"result": None, "error": serialize(internal_error())}).encode()


def malformed(body: Any, message: Any) -> str | None:
    """Return why a message is no call of ours, or None."""
    if not message.properties.get("reply_to"):
        return "malformed call: no reply_to"
    if not isinstance(body, dict) or not isinstance(body.get("args"), list) or not isinstance(body.get("kwargs"), dict):
        return "malformed call: no args and kwargs"
    requests = [*body["args"], *body["kwargs"].values()]
    if len(requests) != 1 or not isinstance(requests[0], dict) or not set(body["kwargs"]) <= {"request"}:
        return "malformed call: not one request"
    return None


def expired(message: Any) -> bool:
    """Tell whether nobody waits for the answer any more."""
    deadline = (message.headers or {}).get(DEADLINE_HEADER)
    return isinstance(deadline, int) and time.time() * 1000 > deadline


def internal_error() -> ServiceError:
    """Return the error that stands for everything that we did not foresee: no text of it leaves the service."""
    return ServiceError("internal", "chassis.internal", "internal error", {})


class ServiceRpc(Rpc):
    """An entrypoint for calls: one dict in, one dict out."""

    rpc_consumer = SafeRpcConsumer()

    def handle_message(self, body: Any, message: Any) -> None:
        """Run the method in a worker. Nothing of the message's headers becomes the worker's context."""
        request = body["args"][0] if body["args"] else body["kwargs"]["request"]

        def answer(worker_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            refused = result.error if isinstance(result, Refused) else None
            error = internal_error() if exc_info is not None else refused
            self.rpc_consumer.reply(message, None if error else result, error)
            return result, exc_info

        try:
            self.container.spawn_worker(self, (request,), {}, context_data={}, handle_result=answer)
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)


class EventSubscriber(Consumer):
    """An entrypoint for events: acknowledges after the effect, retries with a delay, buries in the end."""

    queue_consumer = SafeQueueConsumer()

    def __init__(self, source: str, event: str, **options: Any) -> None:
        self.source = source
        self.event = event
        super().__init__(queue=None, **options)

    def setup(self) -> None:
        """Declare the queue; the method's name is part of its name and therefore frozen."""
        expected = consumer_name(self.source, self.event)
        if self.method_name != expected:
            raise ValueError(f"the handler of {self.source}.{self.event} is to be called {expected}")
        self.queue = topology.event_queue(self.source, self.event, self.container.service_name, self.method_name)
        super().setup()

    def handle_message(self, body: Any, message: Any) -> None:
        """Read the envelope and run the handler in a worker."""
        try:
            envelope = Envelope.from_wire(body)
        except (InvalidError, RecursionError) as error:
            bury(self.queue_consumer, message, f"malformed event: {error}"[:500])
            return
        except Exception as error:
            bury(self.queue_consumer, message, f"malformed event: {type(error).__name__}")
            return
        if (envelope.source, envelope.name) != (self.source, self.event):
            bury(self.queue_consumer, message, f"unknown event: {envelope.source}.{envelope.name}"[:500])
            return

        def done(worker_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            self._finish(message, result, exc_info)
            return result, exc_info

        try:
            self.container.spawn_worker(self, (envelope,), {}, context_data={}, handle_result=done)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def _finish(self, message: Any, result: Any, exc_info: Any) -> None:
        if exc_info is None and not isinstance(result, Refused):
            self.queue_consumer.ack_message(message)
            return
        reason = result.error.code if isinstance(result, Refused) else exc_info[0].__name__
        try:
            self._try_again(message, reason)
        except Exception as failure:
            # Neither the delay queue nor the dead letters took it: it stays where it is.
            log.warning("a failed event could not be delayed", extra={"why": type(failure).__name__})
            eventlet.sleep(REQUEUE_PAUSE)
            self.queue_consumer.requeue_message(message)

    def _try_again(self, message: Any, reason: str) -> None:
        attempts = attempts_of(message)
        delays = retry_delays(self.container.config)
        if attempts > len(delays):
            bury(self.queue_consumer, message, f"failed {attempts} times: {reason}", attempts=attempts)
            return
        body = message.body.encode() if isinstance(message.body, str) else message.body
        Publisher.to(self.container.config["AMQP_URI"]).publish(
            body,
            exchange=topology.delay_exchange(delays[attempts - 1]).name,
            routing_key=self.queue.name,
            content_type=message.content_type or CONTENT_TYPE,
            headers={ATTEMPTS_HEADER: attempts},
            message_id=message.properties.get("message_id"),
            mandatory=True,
        )
        self.container.config["PINLIAN"].count_retry(self.container.service_name, self.queue.name)
        log.warning("event failed, trying again", extra={"queue": self.queue.name, "attempts": attempts, "why": reason})
        self.queue_consumer.ack_message(message)


def attempts_of(message: Any) -> int:
    """Return how often the message has been tried, this time included; a forged header counts as none."""
    before = (message.headers or {}).get(ATTEMPTS_HEADER, 0)
    return before + 1 if isinstance(before, int) and not isinstance(before, bool) and 0 <= before < 1000 else 1


def _catching_refusals(method: Callable) -> Callable:
    @wraps(method)
    def run(service: Any, message: Any) -> Any:
        try:
            if isinstance(message, Envelope):
                return method(service, message)
            with working_for(message.get("correlation_id")):
                return method(service, message)
        except Refusal as refusal:
            return Refused(ServiceError.from_refusal(refusal))

    return run


def rpc(method: Callable) -> Callable:
    """Make a method callable by other programs: ``method(self, request) -> dict``."""
    return ServiceRpc.decorator(_catching_refusals(method))


def subscribe(source: str, event: str) -> Callable[[Callable], Callable]:
    """Let a method, named ``on_{source}_{event}``, receive the envelopes of an event."""

    def decorate(method: Callable) -> Callable:
        return EventSubscriber.decorator(source, event)(_catching_refusals(method))

    return decorate


__all__ = ["DEADLINE_HEADER", "EventSubscriber", "ServiceRpc", "rpc", "subscribe"]
