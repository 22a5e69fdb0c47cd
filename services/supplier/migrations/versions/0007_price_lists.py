"""Price lists: previews and what they changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SCHEMA = "supplier"
SUPPLIER = f"{SCHEMA}.suppliers.supplier_id"


def upgrade():
    op.create_table(
        "price_lists",
        sa.Column("list_id", sa.Uuid, primary_key=True),
        sa.Column("supplier_id", sa.Uuid, sa.ForeignKey(SUPPLIER), nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("ignored_columns", ARRAY(sa.Text), nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('previewed', 'committed', 'discarded')", name="price_lists_state"),
        schema=SCHEMA,
    )
    op.create_index("price_lists_supplier", "price_lists", ["supplier_id", "list_id"], schema=SCHEMA)
    op.create_table(
        "offer_numbers",
        sa.Column("supplier_id", sa.Uuid, sa.ForeignKey(SUPPLIER), primary_key=True),
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("offer_id", sa.Uuid, sa.ForeignKey(f"{SCHEMA}.offers.offer_id"), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("offer_numbers_offer", "offer_numbers", ["offer_id"], unique=True, schema=SCHEMA)


def downgrade():
    op.drop_table("offer_numbers", schema=SCHEMA)
    op.drop_table("price_lists", schema=SCHEMA)
