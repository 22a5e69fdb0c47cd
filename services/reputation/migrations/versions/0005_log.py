"""The tamper-evident log."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
SCHEMA = "reputation"


def upgrade():
    op.create_table("log_queue", sa.Column("entry_id", sa.Uuid, primary_key=True), *_entry_columns(), schema=SCHEMA)
    op.create_table(
        "log_entries",
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.Uuid, nullable=False, unique=True),
        *_entry_columns(),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("log_entries_supplier", "log_entries", ["supplier_id", "index"], schema=SCHEMA)
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        schema=SCHEMA,
    )
    _create_heads_and_keys()


def _entry_columns():
    return (
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Uuid, nullable=False),
        sa.Column("community_id", sa.Uuid),
        sa.Column("supplier_id", sa.Uuid),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
    )


def _create_heads_and_keys():
    op.create_table(
        "log_heads",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "log_keys",
        sa.Column("public", sa.LargeBinary, primary_key=True),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        schema=SCHEMA,
    )
    op.create_index(
        "log_keys_signing",
        "log_keys",
        [sa.text("(true)")],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("retired_at IS NULL"),
    )


def downgrade():
    for table in ("log_keys", "log_heads", "log_tiles", "log_entries", "log_queue"):
        op.drop_table(table, schema=SCHEMA)
