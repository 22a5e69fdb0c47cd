"""Three replicas of demand on real servers merge side by side; one is killed in the middle.

Nothing is lost, nothing is twice, and the pools are those that one replica would have made.
"""

import os
import re
import secrets
import shutil
import subprocess
import time
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from sqlalchemy import make_url, text

from services.chassis import migrations
from services.chassis.database import make_engine
from services.demand import handlers
from services.demand.domain.commands import GatherWaiting
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.clock import SystemClock
from services.kernel.timespan import Timespan
from tests import servers
from tests.builders_demand import Town, a_community, a_member, a_signal, north
from tests.e2e.nodes import CLI, Process, clean_environment, free_port
from tests.fakes.chassis import FakeClock
from tests.fakes.demand import FakeDemandUnitOfWork

REPLICAS = 3
CATEGORIES = ("pottery", "tea", "camp")
PLACES = (north(0), north(900))
PER_PARTITION = 60
MONTH = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=20)


@pytest.fixture
def virtual_host():
    """A broker of our own: on a shared one, others who run demand would take our messages."""
    url, name = servers.need("rabbitmq"), f"pl_{secrets.token_hex(5)}"
    if not (shutil.which("rabbitmqctl") and os.geteuid() == 0):
        pytest.skip("no rights to make a virtual host of RabbitMQ")
    subprocess.run(["rabbitmqctl", "-q", "add_vhost", name], check=True)
    user = urlsplit(url).username or "guest"
    subprocess.run(["rabbitmqctl", "-q", "set_permissions", "-p", name, user, ".*", ".*", ".*"], check=True)
    yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    subprocess.run(["rabbitmqctl", "-q", "delete_vhost", name], check=True)


@pytest.fixture
def database():
    admin = make_engine(servers.need("postgres")).execution_options(isolation_level="AUTOCOMMIT")
    name = f"pinlian_test_{secrets.token_hex(5)}"
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = make_engine(make_url(admin.url).set(database=name).render_as_string(hide_password=False), pool_size=4)
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA demand"))
        migrations.upgrade("demand", connection)
        connection.commit()
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


class Replica(Process):
    """A process that serves demand, and tells how many messages of lanes it has worked off."""

    def __init__(self, database, amqp_url, log):
        self.port = free_port()
        environment = clean_environment(
            PINLIAN_DEMAND_DATABASE_URL=database.url.render_as_string(hide_password=False),
            PINLIAN_AMQP_URL=amqp_url,
            PINLIAN_HEALTH_ADDRESS=f"127.0.0.1:{self.port}",
            PINLIAN_LOG_LEVEL="WARNING",
        )
        super().__init__([*CLI, "serve", "demand"], environment, log)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def is_ready(self):
        assert self.popen.poll() is None, self.log.read_text()[-2000:]
        try:
            return bool(self.get("/health/ready"))
        except OSError:
            return False

    def handled(self):
        found = re.search(r"\w*handled\w*_total{[^}]*on_demand_signals_waiting_v1[^}]*} (\d+)", self.get("/metrics"))
        return int(found.group(1)) if found else 0


@pytest.fixture
def replicas(database, virtual_host, tmp_path):
    started = [Replica(database, virtual_host, tmp_path / f"{number}.log").start() for number in range(REPLICAS)]
    assert wait_for(lambda: all(one.is_ready() for one in started), 40)
    yield started
    for one in started:
        if one.popen.poll() is None:
            one.kill()


def wait_for(holds, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


def signals_of(communities, members):
    """Return signals of six partitions, which make several pools each, in an order that mixes everything."""
    made = []
    for number in range(PER_PARTITION):
        for place in PLACES:
            for category in CATEGORIES:
                which = (number * 7 + len(made)) % len(communities)
                start = MONTH + timedelta(hours=6 * (number % 3))
                made.append(
                    a_signal(
                        communities[which].community_id,
                        member_id=members[which].member_id,
                        category=category,
                        people=1 + number % 4,
                        place=north((number % 5) * 3, of=place),
                        windows=(Timespan(start, start + timedelta(hours=5)),),
                        expires_at=start + timedelta(hours=5),
                        text=f"wish {len(made)}",
                        created_at=datetime.now(UTC),
                    )
                )
    return made


def pools_of_one_replica(communities, signals):
    """Return the pools that the same signals make in memory, in one go."""
    town = Town(FakeDemandUnitOfWork(FakeClock(datetime.now(UTC))))
    for community in communities:
        town.uow.communities.save(community)
    handlers.place_many(signals, town.uow)
    for partition in sorted({signal.partition for signal in signals}):
        while town.uow.signals.are_open_in(partition, town.uow.clock.now()):
            handlers.gather_waiting(GatherWaiting(partition), town.uow)
    return sorted(sorted(one.text for one in town.uow.signals.of_pool(pool)) for pool in town.uow.pools.rows)


def test_three_replicas_make_the_pools_of_one_though_one_is_killed_in_the_middle(database, replicas):
    communities = [a_community() for _ in range(9)]
    members = [a_member(community) for community in communities]
    signals = signals_of(communities, members)
    with DemandUnitOfWork(database, SystemClock()) as uow:
        for community, member in zip(communities, members, strict=True):
            uow.communities.save(community)
            uow.members.save(member)
        handlers.place_many(signals, uow)
        uow.commit()

    def pooled():
        with database.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM demand.signals WHERE state = 'pooled'")).scalar_one()

    assert wait_for(lambda: pooled() >= 50, 30)
    replicas[0].kill()
    assert pooled() < len(signals), "it came too late"
    assert wait_for(lambda: pooled() == len(signals), 60)
    assert all(one.handled() for one in replicas[1:]), "they merge side by side"
    with DemandUnitOfWork(database, SystemClock()) as uow:
        rows = uow.connection.execute(text("SELECT pool_id, text, people FROM demand.signals")).all()
        people = dict(uow.connection.execute(text("SELECT pool_id, people FROM demand.pools")).all())
        waiting = uow.connection.execute(text("SELECT count(*) FROM demand.dead_letters")).scalar_one()
    found, counted = {}, Counter()
    for row in rows:
        found.setdefault(row.pool_id, []).append(row.text)
        counted[row.pool_id] += row.people
    assert sorted(sorted(texts) for texts in found.values()) == pools_of_one_replica(communities, signals)
    assert dict(counted) == people
    assert waiting == 0
