"""A deployment of ours for the time of a bench: five processes on real servers, or the one at a URL."""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import create_engine, text

from tests.e2e.nodes import SERVICES, RealNode

SLOT_SEATS = 100_000  # what a slot holds at most
PLACE = {"lat": 31.2304, "lon": 121.4737}
UNSENT = " + ".join(f"(SELECT count(*) FROM {service}.outbox WHERE sent_at IS NULL)" for service in SERVICES)
# What other services made of the events of campaign: it stands still when the queues are empty.
HANDLED = " + ".join(f"(SELECT count(*) FROM {service}.inbox)" for service in SERVICES)


class BenchNode(RealNode):
    """Five processes, as an operator starts them; a database and, where possible, a virtual host of its own."""

    def environment(self, **more):
        # One token carries the load of a whole bench; a limit per token would measure the limit.
        return super().environment(PINLIAN_RATE_LIMIT="1000000", **more)

    def wait_quiet(self, seconds=120):
        """Wait until every event was published and handled; return how long that took (seconds)."""
        started, still, last = time.monotonic(), 0, None
        engine = create_engine(self.admin_database_url)
        while still < 4 and time.monotonic() < started + seconds:
            with engine.connect() as connection:
                seen = connection.execute(text(f"SELECT {UNSENT}, {HANDLED}")).one()
            still = still + 1 if seen[0] == 0 and seen == last else 0
            last = seen
            time.sleep(0.25)
        engine.dispose()
        return max(0.0, time.monotonic() - started - 1.0)

    @property
    def admin_database_url(self):
        return urlunsplit(urlsplit(self.admin_url)._replace(scheme="postgresql+psycopg", path=f"/{self.name}"))


@contextmanager
def running_node():
    """Start a node, yield it, and leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="pinlian-bench-") as folder:
        node = BenchNode(Path(folder))
        try:
            yield node.start()
        finally:
            node.stop()


def from_now(**span):
    return (datetime.now(UTC) + timedelta(**span)).isoformat().replace("+00:00", "Z")


def in_parallel(api, work, items, *, threads=8, say=None):
    """Call ``work(api, item)`` for each item in several threads, each with its own connection; results in order."""
    items = list(items)
    results = [None] * len(items)

    def part(first):
        own = api.another()
        for index in range(first, len(items), threads):
            results[index] = work(own, items[index])
            if say and index % 50 == 0:
                say(index, len(items))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(part, range(min(threads, len(items)))))
    return results


class Town:
    """A community with members, and an open campaign of a supplier for each of ``rooms``, with that many seats."""

    def __init__(self, operator, *, members, rooms, say):
        body = {"name": "拼友群", "kind": "interest", "place": PLACE, "time_zone": "Asia/Shanghai", "locale": "zh"}
        community = operator.post("/v1/communities", {**body, "merge_policy": "never"})["community_id"]
        self.path = f"/v1/communities/{community}/members"

        def join(api, number):
            roles = ["member"] if number else ["member", "organiser"]
            return api.post(self.path, {"name": f"拼友 {number}", "roles": roles})["member_id"]

        self.members = in_parallel(operator, join, range(members), say=lambda at, of: say(f"members {at}/{of}"))
        ids = {"community_id": community, "member_id": self.members[0]}
        self.token = operator.post("/v1/tokens", {"role": "organiser", **ids})["secret"]
        self.organiser = operator.another(self.token)
        self.offer = self._offer(max(rooms))
        told = lambda at, of: say(f"campaigns {at}/{of}")  # noqa: E731 - one line, used once
        self.campaigns = in_parallel(self.organiser, self._open, self._placed(rooms), say=told)

    def _placed(self, rooms):
        """Give each room a slot; where one is full, another one at the same time is added."""
        slot, left, placed = self.offer["slots"][0]["slot_id"], SLOT_SEATS, []
        for seats in rooms:
            if seats > left:
                body = {"start": self.slot["start"], "end": self.slot["end"], "capacity": SLOT_SEATS}
                slot = self.organiser.post(f"/v1/offers/{self.offer['offer_id']}/slots", body)["slot_id"]
                left = SLOT_SEATS
            left -= seats
            placed.append((slot, seats))
        return placed

    def _offer(self, seats):
        supplier = self.organiser.post("/v1/suppliers", {"name": "大工坊", "place": PLACE})["supplier_id"]
        tiers = [(1, "128.00"), (100, "118.00"), (1000, "108.00")]
        self.slot = {"start": from_now(days=5), "end": from_now(days=5, hours=3), "capacity": SLOT_SEATS}
        body = {
            "title": "压测场次",
            "category": "bench",
            "where": "supplier",
            "place": PLACE,
            "tiers": [{"seats": at, "price": {"amount": price, "currency": "CNY"}} for at, price in tiers],
            "min_group": 10,
            "max_group": seats,
            "minutes": 120,
            "slots": [self.slot],
        }
        return self.organiser.post(f"/v1/suppliers/{supplier}/offers", body)

    def _open(self, api, slot_and_seats):
        slot_id, seats = slot_and_seats
        wanted = {"offer_id": self.offer["offer_id"], "slot_id": slot_id, "seats": seats}
        match = api.post("/v1/matches", wanted)["match_id"]
        draft = api.wait_for("/v1/campaigns", lambda page: page["items"], match_id=match)["items"][0]["campaign_id"]
        api.post(f"/v1/campaigns/{draft}/open", {"deadline": from_now(days=2)})
        return draft

    def sold(self):
        """Return the paid seats of each campaign, as the API says."""
        ask = lambda api, one: api.get(f"/v1/campaigns/{one}")["paid_seats"]  # noqa: E731 - one line, used once
        return in_parallel(self.organiser, ask, self.campaigns)
