"""Databases of our own with a role per service, and the command line as an operator runs it."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from services.chassis.database import make_engine
from services.chassis.settings import OWNERS, Settings
from tests import servers

ROOT = Path(__file__).resolve().parents[3]


def sql(url, *statements):
    engine = make_engine(url, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def own_database():
    """Settings of a new database with role names of its own; everything is dropped afterwards."""
    admin = servers.need("postgres")
    name = f"pinlian_test_{secrets.token_hex(5)}"
    sql(admin, f'CREATE DATABASE "{name}"')
    here = make_url(admin).set(database=name)
    urls = {
        owner: here.set(username=f"{name}_{owner}", password="secret").render_as_string(hide_password=False)
        for owner in OWNERS
    }
    yield Settings(database_urls=urls, admin_database_url=here.render_as_string(hide_password=False))
    sql(admin, f'DROP DATABASE "{name}" WITH (FORCE)', *(f'DROP ROLE IF EXISTS "{name}_{each}"' for each in OWNERS))


@pytest.fixture
def pinlian(tmp_path):
    """Run a command in an empty folder: ``pinlian("up", PINLIAN_AMQP_URL=...)`` returns the finished process."""

    def run(*arguments, timeout=60, **variables):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PINLIAN_")}
        return subprocess.run(
            [sys.executable, "-m", "services.platform.cli", *map(str, arguments)],
            env={**inherited, "PYTHONPATH": str(ROOT), **variables},
            cwd=tmp_path,
            text=True,
            capture_output=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )

    return run
