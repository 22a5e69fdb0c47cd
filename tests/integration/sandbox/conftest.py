"""The sandbox as a process, a merchant's till that it calls, and the driver between the two."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import eventlet
import pytest
import yaml
from eventlet import wsgi

from services.campaign.providers.port import ProviderUnavailable, Status
from services.campaign.providers.registry import make_providers
from services.campaign.providers.sandbox import SandboxProvider
from services.chassis.settings import Settings
from services.kernel.clock import SystemClock
from services.platform.runner import free_port
from services.sandbox.contract.signing import Signer, Verifier

ROOT = Path(__file__).resolve().parents[3]
# Everything happens at once, so that tests need not wait; a callback that fails is tried again soon.
QUICK = {
    "delay": {kind: [0.05, 0.05] for kind in ("charge", "authorise", "refund", "split", "split_return")},
    "retry": {"first_seconds": 0.1, "most_seconds": 0.2},
}


def until(look, patience=20.0, pause=0.02):
    """Return what ``look`` returns as soon as it is true."""
    deadline = time.monotonic() + patience
    while not (seen := look()):
        assert time.monotonic() < deadline, "it did not happen in time"
        eventlet.sleep(pause)
    return seen


class Till:
    """Where the provider calls the merchant: keeps what came, and answers ``statuses`` first, then 204."""

    def __init__(self):
        self.came = []
        self.statuses = []
        self._listener = eventlet.listen(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/callback"
        self._thread = eventlet.spawn(wsgi.server, self._listener, self._answer, log_output=False)

    def _answer(self, environ, start_response):
        headers = {k[5:].replace("_", "-"): v for k, v in environ.items() if k.startswith("HTTP_")}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.came.append((headers, body))
        start_response(self.statuses.pop(0) if self.statuses else "204 No Content", [("Content-Length", "0")])
        return [b""]

    def results(self, provider):
        """Read all that came."""
        return [provider.read_callback(headers, body) for headers, body in list(self.came)]

    def of(self, provider, number):
        return [result for result in self.results(provider) if result.number == number]

    def close(self):
        self._thread.kill()
        self._listener.close()


class Process:
    """``pinlian sandbox`` as an operator runs it, always at the same address and on the same file."""

    def __init__(self, folder, profile, *options):
        self.folder, self.data = folder, folder / "sandbox.db"
        (folder / "profile.yaml").write_text(yaml.safe_dump(profile))
        address = f"127.0.0.1:{free_port()}"
        self._arguments = ["sandbox", "--address", address, "--data", str(self.data)]
        self._arguments += ["--mischief", str(folder / "profile.yaml"), "--json", *options]
        self.process = None

    def start(self):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PINLIAN_")}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "services.platform.cli", *self._arguments],
            env={**inherited, "PYTHONPATH": str(ROOT)},
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "stderr").open("a"),
            stdin=subprocess.DEVNULL,
        )
        lines = []
        while not lines or lines[-1] != "}\n":
            lines.append(self.process.stdout.readline())
            assert lines[-1], (self.folder / "stderr").read_text()
        self.announced = json.loads("".join(lines))
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(10)
        self.process.stdout.close()
        return code

    def provider(self, timeout=(1.0, 1.0)):
        """Return the driver, made of the settings that the sandbox wrote for the node."""
        lines = Path(self.announced["env_file"]).read_text().splitlines()
        given = dict(line.split("=", 1) for line in lines)
        settings = Settings.from_environment(
            {"PINLIAN_AMQP_URL": "inproc://x", "PINLIAN_PUBLIC_URL": "http://us", **given}
        )
        provider = make_providers(settings)["sandbox"]
        provider._timeout = timeout
        return provider


def driver_of(sandbox, clock=SystemClock(), timeout=(1.0, 1.0)):
    """Return the driver of a sandbox in this process."""
    access = sandbox.access
    return SandboxProvider(
        access.url, Signer.from_text(access.key), Verifier(access.public_key), clock, timeout=timeout
    )


def send(provider, order, patience=90.0):
    """Give an order until it is known to have arrived, as every merchant has to."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return provider.send(order)
        except ProviderUnavailable:
            assert time.monotonic() < deadline, "the provider stays away"
            eventlet.sleep(0.05)


def ended(provider, number, kind, patience=90.0):
    """Ask until an order has ended."""

    def look():
        try:
            result = provider.query(number, kind)
        except ProviderUnavailable:
            return None
        return result if result.status in (Status.SUCCEEDED, Status.DECLINED) else None

    return until(look, patience, pause=0.1)


@pytest.fixture
def till():
    made = Till()
    yield made
    made.close()


@pytest.fixture
def start(tmp_path):
    """Start the sandbox: ``start(profile, *options)``."""
    made = []

    def start(profile, *options):
        made.append(Process(tmp_path, profile, *options).start())
        return made[-1]

    yield start
    for each in made:
        if each.process.poll() is None:
            each.kill()
        said = (each.folder / "stderr").read_text()
        assert "Traceback" not in said, said
