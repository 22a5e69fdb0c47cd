"""The inbox: a mark, in the transaction of the effect, that a message has had its effect."""

from functools import cache

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql import insert

from services.chassis.tables import ChassisTables


class Inbox:
    """Remembers what each consumer has handled."""

    def __init__(self, connection: Connection, tables: ChassisTables) -> None:
        self._connection = connection
        self._tables = tables

    def claim(self, consumer: str, source: str, message_id: str) -> bool:
        """Mark the message as handled; return False when it was before.

        Two deliveries at the same time meet at the primary key: the second waits for the first transaction and then
        sees its mark, or takes its place if it rolled back.
        """
        mark = {"consumer": consumer, "source": source, "message_id": message_id}
        # SQLAlchemy does not tell the row count of an INSERT; a returned row does.
        return self._connection.execute(_claim(self._tables), mark).first() is not None


@cache
def _claim(tables: ChassisTables) -> Executable:
    """Build the statement once per service: on the way of every event, building costs as much as running."""
    return insert(tables.inbox).on_conflict_do_nothing().returning(tables.inbox.c.message_id)
