"""What nameko injects and runs beside a service: it starts, works, stops, and does not kill the container."""

import eventlet
import pytest
from nameko.containers import ServiceContainer
from nameko.testing.services import dummy, entrypoint_hook

from services.chassis.dependencies import OutboxRelay, ServiceBus, TimerScheduler
from services.chassis.environment import nameko_config
from services.chassis.wire import Outcome
from services.kernel.clock import SystemClock
from services.kernel.errors import ConflictError
from tests.integration.chassis.shop import eventually, holders

OUTCOMES = {
    "done": Outcome("sold"),
    "refused": Outcome(error=ConflictError("closed")),
    "expired": Outcome(expired=True),
    "failed": Outcome(error=ValueError("oops")),
}


@pytest.fixture
def container(shop):
    def ring(payload, uow):
        uow.outbox.add("sold.v1", "bell", {"number": 1})

    class Service:
        name = shop.service

        @dummy
        def sell(self, outcome):
            return OUTCOMES[outcome]

        bus = ServiceBus(shop.Uow)
        relay = OutboxRelay(shop.Uow)
        scheduler = TimerScheduler(shop.Uow, {"ring": ring})

    made = ServiceContainer(Service, nameko_config(shop.settings, shop.environment))
    made.start()
    yield made
    with eventlet.Timeout(5, False):
        made.stop()


def dependency(container, name):
    return next(each for each in container.dependencies if each.attr_name == name).get_dependency(None)


def set_bell(shop, bus):
    with bus.new_uow() as uow:
        uow.timers.set("bell", SystemClock().now(), "ring", {})
        uow.commit()


def test_a_timer_set_through_the_bus_fires_and_its_event_is_published(shop, container):
    set_bell(shop, dependency(container, "bus"))
    eventually(lambda: shop.rows("outbox") and not shop.unsent(), 2)


def test_calls_are_measured_by_their_outcome(shop, container):
    for outcome in OUTCOMES:
        with entrypoint_hook(container, "sell") as sell:
            sell(outcome)
    figures = shop.environment.metrics.rpc_seconds

    def outcomes():
        return {sample.labels["outcome"] for metric in figures.collect() for sample in metric.samples}

    eventually(lambda: outcomes() == set(OUTCOMES))


def test_a_container_stops_within_a_moment_and_gives_the_lock_back(shop, container):
    eventually(lambda: dependency(container, "relay").active)
    with eventlet.Timeout(2):
        container.stop()
    assert holders(shop) == []


def test_a_killed_container_gives_the_lock_back(shop, container):
    eventually(lambda: dependency(container, "relay").active)
    with eventlet.Timeout(2):
        container.kill()
    eventually(lambda: not holders(shop))


def test_the_container_survives_when_all_its_sessions_are_killed(shop, container):
    eventually(lambda: dependency(container, "relay").active)
    for _ in range(3):
        with shop.another_process().engine(shop.service).connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                f"AND application_name = 'pinlian-{shop.service}'"
            )
        eventlet.sleep(0.2)
    set_bell(shop, dependency(container, "bus"))
    eventually(lambda: shop.rows("outbox") and not shop.unsent(), 10)
    assert not container._died.ready()
