"""The tables of the tamper-evident log. What is in ``log_entries``, ``log_tiles`` and ``log_heads`` only grows."""

from sqlalchemy import BigInteger, Column, DateTime, Index, LargeBinary, SmallInteger, Table, Text, Uuid, text

from services.reputation.storage.tables import metadata


def _entry_columns() -> tuple[Column, ...]:
    return (
        Column("kind", Text, nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("community_id", Uuid),
        Column("supplier_id", Uuid),
        Column("record", Text, nullable=False),
        Column("salt", LargeBinary, nullable=False),
    )


# Recorded, and without a place in the tree yet: rows come with the transaction of what they record.
log_queue = Table("log_queue", metadata, Column("entry_id", Uuid, primary_key=True), *_entry_columns())

log_entries = Table(
    "log_entries",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Uuid, nullable=False, unique=True),
    *_entry_columns(),
    Column("commitment", LargeBinary, nullable=False),
    Index("log_entries_supplier", "supplier_id", "index"),
)

log_tiles = Table(
    "log_tiles",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

log_heads = Table(
    "log_heads",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("signed_at", DateTime(timezone=True), nullable=False),
)

log_keys = Table(
    "log_keys",
    metadata,
    Column("public", LargeBinary, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("private", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True)),
    # One key signs; those before it still verify.
    Index("log_keys_signing", text("(true)"), unique=True, postgresql_where=text("retired_at IS NULL")),
)
