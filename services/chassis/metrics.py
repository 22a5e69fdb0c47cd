"""Figures for Prometheus: one registry per process, so that tests and several nodes do not share counts."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """What a process counts. The labels hold names of our own making only, so that their number is bounded."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"pinlian_{name}", text, ["service", *labels], registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"pinlian_{name}", text, ["service", *labels], registry=registry)

        def seconds(name: str, text: str, *labels: str) -> Histogram:
            return Histogram(f"pinlian_{name}", text, ["service", *labels], buckets=SECONDS, registry=registry)

        self.outbox_depth = gauge("outbox_depth", "Events that are committed and not yet confirmed by the broker")
        self.outbox_lag = gauge("outbox_lag_seconds", "Age of the oldest unconfirmed event")
        self.relay_active = gauge("relay_active", "1 where this process publishes the service's events")
        self.published = counter("events_published", "Events that the broker confirmed")
        self.refused = counter("events_refused", "Publishings that the broker refused; they are repeated")
        self.handled = counter("events_handled", "Events handled", "consumer", "outcome")
        self.retries = counter("event_retries", "Events that failed and were delayed", "queue")
        self.dead_letters = counter("dead_letters", "Messages that were buried", "queue")
        self.timers_fired = counter("timers_fired", "Durable timers that fired", "command", "outcome")
        self.rpc_seconds = seconds("rpc_seconds", "Time to answer a call", "method", "outcome")
        self.http_seconds = seconds("http_seconds", "Time to answer a request", "operation", "status")

    def render(self) -> bytes:
        """Return all figures in Prometheus' text format, of the type ``content_type``."""
        return generate_latest(self.registry)
