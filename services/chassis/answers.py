"""Stored answers: a repeated command gets the answer of the first, from the transaction that had the effect.

Repeats after a crash, repeats at the same time and repeats days later are one case: the key is inserted first, the
primary key makes the second wait for the first, and what it then finds is the committed answer.
"""

import hashlib
import json
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.tables import ChassisTables
from services.kernel.errors import Refusal


class KeyReusedError(Refusal):
    """The idempotency key came before with another request."""

    kind = "invalid"
    code = "gateway.idempotency_key_reused"


def fingerprint(data: dict[str, Any]) -> str:
    """Return the SHA-256 of the request in a form that does not depend on the order of its fields."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class Answers:
    """The stored answers of one service, within one transaction."""

    def __init__(self, connection: Connection, tables: ChassisTables) -> None:
        self._connection = connection
        self._table = tables.answers

    def claim(self, caller: str, operation: str, key: str, request: dict[str, Any]) -> dict[str, Any] | None:
        """Take the key for this transaction and return None, or return the answer that it already has.

        Raises ``KeyReusedError`` when the key was used for another request.
        """
        print_ = fingerprint(request)
        row = {"caller": caller, "operation": operation, "idempotency_key": key, "fingerprint": print_}
        # SQLAlchemy does not tell the row count of an INSERT; a returned row does.
        statement = insert(self._table).values(row).on_conflict_do_nothing().returning(self._table.c.idempotency_key)
        if self._connection.execute(statement).first() is not None:
            return None
        stored = self._connection.execute(
            select(self._table.c.fingerprint, self._table.c.answer).where(*self._is(caller, operation, key))
        ).one()
        if stored.fingerprint != print_:
            raise KeyReusedError(
                "this Idempotency-Key was used before with another request; use a new key", idempotency_key=key
            )
        return stored.answer

    def store(self, caller: str, operation: str, key: str, answer: dict[str, Any]) -> None:
        """Keep the answer of the claimed key."""
        self._connection.execute(update(self._table).where(*self._is(caller, operation, key)).values(answer=answer))

    def _is(self, caller: str, operation: str, key: str) -> tuple:
        table = self._table.c
        return table.caller == caller, table.operation == operation, table.idempotency_key == key
