"""The first tables of the supplier service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.chassis.migrations import create_chassis_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "supplier"


def created_at():
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)


def upgrade():
    create_chassis_tables_v1(op, SCHEMA)
    create_suppliers()
    create_offers()
    create_matches()
    create_copies()


def create_suppliers():
    op.create_table(
        "suppliers",
        sa.Column("supplier_id", sa.Uuid, primary_key=True),
        sa.Column("community_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("contact", sa.Text),
        sa.Column("lat", sa.Float, nullable=False),
        sa.Column("lon", sa.Float, nullable=False),
        sa.Column("sharing_mode", sa.Text, nullable=False),
        sa.Column("shared_with", ARRAY(sa.Uuid), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        created_at(),
        sa.CheckConstraint("sharing_mode IN ('none', 'named', 'all')", name="suppliers_sharing_mode"),
        sa.CheckConstraint("state IN ('active', 'suspended')", name="suppliers_state"),
        schema=SCHEMA,
    )
    op.create_index("suppliers_community_id", "suppliers", ["community_id"], schema=SCHEMA)
    op.create_table(
        "qualifications",
        sa.Column("qualification_id", sa.Uuid, primary_key=True),
        sa.Column("supplier_id", sa.Uuid, sa.ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reviewed_by", sa.Text),
        sa.Column("reason", sa.Text),
        created_at(),
        sa.CheckConstraint("state IN ('submitted', 'approved', 'rejected', 'expired')", name="qualifications_state"),
        schema=SCHEMA,
    )
    op.create_index("qualifications_supplier_id", "qualifications", ["supplier_id"], schema=SCHEMA)


def create_offers():
    op.create_table(
        "offers",
        sa.Column("offer_id", sa.Uuid, primary_key=True),
        sa.Column("supplier_id", sa.Uuid, sa.ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        created_at(),
        sa.CheckConstraint("state IN ('published', 'withdrawn')", name="offers_state"),
        schema=SCHEMA,
    )
    op.create_index("offers_supplier_id", "offers", ["supplier_id"], schema=SCHEMA)
    published = sa.text("state = 'published'")
    op.create_index("offers_published", "offers", ["category"], schema=SCHEMA, postgresql_where=published)
    op.create_table(
        "slots",
        sa.Column("slot_id", sa.Uuid, primary_key=True),
        sa.Column("offer_id", sa.Uuid, sa.ForeignKey("supplier.offers.offer_id"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("held", sa.Integer, nullable=False, server_default="0"),
        sa.Column("confirmed", sa.Integer, nullable=False, server_default="0"),
        sa.CheckConstraint("ends_at > starts_at", name="slots_span"),
        sa.CheckConstraint("held >= 0 AND confirmed >= 0 AND held + confirmed <= capacity", name="slots_capacity"),
        schema=SCHEMA,
    )
    op.create_index("slots_offer_id", "slots", ["offer_id", "starts_at"], schema=SCHEMA)


def create_matches():
    op.create_table(
        "matches",
        sa.Column("match_id", sa.Uuid, primary_key=True),
        sa.Column("pool_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("communities", JSONB, nullable=False),
        sa.Column("community_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("supplier_id", sa.Uuid, sa.ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("offer_id", sa.Uuid, sa.ForeignKey("supplier.offers.offer_id"), nullable=False),
        sa.Column("offer_version", sa.BigInteger, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("slot_id", sa.Uuid, sa.ForeignKey("supplier.slots.slot_id"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("distance_km", sa.Float),
        sa.Column("score", sa.Float),
        sa.Column("score_low", sa.Float),
        sa.Column("campaign_id", sa.Uuid),
        created_at(),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'expired', 'released')", name="matches_state"),
        sa.CheckConstraint("seats > 0", name="matches_seats"),
        schema=SCHEMA,
    )
    index_matches()


def index_matches():
    op.create_index("matches_pool_id", "matches", ["pool_id"], schema=SCHEMA)
    op.create_index("matches_supplier_id", "matches", ["supplier_id"], schema=SCHEMA)
    op.create_index("matches_community_ids", "matches", ["community_ids"], schema=SCHEMA, postgresql_using="gin")
    op.create_index(
        "matches_one_per_offer",
        "matches",
        ["offer_id", "pool_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("state = 'proposed' AND pool_id IS NOT NULL"),
    )
    waiting = sa.text("state = 'proposed' AND campaign_id IS NULL")
    op.create_index("matches_waiting", "matches", ["offer_id"], schema=SCHEMA, postgresql_where=waiting)


def create_copies():
    op.create_table(
        "pools",
        sa.Column("pool_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("pool", JSONB),
        sa.Column("reasons", JSONB),
        sa.CheckConstraint("state IN ('open', 'matched', 'dissolved')", name="pools_state"),
        schema=SCHEMA,
    )
    is_open = sa.text("state = 'open'")
    op.create_index("pools_open", "pools", ["category"], schema=SCHEMA, postgresql_where=is_open)
    op.create_table("communities", sa.Column("community_id", sa.Uuid, primary_key=True), schema=SCHEMA)
    op.create_table(
        "scores",
        sa.Column("supplier_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("reviews", sa.Integer, nullable=False),
        sa.Column("low", sa.Float, nullable=False),
        sa.Column("high", sa.Float, nullable=False),
        schema=SCHEMA,
    )


def downgrade():
    raise NotImplementedError("the first version has nothing to go back to; drop the schema")
