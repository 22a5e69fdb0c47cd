"""Tokens, and the tables of the chassis."""

import sqlalchemy as sa
from alembic import op

from services.chassis.migrations import create_chassis_tables_v1

revision = "0001"
down_revision = None


def upgrade():
    create_chassis_tables_v1(op, "gateway")
    op.create_table(
        "tokens",
        sa.Column("token_id", sa.Uuid, primary_key=True),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("community_id", sa.Uuid),
        sa.Column("member_id", sa.Uuid),
        sa.Column("supplier_id", sa.Uuid),
        sa.Column("label", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("secret_hash ~ '^[0-9a-f]{64}$'", name="tokens_secret_is_hashed"),
        schema="gateway",
    )
    op.create_index("tokens_community_id", "tokens", ["community_id", "token_id"], schema="gateway")


def downgrade():
    for table in ("tokens", "dead_letters", "timers", "answers", "inbox", "outbox", "streams"):
        op.drop_table(table, schema="gateway")
