"""The consumer of all queues of a container: what cannot be read is buried with a reason, never lost, never fatal."""

import logging
from typing import Any

import eventlet
from nameko.messaging import QueueConsumer

from services.chassis import topology
from services.kernel.ids import new_id

log = logging.getLogger(__name__)

ACCEPTED = ["json", "cloudevents"]
REQUEUE_PAUSE = 1.0  # seconds before a message is given back when not even its burial worked


class SafeQueueConsumer(QueueConsumer):
    """nameko's queue consumer, which would acknowledge, and so lose, a message that it can't decode."""

    @property
    def accept(self) -> list[str]:
        """The serializers whose messages are read."""
        return ACCEPTED

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """Declare the shared topology, after every reconnection, then the consumers."""
        topology.declare(channel, delays_ms=retry_delays(self.container.config))
        return super().get_consumers(consumer_cls, channel)

    def on_decode_error(self, message: Any, error: Exception) -> None:
        """Bury what can't be decoded."""
        self.container.spawn_managed_thread(
            lambda: bury(self, message, f"undecodable: {type(error).__name__}"), identifier="bury"
        )


def retry_delays(config: dict[str, Any]) -> tuple[int, ...]:
    """Return the delays (milliseconds) between the attempts to handle a message."""
    return tuple(config.get("PINLIAN_RETRY_DELAYS_MS") or topology.RETRY_DELAYS_MS)


def queue_name_of(consumer: QueueConsumer, message: Any) -> str:
    """Return the queue that a message was delivered from."""
    tag = message.delivery_info.get("consumer_tag")
    for provider, kombu_consumer in consumer._consumers.items():
        if tag in getattr(kombu_consumer, "_active_tags", {}).values():
            return provider.queue.name
    return "?"


def body_of(message: Any) -> bytes:
    """Return the raw body."""
    return message.body.encode() if isinstance(message.body, str) else bytes(message.body or b"")


def bury(consumer: QueueConsumer, message: Any, reason: str, *, attempts: int = 1) -> None:
    """Store the message as a dead letter and acknowledge it; give it back after a pause if that fails."""
    service = consumer.container.service_name
    letter = {
        "id": str(new_id()),
        "queue": queue_name_of(consumer, message),
        "routing_key": str(message.delivery_info.get("routing_key"))[:500],
        "message_id": message.properties.get("message_id"),
        "headers": printable(message.headers or {}),
        "content_type": message.content_type,
        "body": body_of(message),
        "reason": reason,
        "attempts": attempts,
    }
    try:
        consumer.container.config["PINLIAN"].bury(service, **letter)
    except Exception:
        log.exception("a dead letter could not be stored", extra={"queue": letter["queue"], "reason": reason})
        eventlet.sleep(REQUEUE_PAUSE)
        consumer.requeue_message(message)
        return
    log.error("dead letter", extra={"queue": letter["queue"], "reason": reason, "attempts": attempts})
    consumer.ack_message(message)


def printable(headers: dict[str, Any]) -> dict[str, str]:
    """Return headers as short texts that a database takes, whatever a stranger put into them."""
    return {clean(str(key))[:200]: clean(str(value))[:1000] for key, value in list(headers.items())[:50]}


def clean(text: str) -> str:
    """Return ``text`` without what PostgreSQL cannot store."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
