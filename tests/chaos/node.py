"""The platform as ops run it, on servers of our own, and a payment provider; each of its processes may be killed."""

import random
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.chaos.servers import Missing, Postgres, Redis, make_rabbit
from tests.e2e.nodes import CLI, Process, RealNode, environment, free_port

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
        self.servers, self.own, self.provider = {}, {}, None
        folder = Path(folder)
        try:
            for name, make in {"postgres": Postgres, "rabbitmq": make_rabbit, "redis": Redis}.items():
                self.servers[name] = make(folder / name)
                self.servers[name].start()
            self.provider = self._start_provider(folder, seed)
            super().__init__(folder, lambda name: self.servers[name].url)
        except BaseException:
            self.stop()
            raise

    def _start_provider(self, folder, seed):
        data = folder / "sandbox.db"
        arguments = ("--data", str(data), "--seed", str(seed), "--mischief", str(MISCHIEF), "--json")
        command = [*CLI, "sandbox", "--address", f"127.0.0.1:{free_port()}", *arguments]
        provider = Process(command, environment(), folder / "sandbox.log").start()
        file, until = data.with_name("sandbox.db.env"), time.monotonic() + 30
        while not file.exists():
            if provider.popen.poll() is not None or time.monotonic() > until:
                raise Missing(f"the sandbox did not start:\n{provider.log.read_text()[-2000:]}")
            time.sleep(0.05)
        self.provider_settings = dict(line.split("=", 1) for line in file.read_text().splitlines())
        return provider

    def environment(self, **more):
        # One token carries the load of many members; a limit per token would measure the limit.
        own = {"PINLIAN_RATE_LIMIT": "1000000", "PINLIAN_PUBLIC_URL": self.url, **self.provider_settings}
        return super().environment(**own, **more)

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
            "provider": self.provider,
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
        return {**self.own, "provider": self.provider}

    def stop(self):
        """End everything at once: nobody will miss it."""
        for process in (*self.processes(), *filter(None, [self.provider])):
            if process.popen.poll() is None:
                process.kill()
        for server in self.servers.values():
            server.stop()


class Relay:
    """The relay of campaign runs in the process of the service, so it is killed by a bomb at an exact call."""

    PATIENCE = 10  # seconds; with no event to publish there is nothing to die at

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
