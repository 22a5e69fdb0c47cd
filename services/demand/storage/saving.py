"""How a row is kept, new or changed."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as upsert

from services.demand.storage.rows import Row


def save(connection: Connection, table: Table, key: str, row: Row) -> None:
    """Insert the row, or change the one that has its ``key``."""
    # The key is left alone: setting it, even to what it is, would lock out every row that refers to this one.
    values = {name: value for name, value in row.items() if name != key}
    connection.execute(upsert(table).values(row).on_conflict_do_update(index_elements=[key], set_=values))
