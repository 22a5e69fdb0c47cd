"""Stored answers: a repeated command gets the answer of the first, from the transaction that had the effect.

Repeats after a crash, repeats at the same time and repeats days later are one case: the primary key makes the second
wait for the first, and what it then finds is the committed answer. A single command takes its key before it begins
(``claim``, ``store``). Many commands at once look first and take their keys at the end (``find_many``, ``store_many``),
which is one statement less for each of them and leaves no dead rows; who then finds a key taken begins again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, Table, bindparam, select, true, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.bulk import insert_many, packed, rows_of
from services.chassis.tables import ChassisTables
from services.kernel.errors import Refusal

KEY = ("caller", "operation", "idempotency_key")


class KeyReusedError(Refusal):
    """The idempotency key came before with another request."""

    kind = "invalid"
    code = "gateway.idempotency_key_reused"

    def __init__(self, key: str) -> None:
        super().__init__(
            "this Idempotency-Key was used before with another request; use a new key", idempotency_key=key
        )


class KeyTakenError(Exception):
    """Another transaction has taken a key meanwhile; whoever begins again finds its answer."""


class Key(NamedTuple):
    """What a stored answer is found by."""

    caller: str
    operation: str
    idempotency_key: str


class Stored(NamedTuple):
    """What is kept under a key."""

    fingerprint: str
    answer: dict[str, Any]


def fingerprint(data: dict[str, Any]) -> str:
    """Return the SHA-256 of the request in a form that does not depend on the order of its fields."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class Answers:
    """The stored answers of one service, within one transaction."""

    def __init__(self, connection: Connection, tables: ChassisTables) -> None:
        self._connection = connection
        self._table = tables.answers
        self._claim, self._look, self._store = _statements(self._table)

    def claim(self, caller: str, operation: str, key: str, request: dict[str, Any]) -> dict[str, Any] | None:
        """Take the key for this transaction and return None, or return the answer that it already has.

        Raises ``KeyReusedError`` when the key was used for another request.
        """
        print_ = fingerprint(request)
        row = {"caller": caller, "operation": operation, "idempotency_key": key, "fingerprint": print_}
        # SQLAlchemy does not tell the row count of an INSERT; a returned row does.
        if self._connection.execute(self._claim, row).first() is not None:
            return None
        stored = self._connection.execute(self._look, _names(caller, operation, key)).one()
        if stored.fingerprint != print_:
            raise KeyReusedError(key)
        return stored.answer

    def store(self, caller: str, operation: str, key: str, answer: dict[str, Any]) -> None:
        """Keep the answer of the claimed key."""
        self._connection.execute(self._store, {**_names(caller, operation, key), "new_answer": answer})

    def find_many(self, keys: Iterable[Key]) -> dict[Key, Stored]:
        """Return what is stored under those of ``keys`` that have come before."""
        rows = [key._asdict() for key in keys]
        if not rows:
            return {}
        found = self._connection.execute(_found(self._table), packed(rows))
        return {Key(*row[:3]): Stored(row.fingerprint, row.answer) for row in found}

    def store_many(self, stored: Mapping[Key, Stored]) -> None:
        """Take keys and keep their answers; raise ``KeyTakenError`` when another transaction was faster."""
        # In the order of the keys, so that two transactions with common keys cannot wait for each other crosswise.
        rows = [{**key._asdict(), **stored[key]._asdict()} for key in sorted(stored)]
        taken = insert_many(self._connection, self._table, rows, skip_conflicts=True, returning=("idempotency_key",))
        if len(taken) < len(rows):
            raise KeyTakenError


def _names(caller: str, operation: str, key: str) -> dict[str, str]:
    return {"of_caller": caller, "of_operation": operation, "of_key": key}


@cache
def _statements(table: Table) -> tuple[Executable, Executable, Executable]:
    """Build the statements once per service: on the way of every command, building costs as much as running."""
    is_it = (
        table.c.caller == bindparam("of_caller"),
        table.c.operation == bindparam("of_operation"),
        table.c.idempotency_key == bindparam("of_key"),
    )
    claim = insert(table).on_conflict_do_nothing().returning(table.c.idempotency_key)
    look = select(table.c.fingerprint, table.c.answer).where(*is_it)
    return claim, look, update(table).where(*is_it).values(answer=bindparam("new_answer"))


@cache
def _found(table: Table) -> Executable:
    """Look each key up by itself: joined as a whole, a plan made while the table was small would read all of it."""
    wanted = rows_of(table, KEY)
    one = select(table.c.fingerprint, table.c.answer).where(*(table.c[name] == wanted.c[name] for name in KEY))
    stored = one.limit(1).lateral("stored")
    return select(*(wanted.c[name] for name in KEY), stored.c.fingerprint, stored.c.answer).join_from(
        wanted, stored, true()
    )
