"""What the provider keeps, in one SQLite file: every answer that left was committed before, by one transaction.

The file is locked for its process; what was committed survives ``kill -9`` and the loss of power.
"""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from services.chassis.errors import StartupError
from services.sandbox.callbacks import Callback
from services.sandbox.model import PERSONAL, Order, Payment, Status
from services.sandbox.rows import from_json, micros, moment, month_of, to_json

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (number TEXT PRIMARY KEY, due_at INTEGER, at INTEGER NOT NULL, document TEXT NOT NULL)
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS orders_due ON orders (due_at, number) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS orders_at ON orders (at, number);
CREATE TABLE IF NOT EXISTS payments (charge TEXT PRIMARY KEY, unfreezes_at INTEGER, document TEXT NOT NULL)
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS payments_due ON payments (unfreezes_at, charge) WHERE unfreezes_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS receipts (receiver TEXT, month TEXT, amount INTEGER NOT NULL, PRIMARY KEY (receiver, month))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS callbacks (id INTEGER PRIMARY KEY, due_at INTEGER, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (due_at, id) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, seen_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonces_seen ON nonces (seen_at);
CREATE TABLE IF NOT EXISTS attempts (what TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
"""
_RECEIVED = (
    "INSERT INTO receipts VALUES (?, ?, ?)"
    " ON CONFLICT (receiver, month) DO UPDATE SET amount = amount + excluded.amount"
)


class Store:
    """One file, or a throw-away one in memory for ``path`` None. Used by ``with store as transaction``."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o600)  # there are private keys in it
            self._connection = _connect(path)
        except (OSError, sqlite3.Error) as error:
            raise StartupError(f"cannot keep data in {path}: {_why(error)}; choose another file with --data") from None

    def __enter__(self) -> "Transaction":
        self._lock.acquire()
        self._connection.execute("BEGIN IMMEDIATE")
        return Transaction(self._connection)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._connection.execute("COMMIT" if kind is None else "ROLLBACK")
        finally:
            if self._connection.in_transaction:  # the disk is full, say
                self._connection.execute("ROLLBACK")
            self._lock.release()

    def close(self) -> None:
        """Let others have the file."""
        with self._lock:
            self._connection.close()


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        ":memory:" if path is None else path, isolation_level=None, check_same_thread=False, timeout=0.5
    )
    # Exclusive, because two processes on one file would send every callback twice.
    for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(SCHEMA)
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")
    return connection


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    text = str(error)
    return "another process has it" if "locked" in text else text


class Transaction:
    """What can be done within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    # Facts about the sandbox itself, and about requests

    def recall(self, name: str, value: str) -> str:
        """Return what is kept under ``name``; the first time it is ``value``."""
        self._execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, value))
        return self._one("SELECT value FROM meta WHERE name = ?", name)[0]

    def is_new_nonce(self, nonce: str, now: datetime, oldest: datetime) -> bool:
        """Note a nonce and tell whether it was new; those before ``oldest`` are forgotten."""
        self._execute("DELETE FROM nonces WHERE seen_at < ?", (micros(oldest),))
        done = self._execute("INSERT OR IGNORE INTO nonces VALUES (?, ?)", (nonce, micros(now)))
        return done.rowcount == 1

    def count(self, what: str) -> int:
        """Return how often this has been called for ``what``, this time included."""
        self._execute("INSERT INTO attempts VALUES (?, 1) ON CONFLICT (what) DO UPDATE SET count = count + 1", (what,))
        return self._one("SELECT count FROM attempts WHERE what = ?", what)[0]

    # Orders and payments

    def find_order(self, number: str) -> Order | None:
        """Return an order, or None."""
        row = self._one("SELECT document FROM orders WHERE number = ?", number)
        return None if row is None else from_json(Order, row[0])

    def save_order(self, order: Order) -> None:
        """Keep an order as it is now."""
        at = micros(order.at or order.created_at)
        values = (order.number, order.due_at and micros(order.due_at), at, to_json(order))
        self._execute("INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?)", values)

    def find_payment(self, charge: str) -> Payment | None:
        """Return a payment, or None."""
        row = self._one("SELECT document FROM payments WHERE charge = ?", charge)
        return None if row is None else from_json(Payment, row[0])

    def save_payment(self, payment: Payment) -> None:
        """Keep a payment as it is now."""
        values = (payment.charge, payment.unfreezes_at and micros(payment.unfreezes_at), to_json(payment))
        self._execute("INSERT OR REPLACE INTO payments VALUES (?, ?, ?)", values)

    def received(self, order: Order, at: datetime) -> dict[str, int]:
        """Return what each personal receiver of a split got so far in the month of ``at``."""
        query = "SELECT amount FROM receipts WHERE receiver = ? AND month = ?"
        people = [part.receiver for part in order.parts if part.receiver.startswith(PERSONAL)]
        rows = {receiver: self._one(query, receiver, month_of(at, order.currency)) for receiver in people}
        return {receiver: row[0] for receiver, row in rows.items() if row is not None}

    def note_received(self, order: Order) -> None:
        """Count what personal receivers got of a split that has ended."""
        for part in order.parts:
            if part.status is Status.SUCCEEDED and part.receiver.startswith(PERSONAL) and order.at is not None:
                self._execute(_RECEIVED, (part.receiver, month_of(order.at, order.currency), part.amount))

    def next_order(self, now: datetime) -> Order | None:
        """Return the order whose end was due first, or None if none is due at ``now``."""
        query = "SELECT document FROM orders WHERE due_at <= ? ORDER BY due_at, number LIMIT 1"
        row = self._one(query, micros(now))
        return None if row is None else from_json(Order, row[0])

    def next_unfreeze(self, now: datetime) -> Payment | None:
        """Return the payment that should have unfrozen first, or None if none should at ``now``."""
        query = "SELECT document FROM payments WHERE unfreezes_at <= ? ORDER BY unfreezes_at, charge LIMIT 1"
        row = self._one(query, micros(now))
        return None if row is None else from_json(Payment, row[0])

    def orders_between(self, start: datetime, end: datetime) -> Iterator[Order]:
        """Yield the orders that ended, or began if they have not, from ``start`` to before ``end``."""
        query = "SELECT document FROM orders WHERE at >= ? AND at < ? ORDER BY at, number"
        for row in self._execute(query, (micros(start), micros(end))):
            yield from_json(Order, row[0])

    # Callbacks

    def add_callback(self, callback: Callback) -> int:
        """Keep a callback that is to be sent, and return its id."""
        values = (micros(callback.due_at), to_json(callback))
        return self._execute("INSERT INTO callbacks (due_at, document) VALUES (?, ?)", values).lastrowid or 0

    def callback(self, callback_id: int) -> Callback | None:
        """Return a callback, or None."""
        row = self._one("SELECT document FROM callbacks WHERE id = ?", callback_id)
        return None if row is None else from_json(Callback, row[0])

    def due_callbacks(self, now: datetime, limit: int) -> list[int]:
        """Return the ids of callbacks that are to be sent, the oldest first."""
        query = "SELECT id FROM callbacks WHERE due_at <= ? ORDER BY due_at, id LIMIT ?"
        return [row[0] for row in self._execute(query, (micros(now), limit))]

    def change_callback(self, callback_id: int, callback: Callback | None) -> None:
        """Keep when a callback is to be sent again; None if it is done with."""
        if callback is None:
            self._execute("DELETE FROM callbacks WHERE id = ?", (callback_id,))
        else:
            values = (micros(callback.due_at), to_json(callback), callback_id)
            self._execute("UPDATE callbacks SET due_at = ?, document = ? WHERE id = ?", values)

    def next_due(self) -> datetime | None:
        """Return when the next thing happens by itself."""
        query = (
            "SELECT min(due) FROM (SELECT min(due_at) AS due FROM orders"
            " UNION ALL SELECT min(unfreezes_at) FROM payments UNION ALL SELECT min(due_at) FROM callbacks)"
        )
        due = self._one(query)[0]
        return None if due is None else moment(due)

    def _one(self, query: str, *values: Any) -> Any:
        return self._execute(query, values).fetchone()
