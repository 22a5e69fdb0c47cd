"""Signed receipts and the evidence of a score."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
SCHEMA = "reputation"


def upgrade():
    _create_issuers()
    _create_receipt_keys()
    _create_orders()
    _create_signed_receipts()
    _create_evidence()
    _create_ring_voices()
    _create_reputation_weights()
    # What an older release told counted reviews only.
    for name in ("orders", "communities"):
        op.add_column("scores", sa.Column(name, sa.Integer), schema=SCHEMA)
    op.execute(f"UPDATE {SCHEMA}.scores SET orders = reviews, communities = 1 WHERE score IS NOT NULL")


def downgrade():
    for name in ("communities", "orders"):
        op.drop_column("scores", name, schema=SCHEMA)
    op.drop_table("reputation_weights", schema=SCHEMA)
    op.drop_table("ring_voices", schema=SCHEMA)
    op.drop_table("evidence", schema=SCHEMA)
    op.drop_table("signed_receipts", schema=SCHEMA)
    op.drop_table("orders", schema=SCHEMA)
    op.drop_table("receipt_keys", schema=SCHEMA)
    op.drop_table("issuers", schema=SCHEMA)


def _create_issuers():
    op.create_table(
        "issuers",
        sa.Column("single", sa.Boolean, primary_key=True, server_default=sa.text("true")),
        sa.Column("node_id", sa.Uuid, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("single", name="issuers_one"),
        schema=SCHEMA,
    )


def _create_receipt_keys():
    op.create_table(
        "receipt_keys",
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.Column("public", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        schema=SCHEMA,
    )
    op.create_index(
        "receipt_keys_signing",
        "receipt_keys",
        [sa.text("(retired_at IS NULL)")],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("retired_at IS NULL"),
    )


def _create_orders():
    op.create_table(
        "orders",
        sa.Column("commitment_id", sa.Uuid, primary_key=True),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("community_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("supplier_id", sa.Uuid),
        sa.Column("category", sa.Text),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("attended", sa.Boolean),
        sa.Column("sessions", sa.Integer),
        sa.Column("sessions_held", sa.Integer),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("released_bp", sa.Integer),
        sa.Column("refunded_bp", sa.Integer),
        sa.Column("disputes", JSONB, nullable=False, server_default="[]"),
        schema=SCHEMA,
    )


def _create_signed_receipts():
    op.create_table(
        "signed_receipts",
        sa.Column("receipt_id", sa.Uuid, primary_key=True),
        sa.Column("commitment_id", sa.Uuid),
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_by", sa.Uuid),
        sa.UniqueConstraint("commitment_id", "seq", name="signed_receipts_one_after_another"),
        schema=SCHEMA,
    )
    op.create_index("signed_receipts_supplier", "signed_receipts", ["supplier_id", "receipt_id"], schema=SCHEMA)


def _create_evidence():
    op.create_table(
        "evidence",
        sa.Column("issuer", sa.Uuid, primary_key=True),
        sa.Column("order", sa.Text, primary_key=True),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.Column("category", sa.Text),
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("rater", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("quality", sa.SmallInteger),
        sa.Column("punctuality", sa.SmallInteger),
        sa.Column("communication", sa.SmallInteger),
        sa.Column("value", sa.SmallInteger),
        sa.Column("returned_bp", sa.Integer, nullable=False),
        sa.Column("disputed", sa.Boolean, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("evidence_supplier", "evidence", ["supplier_id"], schema=SCHEMA)
    op.create_index("evidence_category", "evidence", ["category"], schema=SCHEMA)


def _create_ring_voices():
    op.create_table(
        "ring_voices",
        sa.Column("supplier_id", sa.Uuid, primary_key=True),
        sa.Column("rater", sa.Text, primary_key=True),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("ring", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("shift", sa.Double, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('ring', 'chorus')", name="ring_voices_kind"),
        schema=SCHEMA,
    )
    op.create_index("ring_voices_category", "ring_voices", ["category"], schema=SCHEMA)


def _create_reputation_weights():
    op.create_table(
        "reputation_weights",
        sa.Column("community_id", sa.Uuid, primary_key=True),
        sa.Column("weights", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
