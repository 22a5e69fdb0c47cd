"""`pinlian serve` and `pinlian up` on real servers: they start, say that they are ready, and stop when told to."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from services.platform import provision
from tests import servers

ROOT = Path(__file__).resolve().parents[3]
CLI = (sys.executable, "-m", "services.platform.cli")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def variables(own_database):
    """A migrated database and a real broker, as variables of the environment."""
    provision.migrate(own_database)
    urls = {f"PINLIAN_{owner.upper()}_DATABASE_URL": url for owner, url in own_database.database_urls.items()}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PINLIAN_")}
    amqp = {"PINLIAN_AMQP_URL": servers.need("rabbitmq"), "PINLIAN_LOG_LEVEL": "WARNING"}
    return {**inherited, "PYTHONPATH": str(ROOT), **urls, **amqp}


@pytest.fixture
def process(tmp_path):
    started = []

    def start(environment, *arguments):
        with (tmp_path / "log").open("w") as log:
            made = subprocess.Popen(
                [*CLI, *arguments], env=environment, cwd=tmp_path, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        started.append(made)
        return made

    yield start
    for made in started:
        if made.poll() is None:
            made.kill()
            made.wait()


def wait_ready(port, process, log):
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=3) as answer:
                return json.load(answer)
        except (urllib.error.HTTPError, OSError):
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.mark.slow
def test_one_service_is_ready_and_stops_when_told_to(variables, process, tmp_path):
    port = free_port()
    served = process({**variables, "PINLIAN_HEALTH_ADDRESS": f"127.0.0.1:{port}"}, "serve", "reputation")
    wait_ready(port, served, tmp_path / "log")
    served.send_signal(signal.SIGTERM)
    assert served.wait(15) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.slow
def test_everything_runs_in_one_process_on_real_servers(variables, process, tmp_path):
    port = free_port()
    upped = process(variables, "up", "--http", f"127.0.0.1:{port}")
    wait_ready(port, upped, tmp_path / "log")
    assert not (tmp_path / ".pinlian").exists()
    upped.send_signal(signal.SIGINT)
    assert upped.wait(20) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()
