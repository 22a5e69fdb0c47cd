"""The command as an operator uses it, rightly and wrongly."""

import logging
import socket
import stat
import sys

import pytest
import requests

from services.platform import commands
from services.sandbox.running import Sandbox
from tests.integration.platform.conftest import pinlian  # noqa: F401 - a fixture
from tests.integration.platform.test_operator_mistakes import the_line
from tests.integration.sandbox.conftest import QUICK


def test_it_says_where_it_is_and_stops_when_told(start):
    process = start(QUICK, "--seed", "7", "--test-controls")
    said = process.announced
    assert (said["seed"], said["mischief"]) == (7, str(process.folder / "profile.yaml"))
    env_file = process.folder / "sandbox.db.env"
    assert said["env_file"] == str(env_file)
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert requests.get(f"{said['url']}/health/live", timeout=5).json() == {"status": "live"}
    assert requests.post(f"{said['url']}/v1/test/charges/c1/pay", timeout=5).json()["code"] == "ORDER_NOT_FOUND"
    kept = env_file.read_text()
    assert process.stop() == 0
    assert start(QUICK, "--seed", "7").announced["seed"] == 7
    assert set(env_file.read_text().splitlines()[1:]) == set(kept.splitlines()[1:]), "the keys changed"


def test_a_port_that_is_taken(pinlian):  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = pinlian("sandbox", "--address", f"127.0.0.1:{port}")
    the_line(done, f"cannot listen at 127.0.0.1:{port}: Address already in use; choose another address with --address")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--data", "file/sandbox.db"), ("cannot keep data in file/sandbox.db", "--data")),
        (("--data", "file"), ("cannot keep data in file: file is not a database",)),
        (("--data", "taken.db"), ("cannot keep data in taken.db: another process has it",)),
        (("--data", "seeded.db", "--seed", "9"), ("begun with --seed 5, not 9",)),
        (("--mischief", "profile.yaml"), ("profile.yaml: callback.lost is 7", "expected a share from 0 to 1")),
        (("--mischief", "terrible"), ("terrible cannot be read", "expected heavy, light, none or a YAML file")),
        (("--address", "8090"), ("--address '8090' is not an address",)),
    ],
)
def test_what_is_wrong_is_one_line(command, tmp_path, options, words):
    (tmp_path / "file").write_text("this is no database, whatever its name says; " * 40)
    (tmp_path / "profile.yaml").write_text("callback: {lost: 7}")
    with Sandbox(tmp_path / "seeded.db", seed=5):
        pass
    with Sandbox(tmp_path / "taken.db"):
        code, lines = command("sandbox", "--address", "127.0.0.1:0", *options)
    assert (code, len(lines)) == (2, 1), lines
    for word in words:
        assert word in lines[0]


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run a command in this process, in an empty folder; return its exit code and the lines on stderr."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["pinlian", *arguments])
        return commands.run(), capsys.readouterr().err.strip().splitlines()

    yield run
    root.handlers[:], level = kept
    root.setLevel(level)
