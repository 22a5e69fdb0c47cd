"""Loading and saving, within one transaction."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.bulk import insertion, packed
from services.kernel.ids import CommitmentId, SupplierId
from services.reputation.domain.model import Receipt, SupplierCopy
from services.reputation.domain.score import Standing
from services.reputation.storage.tables import receipts, scores, suppliers


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
