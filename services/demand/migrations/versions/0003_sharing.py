"""Consent by rules with deadlines, what others were told of pools, and persons that are recognised."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "demand"
NO = sa.text("false")


def upgrade():
    for column in (
        sa.Column("merge_rules", JSONB, nullable=False, server_default="[]"),
        sa.Column("consent_hours", sa.Double),
        sa.Column("silence", sa.Text, nullable=False, server_default="refused"),
        sa.Column("recognise", sa.Boolean, nullable=False, server_default=NO),
    ):
        op.add_column("communities", column, schema=SCHEMA)
    for column in (
        sa.Column("consent_by", sa.DateTime(timezone=True)),
        sa.Column("agreed", ARRAY(UUID), nullable=False, server_default="{}"),
        sa.Column("silent", sa.Boolean, nullable=False, server_default=NO),
    ):
        op.add_column("pool_communities", column, schema=SCHEMA)
    asked = sa.text("consent = 'asked'")
    columns = ["community_id", "pool_id"]
    op.create_index("pool_communities_asked", "pool_communities", columns, schema=SCHEMA, postgresql_where=asked)
    create_releases()
    recognise_persons()


def recognise_persons():
    op.add_column("members", sa.Column("person", sa.Text), schema=SCHEMA)
    op.add_column("pools", sa.Column("twice", sa.Integer, nullable=False, server_default="0"), schema=SCHEMA)
    op.create_table(
        "person_keys",
        sa.Column("secret", sa.LargeBinary, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )


def create_releases():
    pool_id = sa.ForeignKey("demand.pools.pool_id", ondelete="CASCADE")
    op.create_table(
        "releases",
        sa.Column("pool_id", UUID, pool_id, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("exact", sa.Boolean, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("counted", JSONB, nullable=False),
        sa.Column("consents", JSONB, nullable=False),
        sa.Column("shape", JSONB),
        schema=SCHEMA,
    )
    op.create_table(
        "tellings",
        sa.Column("pool_id", UUID, sa.ForeignKey("demand.pools.pool_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exact", sa.Boolean, nullable=False),
        sa.Column("counted", JSONB, nullable=False),
        sa.Column("shape", JSONB),
        schema=SCHEMA,
    )
