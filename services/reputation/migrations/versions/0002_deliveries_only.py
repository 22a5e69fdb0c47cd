"""Know of deliveries only: what was paid for and not delivered is no receipt any more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
SCHEMA = "reputation"


def upgrade():
    # Defaults, because the columns are written no longer; they are dropped in the next release.
    op.alter_column("receipts", "payment", server_default="paid", schema=SCHEMA)
    op.alter_column("receipts", "seen_version", server_default="0", schema=SCHEMA)
    op.execute(sa.text(f"DELETE FROM {SCHEMA}.receipts WHERE delivered_at IS NULL"))


def downgrade():
    op.alter_column("receipts", "seen_version", server_default=None, schema=SCHEMA)
    op.alter_column("receipts", "payment", server_default=None, schema=SCHEMA)
