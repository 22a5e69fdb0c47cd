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
