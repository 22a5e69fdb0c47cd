"""Papers of suppliers that ran out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "missing_papers",
        sa.Column("campaign_id", sa.Uuid, sa.ForeignKey("campaign.campaigns.campaign_id"), primary_key=True),
        sa.Column("offer_id", sa.Uuid, primary_key=True),
        sa.Column("kinds", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("news", sa.BigInteger, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        schema="campaign",
    )


def downgrade():
    op.drop_table("missing_papers", schema="campaign")
