"""Create the chassis tables, receipts, reviews, scores and suppliers."""

import sqlalchemy as sa
from alembic import op

from services.chassis.migrations import create_chassis_tables_v1

revision = "0001"
down_revision = None
SCHEMA = "reputation"


def upgrade():
    create_chassis_tables_v1(op, SCHEMA)
    _create_receipts()
    _create_reviews()
    op.create_table(
        "scores",
        sa.Column("supplier_id", sa.Uuid, primary_key=True),
        sa.Column("score", sa.Double),
        sa.Column("reviews", sa.Integer),
        sa.Column("low", sa.Double),
        sa.Column("high", sa.Double),
        schema=SCHEMA,
    )
    op.create_table(
        "suppliers",
        sa.Column("supplier_id", sa.Uuid, primary_key=True),
        sa.Column("community_id", sa.Uuid, nullable=False),
        sa.Column("sharing", sa.Text, nullable=False),
        sa.Column("shared_with", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("seen_version", sa.BigInteger, nullable=False),
        sa.CheckConstraint("sharing IN ('none', 'named', 'all')", name="suppliers_sharing"),
        schema=SCHEMA,
    )


def _create_receipts():
    now = sa.text("clock_timestamp()")
    op.create_table(
        "receipts",
        sa.Column("commitment_id", sa.Uuid, primary_key=True),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("community_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("payment", sa.Text, nullable=False),
        sa.Column("seen_version", sa.BigInteger, nullable=False),
        sa.Column("supplier_id", sa.Uuid),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.CheckConstraint("payment IN ('paid', 'cancelled')", name="receipts_payment"),
        schema=SCHEMA,
    )
    op.create_index(
        "receipts_supplier",
        "receipts",
        ["supplier_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("supplier_id IS NOT NULL"),
    )


def _create_reviews():
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Uuid, primary_key=True),
        sa.Column("commitment_id", sa.Uuid, nullable=False),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.Column("community_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("quality", sa.SmallInteger, nullable=False),
        sa.Column("punctuality", sa.SmallInteger),
        sa.Column("communication", sa.SmallInteger),
        sa.Column("value", sa.SmallInteger),
        sa.Column("twelfths", sa.SmallInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("commitment_id", name="reviews_one_per_commitment"),
        sa.CheckConstraint("quality BETWEEN 1 AND 5", name="reviews_quality"),
        sa.CheckConstraint("punctuality BETWEEN 1 AND 5", name="reviews_punctuality"),
        sa.CheckConstraint("communication BETWEEN 1 AND 5", name="reviews_communication"),
        sa.CheckConstraint("value BETWEEN 1 AND 5", name="reviews_value"),
        schema=SCHEMA,
    )
    op.create_index("reviews_supplier", "reviews", ["supplier_id", "review_id"], schema=SCHEMA)
    op.create_index("reviews_community", "reviews", ["community_id", "review_id"], schema=SCHEMA)
