"""The tables of tenders and of how pools get their supplier. References are by name."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.supplier.storage.columns import identity, metadata, moment

PROCEDURES = "procedure IN ('direct', 'tender', 'round')"

# How a community gets suppliers for its pools; the empty category is that of all others.
procedures = Table(
    "procedures",
    metadata,
    identity("community_id", primary_key=True),
    Column("category", Text, primary_key=True),
    Column("procedure", Text, nullable=False),
    Column("rules", JSONB, nullable=False),
    CheckConstraint(PROCEDURES, name="procedures_procedure"),
)

# What a community has chosen for one pool, known here or not yet.
pool_procedures = Table(
    "pool_procedures",
    metadata,
    identity("pool_id", primary_key=True),
    identity("community_id", primary_key=True),
    Column("procedure", Text, nullable=False),
    CheckConstraint(PROCEDURES, name="pool_procedures_procedure"),
)

tenders = Table(
    "tenders",
    metadata,
    identity("tender_id", primary_key=True),
    identity("pool_id"),
    Column("category", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("community_ids", ARRAY(Uuid), nullable=False),
    Column("supplier_ids", ARRAY(Uuid), nullable=False),
    moment("deadline"),
    moment("decide_by"),
    # The pool and the rules as they were when suppliers were asked.
    Column("pool", JSONB, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("ranking", JSONB(none_as_null=True)),
    identity("chosen_bid_id", nullable=True),
    Column("overruled_because", Text),
    Column("reasons", JSONB(none_as_null=True)),
    Column("version", BigInteger, nullable=False),
    moment("created_at"),
    CheckConstraint("state IN ('bidding', 'deciding', 'agreed', 'failed', 'cancelled')", name="tenders_state"),
    CheckConstraint("(state = 'agreed') = (chosen_bid_id IS NOT NULL)", name="tenders_chosen"),
    # One at a time for each pool.
    Index("tenders_live", "pool_id", unique=True, postgresql_where=text("state IN ('bidding', 'deciding')")),
    Index("tenders_pool", "pool_id"),
    Index("tenders_community_ids", "community_ids", postgresql_using="gin"),
    Index("tenders_supplier_ids", "supplier_ids", postgresql_using="gin"),
)

# What sealed bids are locked with. It is read when bids are sealed or opened, and by no view.
tender_keys = Table(
    "tender_keys",
    metadata,
    identity("tender_id", ForeignKey("supplier.tenders.tender_id"), primary_key=True),
    Column("key", LargeBinary, nullable=False),
)

bids = Table(
    "bids",
    metadata,
    identity("bid_id", primary_key=True),
    identity("tender_id", ForeignKey("supplier.tenders.tender_id")),
    identity("supplier_id", ForeignKey("supplier.suppliers.supplier_id")),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("commitment", Text, nullable=False),
    moment("sealed_at"),
    Column("sealed", LargeBinary),
    Column("proposal", JSONB(none_as_null=True)),
    Column("nonce", Text),
    CheckConstraint("state IN ('sealed', 'withdrawn', 'open')", name="bids_state"),
    # Nothing can be read of a bid that is not open.
    CheckConstraint("(state = 'open') = (proposal IS NOT NULL)", name="bids_sealed_until_opened"),
    CheckConstraint("(state = 'open') = (nonce IS NOT NULL)", name="bids_nonce_until_opened"),
    UniqueConstraint("tender_id", "supplier_id", name="bids_one_per_supplier"),
)

negotiations = Table(
    "negotiations",
    metadata,
    identity("negotiation_id", primary_key=True),
    identity("tender_id", ForeignKey("supplier.tenders.tender_id")),
    identity("bid_id", ForeignKey("supplier.bids.bid_id"), unique=True),
    identity("supplier_id", ForeignKey("supplier.suppliers.supplier_id")),
    Column("state", Text, nullable=False),
    Column("most", Integer, nullable=False),
    Column("offers", JSONB, nullable=False),
    Column("because", Text),
    Column("left_because", Text),
    Column("version", BigInteger, nullable=False),
    moment("created_at"),
    CheckConstraint(
        "state IN ('supplier', 'community', 'idle', 'accepted', 'left', 'closed')", name="negotiations_state"
    ),
    Index("negotiations_tender", "tender_id"),
)

# Rows are added and never changed.
agreements = Table(
    "agreements",
    metadata,
    identity("agreement_id", primary_key=True),
    identity("tender_id", ForeignKey("supplier.tenders.tender_id"), unique=True),
    identity("match_id", ForeignKey("supplier.matches.match_id"), unique=True),
    identity("supplier_id", ForeignKey("supplier.suppliers.supplier_id")),
    Column("community_ids", ARRAY(Uuid), nullable=False),
    Column("document", JSONB, nullable=False),
    Column("hash", Text, nullable=False),
    moment("created_at"),
    CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="agreements_hash"),
)
