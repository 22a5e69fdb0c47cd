"""Whom a community wanted to ask to join, and what the fatigue guard said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SCHEMA = "campaign"


def upgrade():
    op.create_table(
        "invitations",
        sa.Column("invitation_id", sa.Uuid, primary_key=True),
        sa.Column("round_id", sa.Uuid, nullable=False),
        sa.Column("campaign_id", sa.Uuid, sa.ForeignKey(f"{SCHEMA}.campaigns.campaign_id"), nullable=False),
        sa.Column("community_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("why", JSONB),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True)),
        sa.Column("declined_at", sa.DateTime(timezone=True)),
        sa.Column("told", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.CheckConstraint("state IN ('asking', 'invited', 'held_back', 'declined')", name="invitations_state"),
        sa.UniqueConstraint("campaign_id", "member_id", name="invitations_once"),
        schema=SCHEMA,
    )
    for name, columns, where in (
        ("invitations_round", ["round_id"], None),
        ("invitations_member", ["member_id", "invitation_id"], None),
        ("invitations_untold", ["community_id"], "invited_at IS NOT NULL AND NOT told"),
    ):
        options = {} if where is None else {"postgresql_where": sa.text(where)}
        op.create_index(name, "invitations", columns, schema=SCHEMA, **options)


def downgrade():
    op.drop_table("invitations", schema=SCHEMA)
