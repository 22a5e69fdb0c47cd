"""Receipts in PostgreSQL: the node and its keys, orders as they are told, and what was signed about them."""

from collections.abc import Iterable, Mapping, Sequence
from secrets import token_bytes
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.bulk import insert_many, update_many
from services.kernel.clock import Clock
from services.kernel.ids import new_id
from services.kernel.signing import SigningKey
from services.reputation.domain.orders import EndedDispute, Order
from services.reputation.domain.receipts import Issuer, SignedReceipt
from services.reputation.storage.receipt_tables import issuers, orders, receipt_keys, signed_receipts

# The number of our advisory lock: "rcpt" in ASCII. Whoever makes the node's name or a key holds it.
LOCK = 0x72637074
SECRET_BYTES = 32

_IDS = ("commitment_id", "campaign_id", "community_id", "member_id")
_TOLD = ("supplier_id", "category", "delivered_at", "attended", "sessions", "sessions_held", "settled_at")
_ORDER = (*_IDS, *_TOLD, "released_bp", "refunded_bp")


class ReceiptBook:
    """What was signed, within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def lock(self) -> None:
        """Let nobody else make a key until the end of the transaction."""
        self._connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})

    def issuer(self) -> Issuer | None:
        """Return who this node is, or None before its first receipt."""
        row = self._connection.execute(select(issuers.c.node_id, issuers.c.secret)).one_or_none()
        return None if row is None else Issuer(row.node_id, row.secret)

    def name_issuer(self) -> Issuer:
        """Give the node its name and its secret. Call it locked."""
        issuer = Issuer(new_id(), token_bytes(SECRET_BYTES))
        values = {"node_id": issuer.node_id, "secret": issuer.secret, "created_at": self._clock.now()}
        self._connection.execute(insert(issuers).values(values))
        return issuer

    def all_keys(self) -> list[SigningKey]:
        """Return every key, the oldest first."""
        query = select(receipt_keys).order_by(receipt_keys.c.created_at, receipt_keys.c.key_id)
        return [SigningKey(**row) for row in self._connection.execute(query).mappings()]

    def signing_key(self) -> SigningKey | None:
        """Return the key that signs, or None where none was made yet."""
        query = select(receipt_keys).where(receipt_keys.c.retired_at.is_(None))
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else SigningKey(**row)

    def add_key(self, key: SigningKey) -> None:
        """Keep a new key that signs from now on; the one before retires."""
        retired = update(receipt_keys).where(receipt_keys.c.retired_at.is_(None))
        self._connection.execute(retired.values(retired_at=self._clock.now()))
        names = ("key_id", "private", "public", "created_at", "retired_at")
        self._connection.execute(insert(receipt_keys).values({name: getattr(key, name) for name in names}))

    def lock_orders(self, told: Sequence[Order]) -> dict[UUID, Order]:
        """Return what was known of the orders that ``told`` names, and lock them; new ones are there with their ids."""
        # In the order of the key, so that two transactions over the same orders wait and do not deadlock.
        named = sorted(told, key=lambda order: order.commitment_id)
        rows = [{name: getattr(order, name) for name in _IDS} for order in named]
        insert_many(self._connection, orders, rows, skip_conflicts=True)
        return self._locked([order.commitment_id for order in named])

    def find_order(self, commitment_id: UUID) -> Order | None:
        """Return what is known of an order, as it is now; None if nothing is."""
        row = self._connection.execute(select(orders).where(orders.c.commitment_id == commitment_id)).mappings()
        found = row.one_or_none()
        return None if found is None else _order(found)

    def lock_order(self, commitment_id: UUID) -> Order | None:
        """Return what is known of an order and lock it; None if nothing is."""
        return self._locked([commitment_id]).get(commitment_id)

    def _locked(self, commitment_ids: Sequence[UUID]) -> dict[UUID, Order]:
        query = select(orders).where(orders.c.commitment_id == func.any(list(commitment_ids)))
        rows = self._connection.execute(query.order_by(orders.c.commitment_id).with_for_update()).mappings()
        return {row["commitment_id"]: _order(row) for row in rows}

    def save_orders(self, changed: Sequence[Order]) -> None:
        """Keep what is known of these orders now."""
        update_many(self._connection, orders, "commitment_id", [_row(order) for order in changed])

    def newest(self, commitment_ids: Iterable[UUID]) -> dict[UUID, SignedReceipt]:
        """Return the newest receipts of these orders."""
        wanted = signed_receipts.c.commitment_id == func.any(list(commitment_ids))
        query = select(signed_receipts).where(wanted, signed_receipts.c.superseded_by.is_(None))
        return {row["commitment_id"]: receipt_of(row) for row in self._connection.execute(query).mappings()}

    def add(self, issued: Sequence[SignedReceipt]) -> None:
        """Keep new receipts; those before them are superseded."""
        if not issued:
            return
        superseded = [
            {"receipt_id": UUID(one.document["supersedes"]), "superseded_by": one.receipt_id}
            for one in issued
            if one.document["supersedes"] is not None
        ]
        update_many(self._connection, signed_receipts, "receipt_id", superseded)
        self._connection.execute(insert(signed_receipts), [_receipt_row(one) for one in issued])


def receipt_of(row: Mapping[str, Any]) -> SignedReceipt:
    """Make a receipt of its row."""
    names = ("document", "key_id", "signature", "issued_at", "commitment_id", "superseded_by")
    return SignedReceipt(**{name: row[name] for name in names})


def _receipt_row(one: SignedReceipt) -> dict[str, Any]:
    names = ("receipt_id", "commitment_id", "supplier_id", "document", "key_id", "signature", "issued_at")
    return {**{name: getattr(one, name) for name in names}, "seq": one.document["seq"]}


def _row(order: Order) -> dict[str, Any]:
    disputes = [{"reason": it.reason, "outcome": it.outcome, "returned_bp": it.returned_bp} for it in order.disputes]
    return {**{name: getattr(order, name) for name in _ORDER}, "disputes": disputes}


def _order(row: Mapping[str, Any]) -> Order:
    known = {name: row[name] for name in _ORDER}
    return Order(**known, disputes=tuple(EndedDispute(**one) for one in row["disputes"]))
