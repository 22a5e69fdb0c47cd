"""What the tests of reputation talk about: one supplier, two communities, and events as they come off the wire."""

from random import Random

from services.chassis.envelope import Envelope
from services.kernel.clock import format_time
from services.kernel.ids import new_id
from tests.fakes.chassis import MONDAY


def envelope(name, data, *, source="campaign", subject=None, version=1):
    return Envelope(str(new_id()), source, name, MONDAY, str(subject or new_id()), version, data, str(new_id()))


def cny(amount):
    return {"amount": amount, "currency": "CNY"}


class Commitment:
    """A commitment of a member of a community in a campaign of a supplier, and the event of its delivery."""

    def __init__(self, community_id=None, supplier_id=None, campaign_id=None, seats=1):
        self.id, self.member_id = new_id(), new_id()
        self.community_id = community_id or new_id()
        self.supplier_id = supplier_id or new_id()
        self.campaign_id = campaign_id or new_id()
        self.seats = seats

    @property
    def ids(self):
        return {
            "commitment_id": str(self.id),
            "community_id": str(self.community_id),
            "member_id": str(self.member_id),
            "seats": self.seats,
        }

    def delivered(self, *others):
        data = {
            "campaign_id": str(self.campaign_id),
            "match_id": str(new_id()),
            "supplier_id": str(self.supplier_id),
            "delivered_at": format_time(MONDAY),
            "commitments": [one.ids for one in (self, *others)],
        }
        return envelope("campaign_delivered.v1", data, subject=self.campaign_id)

    def settled(self, *others, disputes=(), category="pottery", released="128.00", paid="128.00"):
        """The event of the settlement of its campaign; ``disputes`` are about this one: (outcome, refunded)."""
        money = [cny(one) for one in (paid, "0.00", released)]
        amounts = dict(zip(("paid", "refunded", "released"), money, strict=True))
        ended = [
            {"reason": "quality", "outcome": how, "claim": cny(back), "refunded": cny(back)} for how, back in disputes
        ]
        data = {
            "campaign_id": str(self.campaign_id),
            "supplier_id": str(self.supplier_id),
            "delivered_at": format_time(MONDAY),
            "category": category,
            "seats": sum(one.seats for one in (self, *others)),
            "commitments": [
                {**one.ids, **amounts, "disputes": ended if one is self else []} for one in (self, *others)
            ],
        }
        return envelope("campaign_settled.v1", data, subject=self.campaign_id)

    @property
    def member(self):
        """The token of its member, for ``request``."""
        return {"role": "member", "community_id": self.community_id, "member_id": self.member_id}

    def review(self, quality=5, text="", **marks):
        return {"commitment_id": str(self.id), "scores": {"quality": quality, **marks}, "text": text}


def supplier_event(name, supplier_id, community_id, mode="none", named=(), version=1):
    sharing = {"mode": mode, "community_ids": [str(one) for one in named]}
    data = {"supplier_id": str(supplier_id), "community_id": str(community_id), "name": "泥巴工坊", "sharing": sharing}
    return envelope(name, data, source="supplier", subject=supplier_id, version=version)


def opinions_with_a_ring(suppliers, communities, tell):
    """Tell of settled campaigns of ``suppliers``; yield who reviews them, and the mark: six buyers, sixteen honest."""
    random = Random(5)
    members = [new_id() for _ in range(22)]
    for supplier in suppliers:
        joined = [
            at for at in range(22) if (at < 6 and supplier != suppliers[-1]) or (at >= 6 and random.random() < 0.8)
        ]
        taken = [Commitment(communities[at % 3], supplier) for at in joined]
        for at, one in zip(joined, taken, strict=True):
            one.campaign_id, one.member_id = taken[0].campaign_id, members[at]
        tell(taken[0].settled(*taken[1:]), taken[0].delivered(*taken[1:]))
        for at, one in zip(joined, taken, strict=True):
            yield one, 5 if at < 6 else random.choice([1, 2, 2, 3])
