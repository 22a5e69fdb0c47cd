"""Demand on a real PostgreSQL: the service as its entrypoints use it, through the bus."""

import json

import pytest

from services.chassis.bus import Bus
from services.chassis.envelope import Envelope
from services.demand import handlers, inbound, outbound, views
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.ids import new_id
from tests.builders_demand import signal_data
from tests.fakes.chassis import MONDAY, FakeClock, request

COMMANDS = {
    "register_community": outbound.community,
    "change_community": outbound.community,
    "add_member": outbound.member,
    "change_member": outbound.member,
    "place_signal": outbound.signal,
    "change_signal": outbound.signal,
    "withdraw_signal": outbound.signal,
    "answer_consent": outbound.pool,
    "ready_pool": outbound.pool,
    "create_intake": outbound.intake,
    "change_intake": outbound.intake,
    "commit_intake": outbound.intake,
    "discard_intake": outbound.intake,
    "add_category": outbound.category,
    "remove_category": outbound.category,
    "set_template": outbound.own_template,
    "split_pool": outbound.pool,
    "join_pools": outbound.pool,
}
QUESTIONS = {
    "get_community": inbound.by_id("community_id"),
    "list_communities": inbound.list_communities,
    "get_member": inbound.by_id("member_id"),
    "list_members": inbound.list_members,
    "get_signal": inbound.by_id("signal_id"),
    "list_signals": inbound.list_signals,
    "get_pool": inbound.by_id("pool_id"),
    "list_pools": inbound.list_pools,
    "get_intake": inbound.by_id("intake_id"),
    "list_intakes": inbound.list_intakes,
    "list_categories": inbound.list_categories,
    "get_template": inbound.get_template,
    "understand": inbound.understand,
    "get_pool_jielong": inbound.get_pool_jielong,
    "list_consents": inbound.list_consents,
}


class Demand:
    """The service without a broker: calls, events and timers, each in a transaction of its own."""

    def __init__(self, engine):
        self.clock = FakeClock()
        self.new_uow = lambda: DemandUnitOfWork(engine, self.clock)
        self.bus = Bus(self.new_uow)
        self.done = {event.id for event in self.outbox()}

    def call(self, name, asked):
        if name in QUESTIONS:
            return self.bus.query(asked, QUESTIONS[name], getattr(views, name))
        return self.bus.execute(asked, getattr(inbound, name), getattr(handlers, name), COMMANDS[name])

    def work_off(self):
        """Do what the queues of the partitions do with signals that were left open; return how many messages that was.

        What was left open in other tests is not touched.
        """
        done = 0
        while waiting := [one for one in self.outbox() if one.name == "signals_waiting.v1" and one.id not in self.done]:
            for event in waiting:
                self.bus.consume(event, inbound.signals_waiting, handlers.gather_waiting)
                self.done.add(event.id)
                done += 1
        return done

    def hear(self, source, name, data, *, version=1, event_id=None):
        event = Envelope(
            id=event_id or str(new_id()),
            source=source,
            name=f"{name}.v1",
            time=MONDAY,
            subject="s",
            version=version,
            data=data,
            correlation_id="c",
        )
        handle = {
            "match_proposed": handlers.match_pool,
            "match_expired": handlers.expire_match,
            "pool_unmatched": handlers.note_unmatched,
            "campaign_opened": handlers.serve_pool,
            "campaign_failed": handlers.release_pool,
            "campaign_cancelled": handlers.release_pool,
            "campaign_settled": handlers.fulfil_pool,
            "offer_published": handlers.note_offer,
            "offer_withdrawn": handlers.note_offer,
            "supplier_registered": handlers.note_supplier,
        }[name]
        read = inbound.supplier_known if name == "supplier_registered" else getattr(inbound, name)
        return self.bus.consume(event, read, handle)

    def fire_due_timers(self):
        """Do what the scheduler does, one timer at a time; return how many were due."""
        fired = 0
        table = DemandUnitOfWork.tables.timers
        while True:
            with self.new_uow() as uow:
                due = table.select().where(table.c.due_at <= self.clock.now()).order_by(table.c.due_at).limit(1)
                row = uow.connection.execute(due.with_for_update(skip_locked=True)).mappings().one_or_none()
                if row is None:
                    return fired
                uow.connection.execute(table.delete().where(table.c.key == row["key"]))
                handlers.TIMERS[row["command"]](row["payload"], uow)
                uow.commit()
                fired += 1

    def outbox(self):
        """Return (name, data) of all events so far, in order."""
        table = DemandUnitOfWork.tables.outbox
        with self.new_uow() as uow:
            rows = uow.connection.execute(table.select().order_by(table.c.position)).mappings().all()
        return [Envelope.from_wire(json.loads(row["body"])) for row in rows]

    def events_of(self, subject):
        return [event for event in self.outbox() if event.subject == subject]

    def tick(self):
        """Let an hour pass, in which every pool is told of."""
        self.clock.pass_(hours=1)
        self.fire_due_timers()

    def pool(self, pool_id):
        """Return a pool as it is, not as others may see it."""
        return self.call("get_pool", request({"pool_id": pool_id}))

    def community(self, policy="auto", **changes):
        data = {"name": "阳光小学家长群", "place": {"lat": 31.2304, "lon": 121.4737}, "merge_policy": policy, **changes}
        return Party(self, self.call("register_community", request(data))["community_id"])


class Party:
    """A community and its first member, and what they ask for."""

    def __init__(self, demand, community_id):
        self.demand = demand
        self.community_id = community_id
        self.member_id = self.ask("add_member", "community_operator", name="李小明妈妈", contact="13800000000")[
            "member_id"
        ]

    def request(self, role, data, **options):
        ids = {"community_id": self.community_id}
        if role in ("member", "organiser"):
            ids["member_id"] = self.member_id
        return request(data, role=role, **ids, **options)

    def ask(self, name, role="organiser", /, *, key=None, if_match=None, **data):
        if name in ("add_member", "list_members", "get_member", "change_member", "change_community"):
            data.setdefault("community_id", self.community_id)
        return self.demand.call(name, self.request(role, data, key=key, if_match=if_match))

    def place(self, category, **changes):
        return self.ask("place_signal", "member", **signal_data(category=category, **changes))


@pytest.fixture
def demand(migrated):
    return Demand(migrated("demand"))


@pytest.fixture
def category():
    """A category that no other test uses, because all tests of a session share one database."""
    return f"pottery {new_id()}"
