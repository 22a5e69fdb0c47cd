"""Tenders, bids, negotiations and agreements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEMA = "supplier"
PROCEDURES = "procedure IN ('direct', 'tender', 'round')"


def upgrade():
    create_procedures()


def create_procedures():
    op.add_column("pools", sa.Column("procedure", sa.Text, nullable=False, server_default="direct"), schema=SCHEMA)
    op.create_check_constraint("pools_procedure", "pools", PROCEDURES, schema=SCHEMA)
    op.create_table(
        "procedures",
        sa.Column("community_id", sa.Uuid, primary_key=True),
        sa.Column("category", sa.Text, primary_key=True),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("rules", JSONB, nullable=False),
        sa.CheckConstraint(PROCEDURES, name="procedures_procedure"),
        schema=SCHEMA,
    )
    op.create_table(
        "pool_procedures",
        sa.Column("pool_id", sa.Uuid, primary_key=True),
        sa.Column("community_id", sa.Uuid, primary_key=True),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.CheckConstraint(PROCEDURES, name="pool_procedures_procedure"),
        schema=SCHEMA,
    )


def downgrade():
    raise NotImplementedError("what was agreed has no place in the version before")
