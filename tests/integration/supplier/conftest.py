"""Supplier on a real PostgreSQL: the service as its entrypoints use it, through the bus."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from services.chassis.bus import Bus
from services.chassis.envelope import Envelope
from services.kernel.ids import new_id
from services.kernel.policy import Policy
from services.supplier import handlers, inbound, outbound, views
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from tests.builders_supplier import offer_data, pool_data, ready_pool, supplier_data
from tests.fakes.chassis import MONDAY, FakeClock, request

COMMANDS = {
    "register_supplier": outbound.supplier,
    "change_supplier": outbound.supplier,
    "submit_qualification": outbound.qualification,
    "review_qualification": outbound.qualification,
    "publish_offer": outbound.offer,
    "preview_price_list": outbound.price_list,
    "commit_price_list": outbound.price_list,
    "discard_price_list": outbound.price_list,
    "revise_offer": outbound.offer,
    "set_days_off": outbound.days_off,
    "withdraw_offer": outbound.offer,
    "add_slot": outbound.slot,
    "propose_match": outbound.match,
    "withdraw_match": outbound.match,
    "set_admission": outbound.admission,
    **dict.fromkeys(
        (
            "submit_supplier",
            "decide_supplier",
            "suspend_supplier",
            "lift_suspension",
            "remove_supplier",
            "renew_supplier",
        ),
        outbound.standing,
    ),
    "grant_permissions": outbound.grant,
    "end_grant": outbound.grant,
    "leave_supplier": outbound.departure,
    "set_procedure": outbound.setting,
    "choose_procedure": outbound.choice,
    "submit_bid": outbound.sealed_bid,
    "withdraw_bid": outbound.sealed_bid,
    "choose_bid": outbound.tender,
    "close_tender": outbound.tender,
    "start_negotiation": outbound.negotiation,
    "counter_offer": outbound.negotiation,
    "accept_offer": outbound.negotiation,
    "leave_negotiation": outbound.negotiation,
    "open_round": outbound.matching_round,
    "create_visit_plan": outbound.visit_plan,
    "change_visit_plan": outbound.visit_plan,
    "solve_visit_plan": outbound.visit_plan,
    "release_visit_plan": outbound.visit_plan,
}
VIEWS = {"export_price_list_csv": "export_price_list"}
QUESTIONS = {
    "get_price_list": inbound.get_price_list,
    "export_price_list_csv": inbound.export_price_list_csv,
    "get_catalogue": inbound.get_catalogue,
    "get_supplier": inbound.by_id("supplier_id"),
    "list_suppliers": inbound.list_suppliers,
    "list_qualifications": inbound.list_qualifications,
    "get_offer": inbound.by_id("offer_id"),
    "list_offers": inbound.list_offers,
    "get_offer_calendar": inbound.by_id("offer_id"),
    "export_calendar": inbound.by_id("offer_id"),
    "preview_calendar": inbound.preview_calendar,
    "get_days_off": inbound.by_id("supplier_id"),
    "list_offer_versions": inbound.list_offer_versions,
    "get_match": inbound.by_id("match_id"),
    "list_matches": inbound.list_matches,
    "get_standing": inbound.by_id("supplier_id"),
    "get_admission": inbound.by_id("community_id"),
    "list_reminders": inbound.list_reminders,
    "list_grants": inbound.list_grants,
    "list_supplier_grants": inbound.list_supplier_grants,
    "list_procedures": inbound.list_procedures,
    "get_tender": inbound.by_id("tender_id"),
    "list_tenders": inbound.list_tenders,
    "get_negotiation": inbound.by_id("negotiation_id"),
    "get_agreement": inbound.by_id("agreement_id"),
    "get_round": inbound.by_id("round_id"),
    "list_rounds": inbound.list_rounds,
    "get_visit_plan": inbound.by_id("plan_id"),
    "list_visit_plans": inbound.list_visit_plans,
    "get_visit_sheet": inbound.get_visit_sheet,
    "get_visit_calendar": inbound.get_visit_calendar,
}
NEWS = {
    "pool_ready": (inbound.pool_ready, handlers.match_ready_pool),
    "pool_dissolved": (inbound.pool_dissolved, handlers.dissolve_pool),
    "community_registered": (inbound.community_registered, handlers.know_community),
    "campaign_opened": (inbound.campaign_opened, handlers.hold_for_campaign),
    "campaign_confirmed": (inbound.campaign_confirmed, handlers.confirm_seats),
    "campaign_rematched": (inbound.campaign_rematched, handlers.take_replacement),
    "match_declined": (inbound.match_declined, handlers.decline_match),
    "campaign_failed": (inbound.campaign_ended, handlers.release_seats),
    "campaign_cancelled": (inbound.campaign_ended, handlers.release_seats),
    "supplier_grade_changed": (inbound.supplier_grade_changed, handlers.know_grade),
    "score_changed": (inbound.score_changed, handlers.know_score),
}
SOURCES = {
    "pool": "demand",
    "community": "demand",
    "campaign": "campaign",
    "match": "campaign",
    "score": "reputation",
    "supplier": "reputation",
}


class Market:
    """The service without a broker: calls, events and timers, each in a transaction of its own."""

    def __init__(self, engine, category):
        self.clock = FakeClock()
        self.category = category
        self.policy = Policy()
        self.new_uow = lambda: SupplierUnitOfWork(engine, self.clock, self.policy)
        self.bus = Bus(self.new_uow)

    def call(self, name, asked):
        if name in QUESTIONS:
            return self.bus.query(asked, QUESTIONS[name], getattr(views, VIEWS.get(name, name)))
        return self.bus.execute(asked, getattr(inbound, name), getattr(handlers, name), COMMANDS[name])

    def hear(self, name, data, *, version=1, event_id=None):
        source = SOURCES[name.split("_")[0]]
        id_ = event_id or str(new_id())
        event = Envelope(id_, source, f"{name}.v1", MONDAY, "s", version, data, "c")
        return self.bus.consume(event, *NEWS[name])

    def fire_due_timers(self):
        """Do what the scheduler does, one timer at a time; return the commands that were due."""
        fired, table = [], SupplierUnitOfWork.tables.timers
        while True:
            with self.new_uow() as uow:
                due = table.select().where(table.c.due_at <= self.clock.now()).order_by(table.c.due_at, table.c.key)
                row = uow.connection.execute(due.limit(1).with_for_update(skip_locked=True)).mappings().one_or_none()
                if row is None:
                    return fired
                uow.connection.execute(table.delete().where(table.c.key == row["key"]))
                handlers.TIMERS[row["command"]](row["payload"], uow)
                uow.commit()
                fired.append(row["command"])

    def events_of(self, subject):
        """Return the events of one subject in order."""
        table = SupplierUnitOfWork.tables.outbox
        with self.new_uow() as uow:
            statement = table.select().where(table.c.subject == str(subject)).order_by(table.c.position)
            rows = uow.connection.execute(statement).mappings().all()
        return [Envelope.from_wire(json.loads(row["body"])) for row in rows]

    def names_of(self, subject):
        return [event.name for event in self.events_of(subject)]

    def community(self):
        party = Party(self, new_id())
        self.hear("community_registered", {"community_id": str(party.community_id)})
        return party

    def pool(self, *parties_and_people, version=3, **changes):
        """Let a pool of (party, people) become ready and return it."""
        ids = [party.community_id for party, _ in parties_and_people]
        people = [count for _, count in parties_and_people]
        pool = ready_pool(*people, community_ids=ids, category=self.category, **changes)
        self.hear("pool_ready", pool_data(pool), version=version)
        return pool

    def campaign(self, match):
        """Return what every event of a campaign on a match says."""
        return {"campaign_id": str(new_id()), "match_id": match["match_id"]}

    def slot(self, made):
        return self.call("get_offer", request({"offer_id": made["offer_id"]}))["slots"][0]


class Party:
    """A community and those who act for it."""

    def __init__(self, market, community_id):
        self.market = market
        self.community_id = community_id

    def ask(self, name, role="organiser", /, *, key=None, if_match=None, **data):
        ids = {"community_id": self.community_id}
        return self.market.call(name, request(data, role=role, key=key, if_match=if_match, **ids))

    def supplier(self, sharing=None, **changes):
        data = supplier_data(**changes, sharing=sharing or {"mode": "none", "community_ids": []})
        return self.ask("register_supplier", **data)

    def offer(self, supplier, **changes):
        return self.ask(
            "publish_offer", **offer_data(supplier["supplier_id"], category=self.market.category, **changes)
        )

    def own_suppliers(self, limit=20):
        """Return the ids of all suppliers that it registered, page by page; others may be shared with everybody."""
        seen, cursor = [], None
        while True:
            page = self.ask("list_suppliers", limit=limit, **({"cursor": cursor} if cursor else {}))
            seen += [item for item in page["items"] if item["community_id"] == str(self.community_id)]
            cursor = page["next_cursor"]
            if cursor is None:
                return [item["supplier_id"] for item in seen]

    def matches(self, pool, role="organiser"):
        return self.ask("list_matches", role, pool_id=str(pool.pool_id))["items"]


@pytest.fixture
def category():
    """A category that no other test uses, because all tests of a session share one database."""
    return f"pottery {new_id()}"


@pytest.fixture
def market(migrated, category):
    return Market(migrated("supplier"), category)


@pytest.fixture
def booked(market):
    """A community with a shared supplier, its offer for 30, and a match of a pool that holds all 30 seats."""
    home, other = market.community(), market.community()
    studio = home.supplier({"mode": "named", "community_ids": [str(other.community_id)]})
    made = home.offer(studio)
    pool = market.pool((home, 10), (other, 8))
    (match,) = home.matches(pool)
    return SimpleNamespace(market=market, home=home, other=other, studio=studio, offer=made, pool=pool, match=match)


def with_policy(market, **changes):
    """Change the policy of the node."""
    market.policy = replace(market.policy, **changes)
