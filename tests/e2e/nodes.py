"""Nodes to test against: everything in one process on embedded parts, or five processes on real servers.

A payment provider can run beside them. All are started by the commands that an operator uses, and all can be killed
with SIGKILL, whole or by process.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from services.campaign.providers.sandbox import SandboxProvider
from services.sandbox.contract.signing import Signer, Verifier
from tests import servers

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("demand", "supplier", "campaign", "reputation")
PROCESSES = (*SERVICES, "gateway")
CLI = (sys.executable, "-m", "services.platform.cli")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def passing(status, answer):
    """Whether a failure passes by itself: a process is away, or a service has not yet heard of a new member."""
    return status in (0, 429, 503) or (status == 404 and answer.get("code") == "campaign.member_unknown")


class Process:
    """One process of a node; its output goes to a file that failing tests show."""

    def __init__(self, command, environment, log, **options):
        self.command, self.environment, self.log, self.options = command, environment, log, options
        self.popen = None

    def start(self, command=None):
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                command or self.command,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                **{"cwd": ROOT, **self.options},
            )
        return self

    def kill(self):
        """End it as a crash would: nothing of it runs any more when this returns."""
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()

    def stop(self):
        if self.popen is not None and self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def clean_environment(**more):
    """Return the environment of a process that nothing of this one's settings reaches."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PINLIAN_")}
    return {**inherited, "PYTHONPATH": str(ROOT), **more}


class Sandbox(Process):
    """A payment provider: ``pinlian sandbox`` on a file, which it takes up again when it is started after its death."""

    def __init__(self, folder, *, mischief="none", seed=1):
        self.folder = Path(folder)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.data = self.folder / "sandbox.db"
        self.mischief = mischief
        self.seed = seed
        super().__init__(None, clean_environment(), self.folder / "sandbox.log")

    def start(self, command=None, *, mischief=None):
        """Start it, as badly behaved as ``mischief`` says from now on; return when it answers."""
        self.mischief = mischief or self.mischief
        where = ("--address", urlsplit(self.url).netloc, "--data", str(self.data))
        self.command = [*CLI, "sandbox", *where, "--seed", str(self.seed), "--mischief", str(self.mischief)]
        super().start(command)
        until = time.monotonic() + 30
        while time.monotonic() < until and self.popen.poll() is None:
            # Its settings are written after it listens, but they stay there after its death.
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", urlsplit(self.url).port), 1):
                if self.settings():
                    return self
            time.sleep(0.05)
        raise AssertionError(f"the sandbox does not answer\n{self.log.read_text()[-2500:]}")

    def settings(self):
        """Return what a node has to know of it, as variables of its environment."""
        lines = self.data.with_name("sandbox.db.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def driver(self):
        """Return a driver that speaks to it as a node does."""
        keys = self.settings()
        signer = Signer.from_text(keys["PINLIAN_SANDBOX_KEY"])
        return SandboxProvider(self.url, signer, Verifier(keys["PINLIAN_SANDBOX_PUBLIC_KEY"]))

    def statement(self):
        """Return every line of its statement."""
        now = datetime.now(UTC)
        return list(self.driver().statement(now - timedelta(days=1), now + timedelta(days=1)))


class Node:
    """What both kinds have in common: an address, an operator's token, HTTP calls, waiting.

    Members of one that has a ``sandbox`` can pay by it; the sandbox has to be started before.
    """

    def __init__(self, folder, sandbox=None):
        self.folder = Path(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = None
        self.sandbox = sandbox

    def environment(self, **more):
        paying = {} if self.sandbox is None else {**self.sandbox.settings(), "PINLIAN_PUBLIC_URL": self.url}
        return clean_environment(PINLIAN_LOG_LEVEL="INFO", **paying, **more)

    def call(self, method, path, body=None, *, token=None, key=None, headers=None, timeout=15):
        """Send one request; return (status, parsed body). A lost connection raises OSError."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"Bearer {token or self.token}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        data = None
        if body is not None or method == "POST":
            data = json.dumps(body or {}).encode()
            request.add_header("Content-Type", "application/json")
        if method == "POST":
            request.add_header("Idempotency-Key", key or secrets.token_hex(12))
        try:
            with urllib.request.urlopen(request, data, timeout=timeout) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def must(self, method, path, body=None, **options):
        """Call and insist on success; repeat with the same key while a process is away."""
        options.setdefault("key", secrets.token_hex(12))
        until = time.monotonic() + 60
        while True:
            try:
                status, answer = self.call(method, path, body, **options)
            except OSError as error:
                status, answer = 0, repr(error)
            if 200 <= status < 300:
                return answer
            if not passing(status, answer) or time.monotonic() > until:
                raise AssertionError(f"{method} {path}: {status} {answer}\n{self.logs()}")
            time.sleep(0.2)

    def wait_for(self, path, right, *, token=None, limit=30):
        """Poll until ``right(answer)``; fail with what was seen last."""
        until, seen = time.monotonic() + limit, None
        while time.monotonic() < until:
            try:
                status, seen = self.call("GET", path, token=token)
                if status == 200 and right(seen):
                    return seen
            except OSError as error:
                seen = repr(error)
            time.sleep(0.1)
        raise AssertionError(f"GET {path} was never right within {limit} s, last seen: {seen}\n{self.logs()}")

    def wait_ready(self, limit=60):
        until, seen = time.monotonic() + limit, None
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(self.url + "/health/ready", timeout=3):
                    return self
            except urllib.error.HTTPError as error:
                seen = error.read()
            except OSError as error:
                seen = error
            for process in self.processes():
                if process.popen.poll() is not None:
                    raise AssertionError(f"{process.command} ended with {process.popen.returncode}\n{self.logs()}")
            time.sleep(0.1)
        raise AssertionError(f"not ready within {limit} s: {seen}\n{self.logs()}")

    def token_for(self, role, **ids):
        """Create a token by the API and return its secret."""
        return self.must("POST", "/v1/tokens", {"role": role, **ids})["secret"]

    def everything_logged(self):
        return "".join(path.read_text() for path in self.folder.glob("*.log"))

    def logs(self):
        return "\n".join(f"--- {path.name}\n{path.read_text()[-2500:]}" for path in sorted(self.folder.glob("*.log")))

    def pinlian(self, *arguments, codes=(0,)):
        done = subprocess.run(
            [*CLI, *arguments], env=self.command_environment(), cwd=ROOT, text=True, capture_output=True, timeout=120
        )
        assert done.returncode in codes, f"pinlian {arguments}: {done.stdout}{done.stderr}"
        return done.stdout


class EmbeddedNode(Node):
    """`pinlian up` without URLs: one process."""

    kind = "embedded"

    def start(self, command=None):
        if not hasattr(self, "process"):
            arguments = ("up", "--data", str(self.folder / "data"), "--http", f"127.0.0.1:{self.port}")
            self.process = Process([*CLI, *arguments], self.environment(), self.folder / "up.log")
        self.process.start(command)
        self.wait_ready()
        if self.token is None:
            made = self.pinlian(
                "tokens", "create", "--data", str(self.folder / "data"), "--role", "node_operator", "--json"
            )
            self.token = json.loads(made)["secret"]
        return self

    def command_environment(self):
        return self.environment()

    def processes(self):
        return [self.process]

    def kill(self, name=None):
        self.process.kill()

    def restart(self, name=None):
        self.process.start()
        self.wait_ready()

    def stop(self):
        self.process.stop()


class RealNode(Node):
    """Five processes on real servers; a database and, where possible, a virtual host of its own."""

    kind = "real"

    def __init__(self, folder, sandbox=None, need=servers.need):
        super().__init__(folder, sandbox)
        self.name = f"pl_{secrets.token_hex(5)}"
        self.admin_url = need("postgres")
        self.amqp_url = self._virtual_host(need("rabbitmq"))
        self.redis_url = need("redis")
        self._sql(f'CREATE DATABASE "{self.name}"')
        self.own = {}
        for process in PROCESSES:
            health = {"PINLIAN_HEALTH_ADDRESS": f"127.0.0.1:{free_port()}"} if process != "gateway" else {}
            own = {f"PINLIAN_{process.upper()}_DATABASE_URL": self.database_url(process)}
            more = {"PINLIAN_AMQP_URL": self.amqp_url, **own, **health}
            if process == "gateway":
                more |= {"PINLIAN_HTTP_ADDRESS": f"127.0.0.1:{self.port}", "PINLIAN_REDIS_URL": self.redis_url}
            self.own[process] = Process(
                [*CLI, "serve", process], self.environment(**more), self.folder / f"{process}.log"
            )

    def database_url(self, process):
        parts = urlsplit(self.admin_url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, f"{self.name}_{process}:secret@{host}", f"/{self.name}", "", ""))

    def _virtual_host(self, url):
        """Make a virtual host, so that queues of other runs do not matter; without rights, use the one given."""
        done = (
            subprocess.run(["rabbitmqctl", "-q", "add_vhost", self.name], capture_output=True) if self._ctl() else None
        )
        if done is None or done.returncode:
            self.virtual_host = None
            return url
        self.virtual_host = self.name
        user = urlsplit(url).username or "guest"
        subprocess.run(["rabbitmqctl", "-q", "set_permissions", "-p", self.name, user, ".*", ".*", ".*"], check=True)
        return urlunsplit(urlsplit(url)._replace(path=f"/{self.name}"))

    @staticmethod
    def _ctl():
        return shutil.which("rabbitmqctl") and os.geteuid() == 0

    def _sql(self, statement):
        from sqlalchemy import text

        from services.chassis.database import make_engine

        engine = make_engine(self.admin_url, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def command_environment(self):
        parts = urlsplit(self.admin_url)
        urls = {f"PINLIAN_{p.upper()}_DATABASE_URL": self.database_url(p) for p in PROCESSES}
        admin = urlunsplit(parts._replace(path=f"/{self.name}"))
        return self.environment(PINLIAN_ADMIN_DATABASE_URL=admin, PINLIAN_AMQP_URL=self.amqp_url, **urls)

    def start(self):
        self.pinlian("migrate")
        for process in self.own.values():
            process.start()
        self.wait_ready()
        self.token = json.loads(self.pinlian("tokens", "create", "--role", "node_operator", "--json"))["secret"]
        return self

    def processes(self):
        return [process for process in self.own.values() if process.popen is not None]

    def kill(self, name):
        self.own[name].kill()

    def restart(self, name, command=None):
        self.own[name].start(command)

    def stop(self):
        for process in self.processes():
            if process.popen.poll() is None:
                process.popen.terminate()
        for process in self.processes():
            process.stop()
        self._sql(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        for process in PROCESSES:
            self._sql(f'DROP ROLE IF EXISTS "{self.name}_{process}"')
        if self.virtual_host:
            subprocess.run(["rabbitmqctl", "-q", "delete_vhost", self.virtual_host], capture_output=True)
