"""The tables of reputation, beside those of the chassis."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
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
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.tables import ChassisTables

metadata = MetaData(schema="reputation")
chassis = ChassisTables(metadata)

NOW = text("clock_timestamp()")
# The marks that reviews give, in whatever phase.
MARKS = ("quality", "punctuality", "communication", "value", "qualification", "attendance", "progress")

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
    # An organiser and a supervisor speak of no commitment, a supervisor of the node for no community.
    Column("commitment_id", Uuid),
    Column("campaign_id", Uuid, nullable=False),
    Column("supplier_id", Uuid, nullable=False),
    Column("community_id", Uuid),
    Column("member_id", Uuid),
    Column("phase", Text, nullable=False, server_default="after"),
    Column("author", Text, nullable=False, server_default="participant"),
    *(Column(mark, SmallInteger) for mark in MARKS),
    Column("twelfths", SmallInteger, nullable=False),
    Column("again", Boolean),
    # What everybody reads; the original is kept where parts of it are hidden.
    Column("text", Text, nullable=False),
    Column("original", Text),
    Column("masks", JSONB, nullable=False, server_default=text("'[]'")),
    Column("answer", JSONB(none_as_null=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    *(CheckConstraint(f"{mark} BETWEEN 1 AND 5", name=f"reviews_{mark}") for mark in MARKS),
    CheckConstraint("phase IN ('before', 'during', 'after')", name="reviews_phase"),
    CheckConstraint("author IN ('participant', 'organiser', 'quality_supervisor')", name="reviews_author"),
    CheckConstraint("(author = 'participant') = (commitment_id IS NOT NULL)", name="reviews_of_a_commitment"),
    # One of each phase: a participant of its commitment, the others of the campaign.
    Index(
        "reviews_one_per_commitment",
        "commitment_id",
        "phase",
        unique=True,
        postgresql_where=text("author = 'participant'"),
    ),
    Index(
        "reviews_one_per_author",
        "campaign_id",
        "phase",
        "author",
        "community_id",
        unique=True,
        postgresql_where=text("author <> 'participant'"),
        postgresql_nulls_not_distinct=True,
    ),
    Index("reviews_supplier", "supplier_id", "review_id"),
    Index("reviews_community", "community_id", "review_id"),
)

# How far a campaign has come whose group is formed, and who takes part: who may review it before and during it.
engagements = Table(
    "engagements",
    metadata,
    Column("campaign_id", Uuid, primary_key=True),
    Column("supplier_id", Uuid),
    Column("community_ids", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("begun_at", DateTime(timezone=True)),
    Column("delivered_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
)

engaged = Table(
    "engaged",
    metadata,
    Column("commitment_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Index("engaged_campaign", "campaign_id"),
)

# Words that a community does not want to read, beside those that nobody wants to.
abuse_words = Table(
    "abuse_words",
    metadata,
    Column("community_id", Uuid, primary_key=True),
    Column("words", ARRAY(Text), nullable=False),
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
