"""What is in the databases of all services at the end, read at once, as plain values that a test can make up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, text

from services.chassis import topology
from services.chassis.bus import consumer_name
from services.chassis.envelope import lane_key
from services.platform.runner import SERVICES as ALL
from services.platform.runner import load

SERVICES = tuple(name for name in ALL if name != "gateway")

CAMPAIGNS = """
SELECT campaign_id::text AS campaign_id, match_id::text AS match_id, state, reason, max_seats, paid_minor,
    refunded_minor, released_minor, owed_minor FROM campaign.campaigns
"""
COMMITMENTS = """
SELECT commitment_id::text AS commitment_id, campaign_id::text AS campaign_id, seats, state, price_minor,
    coalesce(paid_minor, 0) AS paid_minor, refunded_minor, released_minor, owed_minor, provider, receipt
FROM campaign.commitments
"""
# Payments that counted: posted at once, or pending and then posted. ``key`` tells a payment from its end.
PAYMENTS = """
SELECT commitment_id::text AS commitment_id, amount_minor, provider FROM campaign.transfers
WHERE kind = 'payment' AND phase IN ('posted', 'post')
"""
ORDERS = """
SELECT number, kind, state, commitment_id::text AS commitment_id, amount_minor FROM campaign.payment_orders
"""
MATCHES = """
SELECT m.match_id::text AS match_id, m.state, m.sold, s.capacity, s.held, s.confirmed
FROM supplier.matches AS m JOIN supplier.slots AS s ON s.slot_id = m.slot_id
"""
RECEIPTS = "SELECT commitment_id::text AS commitment_id, seats FROM reputation.receipts WHERE delivered_at IS NOT NULL"
CONFIRMED = "SELECT body FROM campaign.outbox WHERE routing_key = 'campaign_confirmed.v1'"


@dataclass(frozen=True)
class World:
    """Rows by their ids; ``waiting`` counts what is undone, ``ledger`` and ``statement`` are what the commands say."""

    campaigns: Mapping[str, Any] = field(default_factory=dict)
    commitments: Mapping[str, Any] = field(default_factory=dict)
    payments: list = field(default_factory=list)
    orders: list = field(default_factory=list)
    matches: Mapping[str, Any] = field(default_factory=dict)
    receipts: Mapping[str, int] = field(default_factory=dict)
    sold: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    ledger: Mapping[str, Any] = field(default_factory=dict)
    statement: Mapping[str, Any] = field(default_factory=dict)


def look(connection: Connection, ledger, statement) -> World:
    """Read it all."""

    def rows(query):
        return [SimpleNamespace(**row) for row in connection.execute(text(query)).mappings()]

    confirmed = [json.loads(row.body)["data"] for row in rows(CONFIRMED)]
    return World(
        campaigns={row.campaign_id: row for row in rows(CAMPAIGNS)},
        commitments={row.commitment_id: row for row in rows(COMMITMENTS)},
        payments=rows(PAYMENTS),
        orders=rows(ORDERS),
        matches={row.match_id: row for row in rows(MATCHES)},
        receipts={row.commitment_id: row.seats for row in rows(RECEIPTS)},
        sold={data["match_id"]: data["seats"] for data in confirmed},
        waiting=waiting(connection),
        ledger=ledger,
        statement=statement,
    )


def waiting(connection: Connection) -> dict[str, int]:
    """Count what is still to be done: nothing, once all is quiet."""
    counts = {f"{name} outbox": f"SELECT count(*) FROM {name}.outbox WHERE sent_at IS NULL" for name in SERVICES}
    counts |= {f"{name} dead letters": f"SELECT count(*) FROM {name}.dead_letters" for name in SERVICES}
    counts |= dict(_unheard())
    counts["open orders"] = "SELECT count(*) FROM campaign.payment_orders WHERE state = 'open'"
    return {what: number for what, query in counts.items() if (number := connection.execute(text(query)).scalar_one())}


def _unheard():
    """Yield for each subscription the events that were sent and not handled: a queue is empty when there are none."""
    for service in SERVICES:
        loaded = load(service)
        lanes = [(source, event, lane_key(event, lane)) for source, event, lane in topology.lanes_of(loaded)]
        for source, event, key in [*((*one, one[1]) for one in topology.subscriptions_of(loaded)), *lanes]:
            consumer = consumer_name(source, event)
            yield (
                f"{service} {consumer} of {key}",
                f"SELECT count(*) FROM {source}.outbox AS o WHERE routing_key = '{key}' AND NOT EXISTS ("
                f"SELECT FROM {service}.inbox AS i WHERE i.consumer = '{consumer}' AND i.source = '{source}' "
                f"AND i.message_id = o.message_id)",
            )
