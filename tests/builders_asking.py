"""What tests of inquiries are made of: towns whose members are asked, on fakes or on a real database."""

from datetime import timedelta
from uuid import UUID

from services.kernel.clock import format_time
from services.kernel.ids import new_id
from tests.builders_campaign import DEADLINE, SLOT_START, Town, match_proposed, news
from tests.fakes.chassis import MONDAY

MERGE = {"on_missed": {"action": "merge", "ask_hours": 24}}
NEW_START = SLOT_START + timedelta(days=1)


def know_supplier(desk, supplier_id, community_id=None, mode="all", shared_with=(), version=1):
    """Let the service hear who may see a supplier."""
    data = {
        "supplier_id": str(supplier_id),
        "community_id": str(community_id or new_id()),
        "name": "泥巴工坊",
        "sharing": {"mode": mode, "community_ids": [str(one) for one in shared_with]},
    }
    desk.hear(news("supplier", "supplier_registered.v1", supplier_id, data, version=version))


class AskedTown(Town):
    """A town whose members can be asked."""

    def inquiry(self, who=None):
        """The latest inquiry as ``who`` (default: the node operator) sees it."""
        found = self.inquiries(who)
        return found[0] if found else None

    def inquiries(self, who=None):
        asked = {"campaign_id": self.campaign_id}
        return self.desk.ask("list_inquiries", asked, **(who or {"role": "node_operator"}))["items"]

    def answer(self, commitment, answer="accept", who=None):
        """Answer what is asked now, by who manages the community of the commitment."""
        data = {
            "inquiry_id": self.inquiry()["inquiry_id"],
            "commitment_id": commitment["commitment_id"],
            "answer": answer,
        }
        return self.desk.do("answer_inquiry", data, **(who or self.organiser(UUID(commitment["community_id"]))))

    def withdraw(self, match_id=None, reason="老师病了"):
        """Let the service hear that the supplier has withdrawn."""
        match_id = match_id or self.match_id
        data = {"match_id": match_id, "campaign_id": self.campaign_id, "pool_id": None,
                "supplier_id": self.supplier_id, "reason": reason}  # fmt: skip
        self.desk.hear(news("supplier", "supplier_withdrew.v1", match_id, data))

    def propose(self, replaces=None, **changes):
        """Let the service hear of a match in place of the withdrawn one; returns the event."""
        communities = {self.a: 10, self.b: 8}
        options = {"seats": 30, "held_until": format_time(self.desk.clock.now() + timedelta(hours=72)), **changes}
        ids = {"replaces_match_id": replaces or self.match_id, "campaign_id": self.campaign_id}
        event = match_proposed(communities, **options, **ids)
        self.desk.hear(event)
        return event

    def lose(self, event, reason="hold_expired"):
        """Let the service hear that the seats of a match are not held any more."""
        data = {"match_id": event.data["match_id"], "pool_id": None, "reason": reason}
        self.desk.hear(news("supplier", "match_expired.v1", event.data["match_id"], data))

    def miss(self, reasons=None):
        """Let the service hear that nobody can take the place of the withdrawn match."""
        data = {"match_id": self.match_id, "campaign_id": self.campaign_id, "reasons": reasons or {"no_slot": 2}}
        self.desk.hear(news("supplier", "replacement_missing.v1", self.match_id, data))

    def move(self, who=None, **changes):
        """Propose another time."""
        data = {
            "campaign_id": self.campaign_id,
            "start": format_time(NEW_START),
            "end": format_time(NEW_START + timedelta(hours=2)),
            "reason": "weather",
            "text": "台风预警",
            **changes,
        }
        return self.desk.do("move_campaign", data, **(who or self.organiser()))

    def told(self, kind):
        """The commitments that were told something of that kind, on fakes."""
        return [str(notice.commitment_id) for notice in self.desk.uow.notices.of(kind)]


def pair(desk, *, source=None, target=None):
    """Two towns: one that will miss its minimum and then asks, and one that its members could move to."""
    first, second = AskedTown(desk, **(source or {})), AskedTown(desk, **(target or {}))
    for town in (first, second):
        know_supplier(desk, town.supplier_id, town.a)
    first.open(**MERGE)
    second.open(deadline=format_time(DEADLINE + timedelta(days=2)))
    return first, second


def missed(desk, now=DEADLINE):
    """Let the deadline pass."""
    desk.clock.time = now
    return desk.fire_due_timers()


__all__ = ["DEADLINE", "MERGE", "MONDAY", "NEW_START", "SLOT_START", "AskedTown", "know_supplier", "missed", "pair"]
