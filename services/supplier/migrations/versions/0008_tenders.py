"""Tenders, bids, negotiations and agreements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEMA = "supplier"
PROCEDURES = "procedure IN ('direct', 'tender', 'round')"


def _id(name, *args, **options):
    return sa.Column(name, sa.Uuid, *args, **{"nullable": False, **options})


def _moment(name):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def upgrade():
    create_procedures()
    create_tenders()
    create_tender_keys()
    create_bids()
    create_negotiations()
    create_agreements()
    op.add_column("matches", sa.Column("agreement_id", sa.Uuid), schema=SCHEMA)
    op.add_column("matches", sa.Column("agreement_hash", sa.Text), schema=SCHEMA)


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


def create_tenders():
    op.create_table(
        "tenders",
        _id("tender_id", primary_key=True),
        _id("pool_id"),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("community_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("supplier_ids", ARRAY(sa.Uuid), nullable=False),
        _moment("deadline"),
        _moment("decide_by"),
        sa.Column("pool", JSONB, nullable=False),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("ranking", JSONB(none_as_null=True)),
        _id("chosen_bid_id", nullable=True),
        sa.Column("overruled_because", sa.Text),
        sa.Column("reasons", JSONB(none_as_null=True)),
        sa.Column("version", sa.BigInteger, nullable=False),
        _moment("created_at"),
        sa.CheckConstraint("state IN ('bidding', 'deciding', 'agreed', 'failed', 'cancelled')", name="tenders_state"),
        sa.CheckConstraint("(state = 'agreed') = (chosen_bid_id IS NOT NULL)", name="tenders_chosen"),
        schema=SCHEMA,
    )
    op.create_index(
        "tenders_live",
        "tenders",
        ["pool_id"],
        schema=SCHEMA,
        unique=True,
        postgresql_where=sa.text("state IN ('bidding', 'deciding')"),
    )
    op.create_index("tenders_pool", "tenders", ["pool_id"], schema=SCHEMA)
    op.create_index("tenders_community_ids", "tenders", ["community_ids"], schema=SCHEMA, postgresql_using="gin")
    op.create_index("tenders_supplier_ids", "tenders", ["supplier_ids"], schema=SCHEMA, postgresql_using="gin")


def create_tender_keys():
    op.create_table(
        "tender_keys",
        _id("tender_id", sa.ForeignKey("supplier.tenders.tender_id"), primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
        schema=SCHEMA,
    )


def create_bids():
    op.create_table(
        "bids",
        _id("bid_id", primary_key=True),
        _id("tender_id", sa.ForeignKey("supplier.tenders.tender_id")),
        _id("supplier_id", sa.ForeignKey("supplier.suppliers.supplier_id")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("commitment", sa.Text, nullable=False),
        _moment("sealed_at"),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("proposal", JSONB(none_as_null=True)),
        sa.Column("nonce", sa.Text),
        sa.CheckConstraint("state IN ('sealed', 'withdrawn', 'open')", name="bids_state"),
        sa.CheckConstraint("(state = 'open') = (proposal IS NOT NULL)", name="bids_sealed_until_opened"),
        sa.CheckConstraint("(state = 'open') = (nonce IS NOT NULL)", name="bids_nonce_until_opened"),
        sa.UniqueConstraint("tender_id", "supplier_id", name="bids_one_per_supplier"),
        schema=SCHEMA,
    )


def create_negotiations():
    op.create_table(
        "negotiations",
        _id("negotiation_id", primary_key=True),
        _id("tender_id", sa.ForeignKey("supplier.tenders.tender_id")),
        _id("bid_id", sa.ForeignKey("supplier.bids.bid_id"), unique=True),
        _id("supplier_id", sa.ForeignKey("supplier.suppliers.supplier_id")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("offers", JSONB, nullable=False),
        sa.Column("because", sa.Text),
        sa.Column("left_because", sa.Text),
        sa.Column("version", sa.BigInteger, nullable=False),
        _moment("created_at"),
        sa.CheckConstraint(
            "state IN ('supplier', 'community', 'idle', 'accepted', 'left', 'closed')", name="negotiations_state"
        ),
        schema=SCHEMA,
    )
    op.create_index("negotiations_tender", "negotiations", ["tender_id"], schema=SCHEMA)


def create_agreements():
    op.create_table(
        "agreements",
        _id("agreement_id", primary_key=True),
        _id("tender_id", sa.ForeignKey("supplier.tenders.tender_id"), unique=True),
        _id("match_id", sa.ForeignKey("supplier.matches.match_id"), unique=True),
        _id("supplier_id", sa.ForeignKey("supplier.suppliers.supplier_id")),
        sa.Column("community_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        _moment("created_at"),
        sa.CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="agreements_hash"),
        schema=SCHEMA,
    )


def downgrade():
    raise NotImplementedError("what was agreed has no place in the version before")
