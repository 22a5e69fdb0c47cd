"""The tables of reputation, beside those of the chassis."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from services.chassis.tables import ChassisTables

metadata = MetaData(schema="reputation")
chassis = ChassisTables(metadata)

NOW = text("clock_timestamp()")

# ``payment`` and ``seen_version`` are of an earlier release, which also heard of payments; the next one drops them, and
# makes what every delivery says NOT NULL.
receipts = Table(
    "receipts",
    metadata,
    Column("commitment_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("payment", Text, nullable=False, server_default="paid"),
    Column("seen_version", BigInteger, nullable=False, server_default="0"),
    Column("supplier_id", Uuid),
    Column("delivered_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    CheckConstraint("payment IN ('paid', 'cancelled')", name="receipts_payment"),
    Index("receipts_supplier", "supplier_id", postgresql_where=text("supplier_id IS NOT NULL")),
)

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", Uuid, primary_key=True),
    Column("commitment_id", Uuid, nullable=False),
    Column("campaign_id", Uuid, nullable=False),
    Column("supplier_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("quality", SmallInteger, nullable=False),
    Column("punctuality", SmallInteger),
    Column("communication", SmallInteger),
    Column("value", SmallInteger),
    Column("twelfths", SmallInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("commitment_id", name="reviews_one_per_commitment"),
    CheckConstraint("quality BETWEEN 1 AND 5", name="reviews_quality"),
    CheckConstraint("punctuality BETWEEN 1 AND 5", name="reviews_punctuality"),
    CheckConstraint("communication BETWEEN 1 AND 5", name="reviews_communication"),
    CheckConstraint("value BETWEEN 1 AND 5", name="reviews_value"),
    Index("reviews_supplier", "supplier_id", "review_id"),
    Index("reviews_community", "community_id", "review_id"),
)

# The score that was last told to others. Its row is the lock under which the score is derived anew.
scores = Table(
    "scores",
    metadata,
    Column("supplier_id", Uuid, primary_key=True),
    Column("score", Double),
    Column("reviews", Integer),
    Column("low", Double),
    Column("high", Double),
    Column("orders", Integer),
    Column("communities", Integer),
)

# A copy of who may see a supplier.
suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", Uuid, primary_key=True),
    Column("community_id", Uuid, nullable=False),
    Column("sharing", Text, nullable=False),
    Column("shared_with", ARRAY(Uuid), nullable=False),
    Column("seen_version", BigInteger, nullable=False),
    CheckConstraint("sharing IN ('none', 'named', 'all')", name="suppliers_sharing"),
)
