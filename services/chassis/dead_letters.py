"""Messages that could not be handled: kept with the reason, listed, replayed after the cause is mended, or dropped."""

import base64
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from services.chassis.tables import ChassisTables
from services.kernel.errors import NotFoundError
from services.kernel.ids import new_id

RETRY_EXCHANGE = "pinlian.retry"
# What the relay needs of a message that is no event of ours; it takes them out of the headers before publishing.
CONTENT_TYPE_KEY = "content_type"
BASE64_KEY = "base64"


class DeadLetterNotFoundError(NotFoundError):
    """There is no dead letter of that id: it was replayed or dropped, or never was."""

    code = "chassis.dead_letter_not_found"


def store(
    connection: Connection,
    tables: ChassisTables,
    *,
    queue: str,
    routing_key: str,
    body: bytes,
    reason: str,
    attempts: int,
    id: str | None = None,
    message_id: str | None = None,
    headers: dict[str, Any] | None = None,
    content_type: str | None = None,
) -> str:
    """Keep a message as it was delivered from ``queue``, with the ``reason`` of its death; return the letter's id."""
    letter_id = id or str(new_id())
    row = {
        "id": letter_id,
        "queue": queue,
        "routing_key": routing_key,
        "message_id": message_id,
        "headers": headers or {},
        "content_type": content_type,
        "body": body,
        "reason": reason,
        "attempts": attempts,
    }
    connection.execute(insert(tables.dead_letters).values(row))
    return letter_id


def list_letters(
    connection: Connection, tables: ChassisTables, *, limit: int = 100, after: str | None = None
) -> list[dict[str, Any]]:
    """Return up to ``limit`` letters in the order of their ids (of their deaths), without their bodies."""
    table = tables.dead_letters.c
    statement = select(
        table.id,
        table.queue,
        table.routing_key,
        table.message_id,
        table.content_type,
        table.reason,
        table.attempts,
        table.died_at,
        func.length(table.body).label("size"),
    )
    if after is not None:
        statement = statement.where(table.id > after)
    return [dict(row) for row in connection.execute(statement.order_by(table.id).limit(limit)).mappings()]


def replay(connection: Connection, tables: ChassisTables, letter_id: str) -> None:
    """Send a letter to its queue again, with its attempts counted from none.

    The letter goes and a row of the outbox comes in the caller's transaction, so that a crash leaves one of the two.
    Raises ``DeadLetterNotFoundError``.
    """
    table = tables.dead_letters
    letter = connection.execute(delete(table).where(table.c.id == letter_id).returning(table)).mappings().one_or_none()
    if letter is None:
        raise DeadLetterNotFoundError(f"no dead letter {letter_id}", id=letter_id)
    body, encoded = _as_text(letter["body"])
    connection.execute(
        insert(tables.outbox).values(
            message_id=letter["message_id"] or letter["id"],
            exchange=RETRY_EXCHANGE,
            routing_key=letter["queue"],
            # A stream of its own: a replay waits for no event and no event waits for it.
            subject=f"dead-letter/{letter['id']}",
            version=1,
            body=body,
            headers={CONTENT_TYPE_KEY: letter["content_type"], BASE64_KEY: encoded},
        )
    )


def drop(connection: Connection, tables: ChassisTables, letter_id: str) -> None:
    """Forget a letter; raise ``DeadLetterNotFoundError`` when it is not there."""
    table = tables.dead_letters
    if not connection.execute(delete(table).where(table.c.id == letter_id)).rowcount:
        raise DeadLetterNotFoundError(f"no dead letter {letter_id}", id=letter_id)


def _as_text(body: bytes) -> tuple[str, bool]:
    """Return the body as the outbox can hold it, and whether it had to be encoded in base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True
    return (base64.b64encode(body).decode(), True) if "\x00" in text else (text, False)
