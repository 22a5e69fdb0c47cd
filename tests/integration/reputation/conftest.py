import json

import pytest
from sqlalchemy import select

from services.chassis.bus import Bus
from services.reputation import handlers, inbound, outbound, views
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from tests.fakes.chassis import FakeClock, request

EVENTS = {
    "campaign_delivered.v1": (inbound.campaign_delivered, handlers.record_delivery),
    "campaign_settled.v1": (inbound.settlement, handlers.record_settlement),
    "supplier_registered.v1": (inbound.supplier_seen, handlers.copy_supplier),
    "supplier_changed.v1": (inbound.supplier_seen, handlers.copy_supplier),
}


class Reputation:
    """The service without its entrypoints, on a real database."""

    def __init__(self, engine):
        self.engine, self.clock = engine, FakeClock()
        self.bus = Bus(lambda: ReputationUnitOfWork(engine, self.clock))

    def tell(self, *events):
        return [self.bus.consume(event, *EVENTS[event.name]) for event in events]

    def write(self, commitment, caller=None, key=None, **review):
        asked = request(commitment.review(**review), key=key, **(caller or commitment.member))
        return self.bus.execute(asked, inbound.write_review, handlers.write_review, outbound.review)

    def review(self, review_id, **caller):
        return self.bus.query(request({"review_id": review_id}, **caller), inbound.by_id("review_id"), views.get_review)

    def reviews(self, caller, **data):
        return self.bus.query(request(data, **caller), inbound.list_reviews, views.list_reviews)

    def reputation(self, of, **caller):
        asked = request({"supplier_id": str(of)}, **(caller or {"role": "node_operator"}))
        return self.bus.query(asked, inbound.by_id("supplier_id"), views.get_reputation)

    def told(self, name, subject):
        """Return the payload of the last event of this name about ``subject``."""
        table = ReputationUnitOfWork.tables.outbox.c
        query = select(table.body).where(table.subject == str(subject), table.routing_key == name)
        with self.engine.connect() as connection:
            return json.loads(connection.execute(query.order_by(table.position)).scalars().all()[-1])["data"]

    def outbox(self, subject):
        """Return (name, version) of the events about ``subject``, in their order."""
        table = ReputationUnitOfWork.tables.outbox.c
        query = select(table.routing_key, table.version).where(table.subject == str(subject)).order_by(table.position)
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]


@pytest.fixture
def reputation(migrated):
    return Reputation(migrated("reputation"))
