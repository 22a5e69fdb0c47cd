"""How a row is kept, new or changed."""

from functools import cache

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects.postgresql import insert as upsert

from services.demand.storage.rows import Row


def save(connection: Connection, table: Table, key: str, row: Row) -> None:
    """Insert the row, or change the one that has its ``key``."""
    connection.execute(_saving(table, key, tuple(row)), row)


@cache
def _saving(table: Table, key: str, names: tuple[str, ...]) -> Executable:
    """Build the statement once: on the way of every signal, building costs as much as running."""
    statement = upsert(table)
    # The key is left alone: setting it, even to what it is, would lock out every row that refers to this one.
    values = {name: statement.excluded[name] for name in names if name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=values)
