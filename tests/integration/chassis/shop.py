"""A service small enough for the tests of the chassis: it sells, and it says so in events."""

import re
from contextlib import contextmanager

import eventlet
from marshmallow import Schema, fields
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, insert, select, text

from services.chassis.environment import Environment
from services.chassis.health import HOLDERS
from services.chassis.relay import lock_key
from services.chassis.settings import Settings
from services.chassis.tables import ChassisTables
from services.chassis.unit_of_work import UnitOfWork
from services.kernel.clock import SystemClock

SOLD = "sold.v1"


class Sold(Schema):
    number = fields.Integer(required=True)


class Shop:
    """A schema of its own with the chassis tables, an environment on it, and what the tests ask about it."""

    def __init__(self, database_url, service, amqp_url="inproc://shop", clock=None, *, create=True):
        self.service = service
        self.metadata = MetaData(schema=service)
        self.tables = ChassisTables(self.metadata)
        self.sales = Table(
            "sales",
            self.metadata,
            Column("number", BigInteger),
            Column("item", Text),
            Column("receipt", Text, unique=True),
        )
        self.stock = Table("stock", self.metadata, Column("item", Text, primary_key=True), Column("left", BigInteger))
        self.settings = Settings(database_url=database_url, amqp_url=amqp_url)
        self.clock = clock or SystemClock()
        self.environment = self.another_process()
        self.engine = self.environment.engine(service)
        if create:
            with self.engine.begin() as connection:
                connection.execute(text(f'CREATE SCHEMA "{service}"'))
                self.metadata.create_all(connection)
        unit = {"service": service, "tables": self.tables, "event_schemas": {SOLD: Sold()}}
        self.Uow = type("ShopUnitOfWork", (UnitOfWork,), unit)
        self.new_uow = self.environment.uow_factory(self.Uow)

    def another_process(self):
        """What a second replica would have: its own connections, and bells that nobody here rings."""
        return Environment(self.settings, self.clock)

    def sell(self, item, number=1, pause=0.0):
        """Sell in one transaction, and commit after a pause (seconds)."""
        with self.new_uow() as uow:
            uow.connection.execute(insert(self.sales).values(number=number, item=item))
            event = uow.outbox.add(SOLD, item, {"number": number})
            eventlet.sleep(pause)
            uow.commit()
        return event

    def rows(self, name, *order):
        table = getattr(self.tables, name)
        with self.engine.connect() as connection:
            return connection.execute(select(table).order_by(*[table.c[c] for c in order])).mappings().all()

    def unsent(self):
        return [row for row in self.rows("outbox", "position") if row["sent_at"] is None]

    def run(self, statement, **values):
        with self.engine.begin() as connection:
            return connection.execute(text(statement), values)

    def close(self):
        with self.engine.begin() as connection:
            connection.execute(text(f'DROP SCHEMA "{self.service}" CASCADE'))
        self.environment.close()


def holders(shop):
    """The processes of the database that hold the lock of the shop's relay."""
    statement = HOLDERS.text.replace("count(*)", "pid")
    return [row.pid for row in shop.run(statement, key=lock_key(shop.service))]


def schema_name(test_name):
    """A schema of its own for each test, named after it."""
    return "t_" + re.sub(r"\W+", "_", test_name)[-50:].lower()


@contextmanager
def running(*runners):
    """Run relays or schedulers in greenthreads for as long as the block lasts."""
    threads = [eventlet.spawn(runner.run) for runner in runners]
    try:
        yield
    finally:
        for runner in runners:
            runner.stop()
        for thread in threads:
            thread.kill()


def eventually(condition, seconds=10.0):
    """Wait until ``condition()`` is true, and return it; fail after ``seconds``."""
    with eventlet.Timeout(seconds, AssertionError(f"it did not come true within {seconds} s")):
        while not (value := condition()):
            eventlet.sleep(0.01)
        return value
