"""How messages enter a service: calls by ``@rpc``, events by ``@subscribe``; in order by lanes.py.

nameko acknowledges an event whose handler failed, and dies of a call without ``reply_to``. These entrypoints own both
cases: a failed event is tried again after a delay and finally buried, a malformed message is buried at once, and a
call that nobody waits for any more is not executed. Nothing of a message's headers becomes the caller's identity.
"""

import logging
from collections.abc import Callable
from typing import Any, ClassVar

from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from nameko.messaging import Consumer
from nameko.rpc import RpcConsumer

from services.chassis import topology, wire
from services.chassis.bus import consumer_name
from services.chassis.consuming import SafeQueueConsumer, retry_delays
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.chassis.errors import ServiceError
from services.chassis.publishing import Publisher
from services.chassis.reading import UnreadableError, body_of, clean, read_body
from services.chassis.wire import DEADLINE_HEADER, Outcome, Work, guarded
from services.kernel.errors import InvalidError

log = logging.getLogger(__name__)

# Every service answers it: whoever gets an answer knows that the service reads its calls.
PING = "ping"


class SafeRpcConsumer(RpcConsumer):
    """Consumes the calls of a service from a quorum queue; no message can kill it."""

    queue_consumer = SafeQueueConsumer()

    def setup(self) -> None:
        """Consume the queue of calls, once per container."""
        if self.queue is None:
            self.queue = topology.rpc_queue(self.container.service_name)
            self.queue_consumer.register_provider(self)
            self._registered = True

    def handle_message(self, message: Any) -> None:
        """Hand a call to its entrypoint; bury what is none, and tell so whoever asks."""
        try:
            request = wire.read_call(read_body(message))
            entrypoint = self._entrypoint_of(message)
        except UnreadableError as error:
            if message.properties.get("reply_to"):
                self.answer(message, Outcome(error=ServiceError("invalid", "chassis.malformed_call", str(error), {})))
            self.queue_consumer.give_up(self.queue.name, message, f"malformed call: {error}")
            return
        if not message.properties.get("reply_to"):
            self.queue_consumer.give_up(self.queue.name, message, "malformed call: no reply_to")
            return
        work = wire.work_of(message, request)
        if entrypoint is None:
            self.finish(message, Outcome({"service": self.container.service_name}))
        elif work.is_expired():
            self.finish(message, Outcome(expired=True))
        else:
            entrypoint.run(message, work)

    def _entrypoint_of(self, message: Any) -> "ServiceRpc | None":
        """Return the entrypoint of a call, or None for a ping, which the consumer answers itself."""
        service, _, method = str(message.delivery_info["routing_key"]).partition(".")
        for provider in self._providers:
            if (service, method) == (self.container.service_name, provider.method_name):
                return provider
        if (service, method) == (self.container.service_name, PING):
            return None
        raise UnreadableError(f"no such method: {clean(method)[:100]}")

    def finish(self, message: Any, outcome: Outcome) -> None:
        """Answer the call if anybody waits for that, then acknowledge it."""
        if outcome.expired:
            log.warning("a call came after its deadline and was not executed", extra={"queue": self.queue.name})
        else:
            self.answer(message, outcome)
        self.queue_consumer.ack_message(message)

    def answer(self, message: Any, outcome: Outcome) -> None:
        """Send an answer. One that gets lost costs the caller its deadline, and not us our life."""
        try:
            Publisher.to(self.container.config["AMQP_URI"]).publish(
                wire.write_answer(outcome),
                exchange=topology.RPC_EXCHANGE.name,
                routing_key=str(message.properties["reply_to"]),
                headers=wire.answer_headers(message),
                correlation_id=message.properties.get("correlation_id"),
                # Who called is gone when the broker restarts, or has waited long enough.
                persistent=False,
            )
        except Exception as failure:
            log.warning("an answer could not be sent", extra={"why": type(failure).__name__})


class ServiceRpc(Entrypoint):
    """An entrypoint for calls: one dict in, one dict out."""

    rpc_consumer = SafeRpcConsumer()

    def setup(self) -> None:
        """Serve the method."""
        self.rpc_consumer.register_provider(self)

    def stop(self) -> None:
        """Serve it no longer."""
        self.rpc_consumer.unregister_provider(self)

    def run(self, message: Any, work: Work) -> None:
        """Run the method in a worker, as soon as there is one."""

        def done(worker_ctx: Any, outcome: Outcome, exc_info: Any) -> tuple[Any, Any]:
            self.rpc_consumer.finish(message, outcome or Outcome(error=exc_info[1]))
            return outcome, exc_info

        try:
            self.container.spawn_worker(self, (work,), {}, context_data={}, handle_result=done)
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)


class EventSubscriber(Consumer):
    """An entrypoint for events: acknowledges after the effect, retries with a delay, buries in the end."""

    queue_consumer = SafeQueueConsumer()
    # nameko's Consumer asks for it; there is no immediate requeue here.
    requeue_on_error: ClassVar[bool] = False
    # The number of its lane, if it has one: see lanes.py.
    lane: int | None = None

    def __init__(self, source: str, event: str, **options: Any) -> None:
        self.source = source
        self.event = event
        Entrypoint.__init__(self, **options)

    def setup(self) -> None:
        """Consume the queue; the method's name is part of its name and therefore frozen."""
        expected = consumer_name(self.source, self.event)
        if self.method_name != expected:
            raise ValueError(f"the handler of {self.source}.{self.event} is to be called {expected}")
        self.queue = self._queue_of(self.container.service_name)
        super().setup()

    def _queue_of(self, service: str) -> Queue:
        return topology.event_queue(self.source, self.event, service)

    def handle_message(self, message: Any) -> None:
        """Read the envelope and run the handler in a worker."""
        try:
            envelope = Envelope.from_wire(read_body(message))
            if (envelope.source, envelope.name) != (self.source, self.event):
                raise UnreadableError(f"unknown event {clean(f'{envelope.source}.{envelope.name}')[:100]}")
        except (UnreadableError, InvalidError) as error:
            self._give_up(message, f"malformed event: {error}")
            return

        def done(worker_ctx: Any, outcome: Outcome, exc_info: Any) -> tuple[Any, Any]:
            self._finish(message, outcome or Outcome(error=exc_info[1]))
            return outcome, exc_info

        work = Work(envelope, envelope.correlation_id, envelope.id)
        try:
            self.container.spawn_worker(self, (work,), {}, context_data={}, handle_result=done)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def _finish(self, message: Any, outcome: Outcome) -> None:
        if outcome.error is None:
            self.queue_consumer.ack_message(message)
            return
        attempts, delays = wire.attempts_of(message), retry_delays(self.container.config)
        reason = clean(f"{type(outcome.error).__name__}: {outcome.error}")[:500]
        if attempts > len(delays):
            self._give_up(message, f"failed {attempts} times, last with {reason}", attempts)
            return
        try:
            self._delay(message, delays[attempts - 1], attempts)
        except Exception as failure:
            # The delay queue did not take it: it stays where it is.
            log.warning("a failed event could not be delayed", extra={"why": type(failure).__name__})
            self.queue_consumer.give_back(message)
            return
        self.queue_consumer.ack_message(message)
        # The class only: the text may hold what people wrote, and that is kept in the dead letter, not in logs.
        why = type(outcome.error).__name__
        log.warning("event failed, trying again", extra={"queue": self.queue.name, "attempts": attempts, "why": why})
        self._count_retry()

    def _delay(self, message: Any, delay_ms: int, attempts: int) -> None:
        Publisher.to(self.container.config["AMQP_URI"]).publish(
            body_of(message),
            exchange=topology.delay_exchange(delay_ms).name,
            routing_key=self.queue.name,
            content_type=message.content_type or CONTENT_TYPE,
            headers=wire.retry_headers(message, attempts),
            message_id=message.properties.get("message_id"),
            mandatory=True,
        )

    def _give_up(self, message: Any, reason: str, attempts: int = 1) -> None:
        self.queue_consumer.give_up(self.queue.name, message, reason, attempts=attempts)

    def _count_retry(self) -> None:
        try:
            self.container.config["PINLIAN"].count_retry(self.container.service_name, self.queue.name)
        except Exception:
            log.exception("a retry could not be counted")


def rpc(method: Callable) -> Callable:
    """Make a method callable by other programs: ``method(self, request) -> dict``."""
    return ServiceRpc.decorator(guarded(method))


def subscribe(source: str, event: str) -> Callable[[Callable], Callable]:
    """Let a method, named ``on_{source}_{event}``, receive the envelopes of an event."""
    expected = consumer_name(source, event)

    def decorate(method: Callable) -> Callable:
        if method.__name__ != expected:
            raise ValueError(f"the handler of {source}.{event} is to be called {expected}, not {method.__name__}")
        return EventSubscriber.decorator(source, event)(guarded(method))

    return decorate


__all__ = ["DEADLINE_HEADER", "EventSubscriber", "ServiceRpc", "rpc", "subscribe"]
