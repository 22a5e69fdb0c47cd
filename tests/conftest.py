"""The policy of these tests.

Unit tests open no socket and use the fakes of tests/fakes; what we own is never mocked. Integration tests use a real
PostgreSQL, RabbitMQ or Redis (tests/servers.py says where they come from). A database is made new for each session and
dropped afterwards, so that nothing here touches data of yours.
"""

# ruff: noqa: E402 - eventlet replaces the blocking parts of the standard library before anybody imports them
import eventlet

eventlet.monkey_patch()

import sys
import uuid

import pytest

# psycopg reads how it is to wait when it is first imported; services.chassis.database says it just before that.
assert "psycopg" not in sys.modules, "psycopg was imported before PSYCOPG_WAIT_FUNC was set"

from services.chassis.database import make_engine
from tests import servers
from tests.brokers import line, stage, uri  # noqa: F401 - fixtures for all


@pytest.fixture(scope="session")
def database_url():
    """A new, empty database on a real PostgreSQL."""
    from sqlalchemy import make_url, text

    admin_url = servers.need("postgres")
    name = f"pinlian_test_{uuid.uuid4().hex[:12]}"
    admin = make_engine(admin_url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(admin_url).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def migrated(database_url):
    """Migrate a service's schema once and return an engine for it: ``migrated("demand")``."""
    from sqlalchemy import text

    from services.chassis import migrations

    engines = {}

    def engine_of(service):
        if service not in engines:
            engine = engines[service] = make_engine(database_url, pool_size=20)
            with engine.begin() as connection:
                connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{service}"'))
            with engine.connect() as connection:
                migrations.upgrade(service, connection)
                connection.commit()
        return engines[service]

    yield engine_of
    for engine in engines.values():
        engine.dispose()
