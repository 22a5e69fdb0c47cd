"""Matching rounds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SCHEMA = "supplier"
LIVE = "state IN ('queued', 'solving')"


def upgrade():
    op.create_table(
        "rounds",
        sa.Column("round_id", sa.Uuid, primary_key=True),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("community_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("again", sa.Integer, nullable=False, server_default="0"),
        sa.Column("progress", JSONB, nullable=False),
        sa.Column("figures", JSONB),
        sa.Column("failure", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'solving', 'applied', 'failed')", name="rounds_state"),
        sa.CheckConstraint(f"({LIVE}) = (due_at IS NOT NULL)", name="rounds_due"),
        schema=SCHEMA,
    )
    op.create_index(
        "rounds_due_at", "rounds", ["due_at"], schema=SCHEMA, postgresql_where=sa.text("due_at IS NOT NULL")
    )
    live = sa.text(LIVE)
    op.create_index(
        "rounds_live", "rounds", ["category", "currency"], schema=SCHEMA, unique=True, postgresql_where=live
    )
    op.create_table(
        "round_pools",
        sa.Column("round_id", sa.Uuid, sa.ForeignKey("supplier.rounds.round_id"), primary_key=True),
        sa.Column("pool_id", sa.Uuid, primary_key=True),
        sa.Column("community_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("match_id", sa.Uuid),
        sa.Column("why", JSONB),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("possible", sa.Integer, nullable=False),
        sa.Column("competitors", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'matched', 'unmatched', 'next_round', 'gone')", name="round_pools_outcome"
        ),
        sa.CheckConstraint("(outcome = 'matched') = (match_id IS NOT NULL)", name="round_pools_match"),
        schema=SCHEMA,
    )
    op.create_index(
        "round_pools_community_ids", "round_pools", ["community_ids"], schema=SCHEMA, postgresql_using="gin"
    )
    op.create_index("round_pools_pool_id", "round_pools", ["pool_id"], schema=SCHEMA)


def downgrade():
    op.drop_table("round_pools", schema=SCHEMA)
    op.drop_table("rounds", schema=SCHEMA)
