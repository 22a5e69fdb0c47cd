"""The tables of receipts: what is known of orders, what was signed, what of it counts, and under which weights."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.reputation.storage.tables import metadata

# One row: who this node is, and the secret of its pseudonyms.
issuers = Table(
    "issuers",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("node_id", Uuid, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("single", name="issuers_one"),
)

receipt_keys = Table(
    "receipt_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("private", LargeBinary, nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True)),
    Index(
        "receipt_keys_signing", text("(retired_at IS NULL)"), unique=True, postgresql_where=text("retired_at IS NULL")
    ),
)

orders = Table(
    "orders",
    metadata,
    Column("commitment_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("supplier_id", Uuid),
    Column("category", Text),
    Column("delivered_at", DateTime(timezone=True)),
    Column("attended", Boolean),
    Column("sessions", Integer),
    Column("sessions_held", Integer),
    Column("settled_at", DateTime(timezone=True)),
    Column("released_bp", Integer),
    Column("refunded_bp", Integer),
    Column("disputes", JSONB, nullable=False, server_default="[]"),
)

# Whatever was signed stays; ``commitment_id`` is how the node finds it again, and is in no answer.
signed_receipts = Table(
    "signed_receipts",
    metadata,
    Column("receipt_id", Uuid, primary_key=True),
    Column("commitment_id", Uuid),
    Column("supplier_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("superseded_by", Uuid),
    UniqueConstraint("commitment_id", "seq", name="signed_receipts_one_after_another"),
    Index("signed_receipts_supplier", "supplier_id", "receipt_id"),
)

# What the current, settled receipts say: what scores are derived from.
evidence = Table(
    "evidence",
    metadata,
    Column("issuer", Uuid, primary_key=True),
    Column("order", Text, primary_key=True),
    Column("receipt_id", Uuid, nullable=False),
    Column("supplier_id", Uuid, nullable=False),
    Column("category", Text),
    Column("community", Text, nullable=False),
    Column("rater", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("quality", SmallInteger),
    Column("punctuality", SmallInteger),
    Column("communication", SmallInteger),
    Column("value", SmallInteger),
    Column("returned_bp", Integer, nullable=False),
    Column("disputed", Boolean, nullable=False),
    Index("evidence_supplier", "supplier_id"),
    Index("evidence_category", "category"),
)

# Who speaks of a supplier as part of a ring, as it was found last.
ring_voices = Table(
    "ring_voices",
    metadata,
    Column("supplier_id", Uuid, primary_key=True),
    Column("rater", Text, primary_key=True),
    Column("category", Text, nullable=False),
    Column("ring", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("shift", Double, nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("kind IN ('ring', 'chorus')", name="ring_voices_kind"),
    Index("ring_voices_category", "category"),
)

reputation_weights = Table(
    "reputation_weights",
    metadata,
    Column("community_id", Uuid, primary_key=True),
    Column("weights", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
)
