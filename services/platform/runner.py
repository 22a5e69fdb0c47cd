"""Runs services in this process: one of them (``pinlian serve``) or all of them with the gateway (``pinlian up``)."""

import importlib
import os
import signal
import socket
from collections.abc import Iterable
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.runners import ServiceRunner

from services.chassis import health, selftest
from services.chassis.environment import Environment, nameko_config
from services.chassis.errors import StartupError
from services.chassis.settings import Address, Settings
from services.kernel.clock import Clock, SystemClock
from services.platform import provision

SERVICES = {
    "demand": "services.demand.service:DemandService",
    "supplier": "services.supplier.service:SupplierService",
    "campaign": "services.campaign.service:CampaignService",
    "reputation": "services.reputation.service:ReputationService",
    "gateway": "gateway.service:GatewayService",
}
# How long work under way may take to end after SIGTERM, before the process goes without it (seconds). Docker kills
# after ten; what is cut off is done again by whoever gets the message or the request next.
GRACE = 8.0


class Running:
    """The services ``names``, checked before they start; ``wait`` returns when they have stopped."""

    def __init__(self, settings: Settings, names: Iterable[str], clock: Clock = SystemClock()) -> None:
        self.settings = settings
        self.names = tuple(names)
        self.environment = Environment(settings, clock)
        self._runner = ServiceRunner(nameko_config(settings, self.environment))
        self._stopped = Event()
        self._stopping = False
        self._started = False
        self._told_to_stop = False

    def start(self) -> None:
        """Check what is needed and start; raise ``StartupError`` with one line when something is missing."""
        if "gateway" in self.names:
            require_free(self.settings.http_address, "PINLIAN_HTTP_ADDRESS")
        for name in self.names:
            provision.require_migrated(name, self.environment.engine(name), self.settings.url_of(name))
        selftest.require_green_driver(self.environment.engine(self.names[0]))
        selftest.require_broker(self.settings.amqp_url)
        if self.settings.health_address is not None:
            host, port = self.settings.health_address
            health.serve(self.environment, self.names[0], f"{host}:{port}")
        for name in self.names:
            self._runner.add_service(load(name))
        # In one process every queue has to be there before the first event is let out.
        self.environment.events_held = len(self.names) > 1
        self._runner.start()
        self._started = True
        self.environment.release_events()

    def stop(self) -> None:
        """Stop taking work, let what is under way end, close the connections."""
        if self._stopping:
            self._stopped.wait()
            return
        self._stopping = True
        if self._started:
            with eventlet.Timeout(GRACE, False):
                self._runner.stop()
        self.environment.close()
        self._stopped.send()

    def stop_on_signals(self) -> None:
        """Stop when SIGTERM or SIGINT comes, also while starting; ``wait`` then returns."""

        def stop(number: int, frame: Any) -> None:
            # A handler runs between two byte codes of any greenthread and must not switch: it only leaves word.
            self._told_to_stop = True

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)

    def wait(self) -> None:
        """Return when the services have been stopped; raise what made one of them die."""
        waiting = eventlet.spawn(self._runner.wait)
        while not self._stopped.ready():
            # A short sleep, because the hub of eventlet sees signals only when it wakes.
            eventlet.sleep(0.2)
            if self._told_to_stop:
                self.stop()
            elif waiting.dead and not self._stopping:
                waiting.wait()
                self.stop()


def load(name: str) -> type:
    """Return the service class of ``name``; raise ``StartupError`` for a name that is not one."""
    if name not in SERVICES:
        raise StartupError(f"there is no service {name!r}; expected one of {', '.join(SERVICES)}")
    module, _, attribute = SERVICES[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def require_free(address: Address, variable: str) -> None:
    """Raise ``StartupError`` when somebody else listens at ``address``."""
    try:
        with socket.create_server(address, reuse_port=False):
            return
    except OSError as error:
        host, port = address
        raise StartupError(
            f"cannot listen at {host}:{port}: {os.strerror(error.errno or 0)}; choose another address with {variable}"
        ) from None


def free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
