"""A unit of work of reputation in memory."""

from dataclasses import replace

from services.reputation import contract
from services.reputation.domain.phases import Author, Engagement, Phase
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
        self.rows, self.words = {}, {}

    def add(self, review):
        key = (review.commitment_id, review.campaign_id, review.community_id, review.author)
        same = [one for one in self.rows.values() if one.phase is review.phase]
        keys = [(one.commitment_id, one.campaign_id, one.community_id, one.author) for one in same]
        assert key not in keys, "one review of each phase"
        self.rows[review.review_id] = review

    def save(self, review):
        assert review.review_id in self.rows
        self.rows[review.review_id] = review

    def find(self, review_id, lock=False):
        return self.rows.get(review_id)

    def _some(self, **wanted):
        return [one for one in self.rows.values() if all(getattr(one, name) == value for name, value in wanted.items())]

    def find_of_commitment(self, commitment_id, phase=Phase.AFTER):
        return next(iter(self._some(commitment_id=commitment_id, phase=phase)), None)

    def find_by(self, author, campaign_id, community_id, phase):
        of = {"author": author, "campaign_id": campaign_id, "community_id": community_id, "phase": phase}
        return next(iter(self._some(**of)), None)

    def of_commitments(self, commitment_ids):
        found = self._some(phase=Phase.AFTER, author=Author.PARTICIPANT)
        return {one.commitment_id: one for one in found if one.commitment_id in commitment_ids}

    def abuse(self, community_id):
        return self.words.get(community_id, ())

    def set_abuse(self, community_id, words):
        self.words[community_id] = tuple(words)


class FakeEngagements:
    def __init__(self):
        self.rows, self.people = {}, {}

    def note(self, campaign_id, news):
        empty = {"campaign_id": campaign_id, "supplier_id": None, "community_ids": ()}
        self.rows[campaign_id] = {**self.rows.get(campaign_id, empty), **news}

    def note_people(self, campaign_id, people):
        for commitment_id, *whose in people:
            self.people.setdefault(commitment_id, (campaign_id, *whose))

    def find(self, campaign_id):
        row = self.rows.get(campaign_id)
        return row and Engagement(**{**row, "community_ids": tuple(row["community_ids"])})

    def commitment(self, commitment_id):
        return self.people.get(commitment_id)


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
        self.engagements = FakeEngagements()
        self.log = FakeLogBook(self.clock)
        self.receipt_book = FakeReceiptBook(self.clock)
        self.evidence = FakeEvidence()
        self.weights = FakeWeights()
        self.grades = FakeGradeBook(self.clock)
