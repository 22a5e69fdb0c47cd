"""The platform as ops run it, on servers of our own, and a payment provider; each of its processes may be killed."""

import random
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.chaos.servers import Postgres, Redis, make_rabbit
from tests.e2e.nodes import CLI, RealNode, Sandbox

MISCHIEF = Path(__file__).with_name("mischief.yaml")
CRASH_AT = (CLI[0], "-m", "tests.e2e.crash_at")
# The relay of campaign dies when an event is committed and not published, or published and not marked as sent.
RELAY_POINTS = (
    ("services.chassis.relay:Relay._publish", "before"),
    ("services.chassis.carriers:ConfirmedCarrier.publish", "after"),
)


class ChaosNode(RealNode):
    """Five services, the provider, the broker, the database and Redis: nine processes that are ours alone."""

    kind = "chaos"

    def __init__(self, folder, seed):
        self.servers, self.own = {}, {}
        folder = Path(folder)
        try:
            for name, make in {"postgres": Postgres, "rabbitmq": make_rabbit, "redis": Redis}.items():
                self.servers[name] = make(folder / name)
                self.servers[name].start()
            self.servers["sandbox"] = Sandbox(folder, mischief=MISCHIEF, seed=seed).start()
            super().__init__(folder, self.servers["sandbox"], lambda name: self.servers[name].url)
        except BaseException:
            self.stop()
            raise

    def environment(self, **more):
        # One token carries the load of many members; a limit per token would measure the limit. Who starts again finds
        # its bytecode, as in the images that are deployed, whatever is said here about writing it.
        return super().environment(PINLIAN_RATE_LIMIT="1000000", PYTHONDONTWRITEBYTECODE="", **more)

    def _virtual_host(self, url):
        self.virtual_host = None  # the whole broker is ours
        return url

    @property
    def sql_url(self):
        return urlunsplit(urlsplit(self.admin_url)._replace(scheme="postgresql+psycopg", path=f"/{self.name}"))

    def victims(self, rng: random.Random):
        """Return what may be killed, by name: each has ``kill`` and ``start``."""
        return {
            **{name: self.own[name] for name in ("campaign", "gateway", "supplier", "demand", "reputation")},
            "relay": Relay(self.own["campaign"], rng),
            "provider": self.sandbox,
            "broker": self.servers["rabbitmq"],
            "database": self.servers["postgres"],
            "redis": self.servers["redis"],
        }

    def revive(self):
        """Start what has ended by itself, as an init system does; return its names."""
        fallen = [name for name, one in self._supervised().items() if one.popen.poll() is not None]
        for name in fallen:
            self._supervised()[name].start()
        return fallen

    def _supervised(self):
        return {**self.own, "provider": self.sandbox}

    def stop(self):
        """End everything at once: nobody will miss it."""
        for process in self.processes():
            if process.popen.poll() is None:
                process.kill()
        for server in self.servers.values():
            server.stop()


class Relay:
    """The relay of campaign runs in the process of the service, so it is killed by a bomb at an exact call."""

    PATIENCE = 20  # seconds; with no event to publish there is nothing to die at

    def __init__(self, process, rng):
        self.process, self._rng = process, rng

    def kill(self):
        self.process.kill()
        point, number = self._rng.choice(RELAY_POINTS), str(self._rng.randint(1, 5))
        self.process.start([*CRASH_AT, *point, number, "--", "serve", "campaign"])
        until = time.monotonic() + self.PATIENCE
        while self.process.popen.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        self.process.kill()

    def start(self):
        self.process.start()
