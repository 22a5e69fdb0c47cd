"""A unit of work of reputation in memory."""

from dataclasses import replace

from services.reputation import contract
from services.reputation.domain.ringing import find_voices
from tests.fakes.chassis import FakeUnitOfWork
from tests.fakes.grades import FakeGradeBook
from tests.fakes.receipts import FakeEvidence, FakeReceiptBook, FakeWeights


class FakeReceipts:
    def __init__(self):
        self.kept = {}

    def note_delivery(self, delivered):
        self.kept |= {receipt.commitment_id: receipt for receipt in delivered}

    def lock(self, commitment_id):
        return self.kept.get(commitment_id)


class FakeReviews:
    def __init__(self):
        self.kept = {}

    def add(self, review):
        assert review.commitment_id not in self.kept, "one review per commitment"
        self.kept[review.commitment_id] = review

    def find_of_commitment(self, commitment_id):
        return self.kept.get(commitment_id)

    def of_commitments(self, commitment_ids):
        return {one: self.kept[one] for one in commitment_ids if one in self.kept}


class FakeScoreBook:
    def __init__(self):
        self.told = {}
        self.locked = []

    def lock(self, supplier_id):
        self.locked.append(supplier_id)
        return self.told.get(supplier_id)

    def save(self, supplier_id, told):
        assert supplier_id in self.locked, "a score is derived under the lock of its row"
        self.told[supplier_id] = told


class FakeSuppliers:
    def __init__(self):
        self.kept = {}

    def copy(self, supplier):
        known = self.kept.get(supplier.supplier_id)
        if known is None or known.seen_version < supplier.seen_version:
            self.kept[supplier.supplier_id] = supplier


class FakeLogBook:
    """The log in memory; a place is given once, and a head of each size signed once."""

    def __init__(self, clock):
        self.clock = clock
        self.queued = 0
        self.waiting, self.entries = [], []
        self.kept_tiles, self.heads, self.made_keys = {}, {}, []

    def queue(self, entry):
        self.waiting.append(entry)
        self.queued += 1

    def lock(self):
        pass

    def take(self, most):
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        return taken

    def size(self):
        return len(self.entries)

    def add(self, first, entries):
        assert first == len(self.entries), "places follow one another"
        self.entries += entries

    def tiles(self, wanted):
        return {tile: self.kept_tiles[tile] for tile in wanted if tile in self.kept_tiles}

    def keep_tiles(self, tiles):
        self.kept_tiles |= tiles

    def latest_head(self):
        return self.heads[max(self.heads)] if self.heads else None

    def keep_head(self, size, root, note):
        assert size not in self.heads, "a tree is signed once"
        self.heads[size] = {"size": size, "root": root, "note": note, "signed_at": self.clock.now()}

    def all_keys(self):
        return self.made_keys

    def signing_key(self):
        return next((key for key in self.made_keys if key.retired_at is None), None)

    def add_key(self, key):
        self.made_keys = [replace(one, retired_at=one.retired_at or self.clock.now()) for one in self.made_keys] + [key]


class FakePeople:
    """What members have done, and where they belong."""

    def __init__(self):
        self.credited, self.time_zones, self.community_by_member, self.organised = {}, {}, {}, {}

    def know_community(self, community_id, time_zone, version):
        self.time_zones[community_id] = time_zone

    def know_member(self, member_id, community_id, version):
        self.community_by_member[member_id] = community_id

    def time_zone(self, community_id):
        return self.time_zones.get(community_id)

    def credit(self, entries, at):
        for entry in entries:
            self.credited.setdefault((entry.member_id, entry.deed, entry.about), entry)

    def note_campaign(self, campaign_id, news):
        self.organised.setdefault(campaign_id, {}).update(news)


class FakeReputationUnitOfWork(FakeUnitOfWork):
    service = contract.SERVICE
    event_schemas = contract.EVENTS
    finder = staticmethod(find_voices)

    def __init__(self, clock=None):
        super().__init__(clock)
        self.receipts = FakeReceipts()
        self.reviews = FakeReviews()
        self.scores = FakeScoreBook()
        self.suppliers = FakeSuppliers()
        self.people = FakePeople()
        self.log = FakeLogBook(self.clock)
        self.receipt_book = FakeReceiptBook(self.clock)
        self.evidence = FakeEvidence()
        self.weights = FakeWeights()
        self.grades = FakeGradeBook(self.clock)
