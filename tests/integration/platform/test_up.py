"""`pinlian up` without servers: a data folder that survives restarts and crashes, and commands beside it."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CLI = (sys.executable, "-m", "services.platform.cli")
# A payment provider is no server of the platform: naming one leaves PostgreSQL, Redis and broker embedded.
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
PROVIDER = {
    "PINLIAN_SANDBOX_URL": "http://127.0.0.1:1",
    "PINLIAN_SANDBOX_KEY": KEY,
    "PINLIAN_SANDBOX_PUBLIC_KEY": KEY,
    "PINLIAN_PUBLIC_URL": "http://127.0.0.1:2",
}


class Up:
    """A running `pinlian up --json` in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def start(self):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PINLIAN_")}
        self.log = (self.folder / "up.log").open("w+")
        self.process = subprocess.Popen(
            [*CLI, "up", "--http", "127.0.0.1:0", "--json"],
            env={
                **inherited,
                **PROVIDER,
                "PYTHONPATH": str(ROOT),
                "PINLIAN_LOG_LEVEL": "WARNING",
                "PYTHONUNBUFFERED": "1",
            },
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        lines = []
        while not lines or lines[-1].rstrip() != "}":
            line = self.process.stdout.readline()
            assert line, (self.folder / "up.log").read_text()
            lines.append(line)
        self.said = json.loads("".join(lines))
        self.url = self.said["url"]
        return self

    def call(self, method, path, body=None, token=None):
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"Bearer {token or self.token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", os.urandom(8).hex())
        try:
            with urllib.request.urlopen(request, json.dumps(body).encode() if body is not None else None, 10) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    @property
    def token(self):
        return Path(self.said["token_file"]).read_text().strip()

    def register(self, name):
        place = {"lat": 31.2, "lon": 121.4}
        body = {"name": name, "kind": "parents", "place": place, "time_zone": "Asia/Shanghai", "locale": "zh"}
        return self.call("POST", "/v1/communities", {**body, "merge_policy": "auto"})

    def names(self):
        return {each["name"] for each in self.call("GET", "/v1/communities")[1]["items"]}

    def end(self, sent):
        self.process.send_signal(sent)
        self.process.wait(30)
        self.log.close()
        return self.process.returncode


@pytest.fixture
def up(tmp_path):
    started = Up(tmp_path).start()
    yield started
    if started.process.poll() is None:
        started.end(signal.SIGTERM)


@pytest.mark.slow
def test_what_was_registered_is_there_after_a_stop_and_after_a_kill(up):
    assert up.register("before")[0] == 201
    first_token = up.token
    assert up.end(signal.SIGTERM) == 0
    up.start()
    assert up.token == first_token
    assert up.register("between")[0] == 201
    assert up.end(signal.SIGKILL) == -9
    up.start()
    assert up.names() == {"before", "between"}


@pytest.mark.slow
def test_the_token_of_the_first_operator_is_readable_for_its_owner_only(up):
    mode = Path(up.said["token_file"]).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.slow
def test_commands_work_beside_it_and_on_its_folder_when_it_is_stopped(up, pinlian):
    made = json.loads(pinlian("tokens", "create", "--role", "node_operator", "--label", "second", "--json").stdout)
    assert up.call("GET", "/v1/communities", token=made["secret"])[0] == 200
    assert made["secret"] not in pinlian("tokens", "list").stdout
    assert "second" in pinlian("tokens", "list").stdout
    assert pinlian("tokens", "revoke", made["token_id"]).returncode == 0
    assert up.call("GET", "/v1/communities", token=made["secret"])[0] == 401
    assert "there are no dead letters" in pinlian("dead-letters", "list").stdout
    assert up.end(signal.SIGTERM) == 0
    listed = json.loads(pinlian("tokens", "list", "--json").stdout)
    assert made["token_id"] in {each["token_id"] for each in listed["items"]}


@pytest.mark.slow
def test_a_second_one_on_the_same_folder_is_refused(up, pinlian):
    done = pinlian("up", "--http", "127.0.0.1:0")
    assert done.returncode == 2
    assert f"in use by another pinlian (process {up.process.pid})" in done.stderr
    assert up.register("still here")[0] == 201


@pytest.mark.slow
def test_nothing_of_it_runs_on_after_a_kill(up, tmp_path):
    up.end(signal.SIGKILL)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
        if str(tmp_path) not in listed:
            return
        time.sleep(0.1)
    raise AssertionError([line for line in listed.splitlines() if str(tmp_path) in line])


@pytest.mark.slow
def test_letters_that_are_not_there_are_named(up, pinlian):
    done = pinlian("dead-letters", "replay", "0198c1f0-0000-7000-8000-000000000051")
    assert done.returncode == 2
    assert "there is no dead letter 0198c1f0" in done.stderr
    assert pinlian("dead-letters", "drop").returncode == 2
