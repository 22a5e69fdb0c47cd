"""What a community lets another do with its suppliers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = "supplier"


def upgrade():
    left = sa.Column("left_by", ARRAY(sa.Uuid), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("suppliers", left, schema=SCHEMA)
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.Uuid, primary_key=True),
        sa.Column("supplier_id", sa.Uuid, sa.ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
        sa.Column("granter_id", sa.Uuid, nullable=False),
        sa.Column("receiver_id", sa.Uuid),
        sa.Column("permissions", ARRAY(sa.Text), nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("prices", JSONB),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_because", sa.Text),
        sa.CheckConstraint("contact IN ('never', 'when_confirmed', 'always')", name="grants_contact"),
        sa.CheckConstraint("permissions <@ ARRAY['see', 'use', 'edit', 'share_on']", name="grants_permissions"),
        sa.CheckConstraint("permissions @> ARRAY['see']", name="grants_see"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="grants_end"),
        schema=SCHEMA,
    )
    create_indexes()


def create_indexes():
    is_live = sa.text("ended_at IS NULL")
    op.create_index(
        "grants_one_live",
        "grants",
        ["supplier_id", "granter_id", "receiver_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=is_live,
        postgresql_nulls_not_distinct=True,
    )
    receiver = ["receiver_id", "supplier_id"]
    op.create_index("grants_receiver", "grants", receiver, schema=SCHEMA, postgresql_where=is_live)
    op.create_index("grants_granter", "grants", ["granter_id"], schema=SCHEMA)


def downgrade():
    op.drop_table("grants", schema=SCHEMA)
    op.drop_column("suppliers", "left_by", schema=SCHEMA)
