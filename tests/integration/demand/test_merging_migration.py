"""Signals and pools of before there were partitions get theirs, and go on gathering."""

import json
import secrets

import pytest
from alembic import command
from sqlalchemy import make_url, text

from services.chassis import migrations
from services.chassis.database import make_engine
from services.demand.domain.partition import partition_of
from services.demand.domain.reach import EVERYWHERE
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.clock import SystemClock
from services.kernel.geo import Place
from services.kernel.ids import new_id
from tests import servers
from tests.builders_demand import window
from tests.fakes.chassis import MONDAY

WEST, EAST = Place(25.0, 120.2), Place(25.0, 120.3)  # on two sides of a line


@pytest.fixture
def engine():
    """A database of its own, as it was in the first version."""
    admin_url = servers.need("postgres")
    name = f"pinlian_test_{secrets.token_hex(6)}"
    admin = make_engine(admin_url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    made = make_engine(make_url(admin_url).set(database=name).render_as_string(hide_password=False))
    with made.begin() as connection:
        connection.execute(text("CREATE SCHEMA demand"))
        command.upgrade(migrations._config("demand", connection), "0001")
    yield made
    made.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def insert(connection, table, **values):
    columns = ", ".join(values)
    marks = ", ".join(f"CAST(:{name} AS jsonb)" if name == "windows" else f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO demand.{table} ({columns}) VALUES ({marks})"), values)


def old_rows(connection):
    """Write a pool of two signals on two sides of a line, one that has ended, and return their ids."""
    community, member, pool, empty = (new_id() for _ in range(4))
    here = {"lat": WEST.lat, "lon": WEST.lon}
    common = {"category": "tea", "minutes": 60, "created_at": MONDAY, "windows": json.dumps([window().to_wire()])}
    insert(connection, "communities", community_id=community, name="x", kind="other", time_zone="UTC", locale="zh",
           merge_policy="auto", version=1, created_at=MONDAY, **here)  # fmt: skip
    insert(connection, "members", member_id=member, community_id=community, name="x", roles=["member"], version=1,
           created_at=MONDAY)  # fmt: skip
    for pool_id, state in ((pool, "gathering"), (empty, "dissolved")):
        insert(connection, "pools", pool_id=pool_id, state=state, radius_km=5, gather_until=window().end,
               unmatched_version=0, rounds=0, version=3, **here, **common)  # fmt: skip
    insert(connection, "pool_communities", pool_id=pool, community_id=community, place=0, people=5, consent="given")
    signals = []
    for place, pool_id, state in ((WEST, pool, "pooled"), (EAST, pool, "pooled"), (EAST, None, "withdrawn")):
        signals.append(new_id())
        insert(connection, "signals", signal_id=signals[-1], community_id=community, member_id=member, text="",
               people=2, lat=place.lat, lon=place.lon, radius_km=20, expires_at=window().end, state=state,
               pool_id=pool_id, **common)  # fmt: skip
    return pool, empty, signals


def test_what_gathered_before_is_merged_where_its_pool_is(engine):
    with engine.begin() as connection:
        pool_id, empty, signals = old_rows(connection)
    with engine.begin() as connection:
        migrations.upgrade("demand", connection)
    west, east = partition_of("tea", WEST), partition_of("tea", EAST)
    assert west != east
    with DemandUnitOfWork(engine, SystemClock()) as uow:
        assert [uow.signals.find(one).partition for one in signals] == [west, west, east]
        assert {uow.signals.find(one).version for one in signals} == {1}
        pool = uow.pools.find(pool_id)
        assert (pool.partition, pool.reach, pool.people) == (west, EVERYWHERE, 5)
        assert [one.pool_id for one in uow.pools.gathering(west)] == [pool_id]
        assert uow.pools.find(empty).partition == west
        row = uow.connection.execute(text("SELECT people, opens, closes FROM demand.pools WHERE state = 'gathering'"))
        assert row.one() == (5, window().start, window().end)
