"""A process that cannot work says so in one line, and does not start."""

import os
import subprocess
import sys

import pytest

from services.chassis import selftest
from services.chassis.database import make_engine
from services.chassis.errors import StartupError

PROGRAM = """
import {patch}
from services.chassis.database import make_engine
from services.chassis.errors import StartupError
from services.chassis.selftest import require_green_driver
try:
    require_green_driver(make_engine({url!r}))
except StartupError as error:
    print("refused:", error)
else:
    print("accepted")
"""
PATCHED = "eventlet; eventlet.monkey_patch()"


def outcome(url, patch=PATCHED, **environ):
    program = PROGRAM.format(url=url, patch=patch)
    rest = {key: value for key, value in os.environ.items() if key != "PSYCOPG_WAIT_FUNC"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], env={**rest, **environ}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_driver_that_cooperates_is_accepted(database_url):
    assert outcome(database_url) == "accepted"


def test_a_driver_that_stalls_the_hub_is_refused(database_url):
    assert outcome(database_url, PSYCOPG_WAIT_FUNC="wait_c").startswith("refused: the database driver stalls")


def test_a_process_without_the_patch_is_refused(database_url):
    assert outcome(database_url, "eventlet").startswith("refused: the database driver stalls")


def test_a_driver_imported_before_the_setting_is_refused(database_url):
    assert outcome(database_url, f"psycopg, {PATCHED}").startswith("refused: the database driver stalls")


def test_the_driver_of_these_tests_cooperates(database_url):
    selftest.require_green_driver(make_engine(database_url))


def test_a_database_that_is_down_is_named_without_its_password():
    engine = make_engine("postgresql://pinlian:hush@127.0.0.1:1/pinlian")
    with pytest.raises(StartupError) as refused:
        selftest.require_database(engine, "demand")
    text = str(refused.value)
    assert "pinlian:***@127.0.0.1:1/pinlian" in text
    assert "hush" not in text
    assert "\n" not in text


def test_a_schema_that_is_not_migrated_is_named_with_what_to_do(database_url):
    with pytest.raises(StartupError, match=r"the schema demand at .* lacks .*0001.*; run: pinlian migrate"):
        selftest.require_database(make_engine(database_url), "demand")


def test_a_broker_that_is_down_is_named_without_its_password():
    with pytest.raises(StartupError) as refused:
        selftest.require_broker("amqp://guest:hush@127.0.0.1:1//")
    assert "127.0.0.1:1" in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_broker_that_answers_is_accepted(rabbit):
    selftest.require_broker(rabbit)
    selftest.require_broker("inproc://selftest")
