"""Stored answers: a repeated command gets the answer of the first, from the transaction that had the effect.

Repeats after a crash, repeats at the same time and repeats days later are one case: the key is inserted first, the
primary key makes the second wait for the first, and what it then finds is the committed answer.
"""

import hashlib
import json
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, select, update
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
        self._claim, self._look, self._store = _statements(tables)

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
            raise KeyReusedError(
                "this Idempotency-Key was used before with another request; use a new key", idempotency_key=key
            )
        return stored.answer

    def store(self, caller: str, operation: str, key: str, answer: dict[str, Any]) -> None:
        """Keep the answer of the claimed key."""
        self._connection.execute(self._store, {**_names(caller, operation, key), "new_answer": answer})


def _names(caller: str, operation: str, key: str) -> dict[str, str]:
    return {"of_caller": caller, "of_operation": operation, "of_key": key}


@cache
def _statements(tables: ChassisTables) -> tuple[Executable, Executable, Executable]:
    """Build the statements once per service: on the way of every command, building costs as much as running."""
    table = tables.answers
    is_it = (
        table.c.caller == bindparam("of_caller"),
        table.c.operation == bindparam("of_operation"),
        table.c.idempotency_key == bindparam("of_key"),
    )
    claim = insert(table).on_conflict_do_nothing().returning(table.c.idempotency_key)
    look = select(table.c.fingerprint, table.c.answer).where(*is_it)
    return claim, look, update(table).where(*is_it).values(answer=bindparam("new_answer"))
