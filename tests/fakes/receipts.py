"""Receipts, evidence and weights in memory; the same promises, checked by the integration tests."""

from dataclasses import replace

from services.kernel.ids import new_id
from services.reputation.domain.receipts import Issuer, evidence_of
from services.reputation.domain.ringing import Heard
from services.reputation.domain.score import CommunityWeights


class FakeReceiptBook:
    def __init__(self, clock):
        self.clock = clock
        self.named, self.made_keys = None, []
        self.orders, self.kept = {}, []

    def lock(self):
        pass

    def issuer(self):
        return self.named

    def name_issuer(self):
        self.named = Issuer(new_id(), b"s" * 32)
        return self.named

    def all_keys(self):
        return self.made_keys

    def signing_key(self):
        return next((key for key in self.made_keys if key.retired_at is None), None)

    def add_key(self, key):
        self.made_keys = [replace(one, retired_at=one.retired_at or self.clock.now()) for one in self.made_keys] + [key]

    def lock_orders(self, told):
        ids = ("commitment_id", "campaign_id", "community_id", "member_id")
        return {
            one.commitment_id: self.orders.get(one.commitment_id)
            or type(one)(**{name: getattr(one, name) for name in ids})
            for one in told
        }

    def find_order(self, commitment_id):
        return self.orders.get(commitment_id)

    def lock_order(self, commitment_id):
        return self.orders.get(commitment_id)

    def save_orders(self, changed):
        self.orders |= {one.commitment_id: one for one in changed}

    def newest(self, commitment_ids):
        wanted = set(commitment_ids)
        return {one.commitment_id: one for one in self.kept if one.commitment_id in wanted and not one.superseded_by}

    def add(self, issued):
        by = {one.document["supersedes"]: one.receipt_id for one in issued}
        self.kept = [replace(one, superseded_by=by.get(str(one.receipt_id), one.superseded_by)) for one in self.kept]
        self.kept += issued


class FakeEvidence:
    def __init__(self):
        self.rows, self.rings = {}, {}

    def keep(self, receipts):
        for receipt in receipts:
            said = evidence_of(receipt)
            if said is not None:
                self.rows[said.order] = (receipt.supplier_id, receipt.document["category"], said)

    def of(self, supplier_id):
        mine = [said for of, _, said in self.rows.values() if of == supplier_id]
        voices = {key: voice for kept in self.rings.values() for key, voice in kept.items()}
        return [
            replace(said, voice=voice.ring if (voice := voices.get((supplier_id, said.rater))) else None)
            for said in mine
        ]

    def heard(self, category):
        return [Heard(of, said) for of, about, said in self.rows.values() if about == category and said.is_rated]

    def voices(self, category):
        return self.rings.get(category, {})

    def keep_voices(self, category, voices, now):
        self.rings[category] = {(voice.supplier_id, voice.rater): voice for voice in voices}


class FakeWeights:
    def __init__(self):
        self.rows = {}

    def of(self, community_id):
        return self.rows.get(community_id) or CommunityWeights(community_id)

    def save(self, community_id, weights, now):
        version = self.of(community_id).version + 1
        self.rows[community_id] = CommunityWeights(community_id, weights, version)
        return version
