"""The tables of the schema ``supplier``."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INT8MULTIRANGE, JSONB, ExcludeConstraint

from services.supplier.storage import offer_tables as offer_tables
from services.supplier.storage import tender_tables as tender_tables
from services.supplier.storage.columns import chassis as chassis
from services.supplier.storage.columns import metadata


def _created_at() -> Column:
    return Column("created_at", DateTime(timezone=True), nullable=False)


def _sessions() -> Column:
    # Null in rows of the first version: one session, the whole time.
    return Column("sessions", JSONB(none_as_null=True))


suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", Uuid, primary_key=True),
    Column("community_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("contact", Text),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("sharing_mode", Text, nullable=False),
    Column("shared_with", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    # Communities that nothing reaches any more but a new grant that names them.
    Column("left_by", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    # Both follow from the registration; they are kept here because every reader of suppliers asks for them.
    Column("state", Text, nullable=False),
    Column("standing", Text, nullable=False, server_default="probation"),
    Column("version", BigInteger, nullable=False),
    _created_at(),
    CheckConstraint("sharing_mode IN ('none', 'named', 'all')", name="suppliers_sharing_mode"),
    CheckConstraint("state IN ('active', 'suspended')", name="suppliers_state"),
    CheckConstraint(
        "standing IN ('registered', 'under_review', 'probation', 'grade_a', 'grade_b', 'grade_c', 'suspended', "
        "'removed')",
        name="suppliers_standing",
    ),
    Index("suppliers_community_id", "community_id"),
)

qualifications = Table(
    "qualifications",
    metadata,
    Column("qualification_id", Uuid, primary_key=True),
    Column("supplier_id", Uuid, ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("reviewed_by", Text),
    Column("reason", Text),
    _created_at(),
    Column("document_sha256", Text),
    CheckConstraint(
        "state IN ('submitted', 'approved', 'rejected', 'expired', 'replaced')", name="qualifications_state"
    ),
    CheckConstraint("document_sha256 ~ '^[0-9a-f]{64}$'", name="qualifications_document"),
    Index("qualifications_supplier_id", "supplier_id"),
)

offers = Table(
    "offers",
    metadata,
    Column("offer_id", Uuid, primary_key=True),
    Column("supplier_id", Uuid, ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
    Column("category", Text, nullable=False),
    # The newest terms, a value that is read and copied whole; those before are in offer_versions.
    Column("terms", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    _created_at(),
    Column("paused_for", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    CheckConstraint("state IN ('published', 'paused', 'withdrawn')", name="offers_state"),
    CheckConstraint("(state = 'paused') = (cardinality(paused_for) > 0)", name="offers_paused_for_papers"),
    Column("calendar", JSONB(none_as_null=True)),
    Index("offers_supplier_id", "supplier_id"),
    Index("offers_published", "category", postgresql_where=text("state = 'published'")),
)

slots = Table(
    "slots",
    metadata,
    Column("slot_id", Uuid, primary_key=True),
    Column("offer_id", Uuid, ForeignKey("supplier.offers.offer_id"), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    _sessions(),
    Column("capacity", Integer, nullable=False),
    Column("held", Integer, nullable=False, server_default="0"),
    Column("confirmed", Integer, nullable=False, server_default="0"),
    Column("closed", Boolean, nullable=False, server_default=text("false")),
    Column("book_by", DateTime(timezone=True)),
    Column("resource", BigInteger, ForeignKey("supplier.resources.number")),
    # When the resource is taken, with preparation and travel, in the numbers of occupancy.py.
    Column("occupies", INT8MULTIRANGE),
    Column("from_calendar", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("ends_at > starts_at", name="slots_span"),
    # The last guard against a crew in two places: whatever is booked needs its resource for itself.
    ExcludeConstraint(("occupies", "&&"), where="held + confirmed > 0", using="gist", name="slots_one_place"),
    # The last guard against a seat sold twice; the statement in bookings.py never reaches it.
    CheckConstraint("held >= 0 AND confirmed >= 0 AND held + confirmed <= capacity", name="slots_capacity"),
    Index("slots_offer_id", "offer_id", "starts_at"),
)

matches = Table(
    "matches",
    metadata,
    Column("match_id", Uuid, primary_key=True),
    Column("pool_id", Uuid),
    Column("state", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("communities", JSONB, nullable=False),
    Column("community_ids", ARRAY(Uuid), nullable=False),
    Column("supplier_id", Uuid, ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("offer_id", Uuid, ForeignKey("supplier.offers.offer_id"), nullable=False),
    Column("offer_version", BigInteger, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("slot_id", Uuid, ForeignKey("supplier.slots.slot_id"), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    _sessions(),
    Column("seats", Integer, nullable=False),
    Column("held_until", DateTime(timezone=True), nullable=False),
    Column("distance_km", Float),
    Column("score", Float),
    Column("score_low", Float),
    Column("campaign_id", Uuid),
    # Null also in rows of the first version of which it could not be found out.
    Column("sold", Integer),
    Column("withdrawn_because", Text),
    Column("replaces_match_id", Uuid, ForeignKey("supplier.matches.match_id")),
    Column("for_campaign_id", Uuid),
    Column("supplier_standing", Text),
    # What it rests on where it came out of a tender.
    Column("agreement_id", Uuid),
    Column("agreement_hash", Text),
    _created_at(),
    CheckConstraint("state IN ('proposed', 'confirmed', 'expired', 'released', 'withdrawn')", name="matches_state"),
    CheckConstraint("seats > 0", name="matches_seats"),
    Index("matches_pool_id", "pool_id"),
    Index("matches_supplier_id", "supplier_id"),
    Index("matches_community_ids", "community_ids", postgresql_using="gin"),
    Index("matches_campaign_id", "campaign_id", postgresql_where=text("campaign_id IS NOT NULL")),
    Index("matches_for_campaign_id", "for_campaign_id", postgresql_where=text("for_campaign_id IS NOT NULL")),
    # One proposal of an offer per pool at a time; a replacement is proposed to a campaign.
    Index(
        "matches_one_per_offer",
        "offer_id",
        "pool_id",
        unique=True,
        postgresql_where=text("state = 'proposed' AND pool_id IS NOT NULL AND replaces_match_id IS NULL"),
    ),
    Index("matches_waiting", "offer_id", postgresql_where=text("state = 'proposed' AND campaign_id IS NULL")),
)

# A copy of the pools that demand has called ready. ``open`` ones still look for a supplier.
pools = Table(
    "pools",
    metadata,
    Column("pool_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("pool", JSONB(none_as_null=True)),
    Column("reasons", JSONB(none_as_null=True)),
    # How it gets its supplier: decided when it was heard of first.
    Column("procedure", Text, nullable=False, server_default="direct"),
    CheckConstraint("state IN ('open', 'matched', 'dissolved')", name="pools_state"),
    CheckConstraint("procedure IN ('direct', 'tender', 'round')", name="pools_procedure"),
    Index("pools_open", "category", postgresql_where=text("state = 'open'")),
)

# Campaigns whose supplier withdrew from the match. ``open`` ones still look for another offer.
vacancies = Table(
    "vacancies",
    metadata,
    Column("match_id", Uuid, ForeignKey("supplier.matches.match_id"), primary_key=True),
    Column("campaign_id", Uuid, nullable=False),
    Column("category", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("people", Integer, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("reasons", JSONB(none_as_null=True)),
    CheckConstraint("state IN ('open', 'offered', 'filled', 'closed')", name="vacancies_state"),
    CheckConstraint("people > 0 AND seats >= people", name="vacancies_seats"),
    Index("vacancies_campaign_id", "campaign_id"),
    Index("vacancies_open", "category", postgresql_where=text("state = 'open'")),
)

# A copy of the communities of this node.
communities = Table("communities", metadata, Column("community_id", Uuid, primary_key=True))

# A copy of what reputation says; a score may be known before the supplier of another node is.
scores = Table(
    "scores",
    metadata,
    Column("supplier_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("score", Float, nullable=False),
    Column("reviews", Integer, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
)
