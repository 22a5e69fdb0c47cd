"""Loading and saving, within one transaction."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Executable, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.bulk import insertion, packed
from services.kernel.ids import CommitmentId, SupplierId
from services.reputation.domain.model import DIMENSIONS, Receipt, Review, Scores, SupplierCopy
from services.reputation.domain.score import Standing
from services.reputation.storage.tables import receipts, reviews, scores, suppliers


class Receipts:
    """What is known of delivered commitments."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note_delivery(self, delivered: Sequence[Receipt]) -> None:
        """Keep who delivered these receipts and when."""
        if not delivered:
            return
        # In the order of the key, so that two transactions over the same commitments wait and do not deadlock.
        rows = [_receipt_row(receipt) for receipt in sorted(delivered, key=lambda one: one.commitment_id)]
        self._connection.execute(_delivered(), packed(rows))

    def lock(self, commitment_id: CommitmentId) -> Receipt | None:
        """Return the receipt and lock it until the commit; None if there is none."""
        # An earlier release kept receipts of what was only paid for.
        is_it = (receipts.c.commitment_id == commitment_id, receipts.c.delivered_at.is_not(None))
        row = self._connection.execute(select(receipts).where(*is_it).with_for_update()).one_or_none()
        return row and _receipt(row)


class Reviews:
    """What was written. A review never changes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, review: Review) -> None:
        """Keep a new review."""
        row = {name: getattr(review, name) for name in ("review_id", *_REVIEW_IDS, "text", "created_at")}
        marks = {dimension: getattr(review.scores, dimension) for dimension in DIMENSIONS}
        self._connection.execute(insert(reviews).values(**row, **marks, twelfths=review.scores.twelfths))

    def find_of_commitment(self, commitment_id: CommitmentId) -> Review | None:
        """Return the review of a commitment, or None."""
        row = self._connection.execute(select(reviews).where(reviews.c.commitment_id == commitment_id)).one_or_none()
        return row and review_of(row)

    def of_commitments(self, commitment_ids: Sequence[UUID]) -> dict[UUID, Review]:
        """Return the reviews of these commitments."""
        query = select(reviews).where(reviews.c.commitment_id == func.any(list(commitment_ids)))
        return {row.commitment_id: review_of(row) for row in self._connection.execute(query)}


class ScoreBook:
    """The scores that were last told to others."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, supplier_id: SupplierId) -> Standing | None:
        """Return the last told score and lock it until the commit; None if none was told yet."""
        self._connection.execute(insert(scores).values(supplier_id=supplier_id).on_conflict_do_nothing())
        query = select(scores).where(scores.c.supplier_id == supplier_id).with_for_update()
        row = self._connection.execute(query).one()
        return None if row.score is None else Standing(**{name: row._mapping[name] for name in _STANDING})

    def save(self, supplier_id: SupplierId, told: Standing) -> None:
        """Keep the score that is told now."""
        values = {name: getattr(told, name) for name in _STANDING}
        self._connection.execute(update(scores).where(scores.c.supplier_id == supplier_id).values(values))


class Suppliers:
    """The copy of who may see a supplier."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def copy(self, supplier: SupplierCopy) -> None:
        """Keep the copy unless a newer one is known."""
        statement = insert(suppliers).values(
            supplier_id=supplier.supplier_id,
            community_id=supplier.community_id,
            sharing=supplier.sharing.value,
            shared_with=sorted(supplier.shared_with),
            seen_version=supplier.seen_version,
        )
        newer = suppliers.c.seen_version < statement.excluded.seen_version
        fields = ("community_id", "sharing", "shared_with", "seen_version")
        set_ = {name: statement.excluded[name] for name in fields}
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["supplier_id"], set_=set_, where=newer)
        )


_STANDING = ("score", "reviews", "low", "high", "orders", "communities")
_REVIEW_IDS = ("commitment_id", "campaign_id", "supplier_id", "community_id", "member_id")


def review_of(row: Row[Any]) -> Review:
    """Make a review of its row."""
    fields = row._mapping
    return Review(
        review_id=fields["review_id"],
        **{name: fields[name] for name in _REVIEW_IDS},
        scores=Scores(**{dimension: fields[dimension] for dimension in DIMENSIONS}),
        text=fields["text"],
        created_at=fields["created_at"],
    )


_RECEIPT_FIELDS = (
    "commitment_id",
    "campaign_id",
    "community_id",
    "member_id",
    "seats",
    "supplier_id",
    "delivered_at",
)


@cache
def _delivered() -> Executable:
    statement = insertion(receipts, _RECEIPT_FIELDS)
    set_ = {name: statement.excluded[name] for name in ("supplier_id", "delivered_at")}
    return statement.on_conflict_do_update(index_elements=[receipts.c.commitment_id], set_=set_)


def _receipt_row(receipt: Receipt) -> dict[str, Any]:
    return {name: getattr(receipt, name) for name in _RECEIPT_FIELDS}


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(**{name: row._mapping[name] for name in _RECEIPT_FIELDS})
