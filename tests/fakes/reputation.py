"""A unit of work of reputation in memory."""

from services.reputation import contract
from services.reputation.domain.model import DIMENSIONS
from services.reputation.domain.score import DimensionTally, Tally
from tests.fakes.chassis import FakeUnitOfWork


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

    def tally(self, supplier_id):
        mine = [review for review in self.kept.values() if review.supplier_id == supplier_id]
        return tally([review.scores for review in mine], len({review.community_id for review in mine}))


def tally(all_scores, communities=1):
    """Add up scores as the database does."""
    marks = {name: [m for one in all_scores if (m := getattr(one, name)) is not None] for name in DIMENSIONS}
    dimensions = {name: DimensionTally(len(given), sum(given)) for name, given in marks.items()}
    return Tally(len(all_scores), sum(one.twelfths for one in all_scores), communities, dimensions)


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


class FakeReputationUnitOfWork(FakeUnitOfWork):
    service = contract.SERVICE
    event_schemas = contract.EVENTS

    def __init__(self, clock=None):
        super().__init__(clock)
        self.receipts = FakeReceipts()
        self.reviews = FakeReviews()
        self.scores = FakeScoreBook()
        self.suppliers = FakeSuppliers()
