"""The tables of the delivery: sessions, check-ins and what organisers correct of them, and the keys that sign codes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from services.campaign.storage.tables import campaigns, commitments, metadata


def _moment(name: str, *, nullable: bool = False) -> Column:
    return Column(name, DateTime(timezone=True), nullable=nullable)


sessions = Table(
    "sessions",
    metadata,
    Column("campaign_id", Uuid, ForeignKey(campaigns.c.campaign_id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _moment("starts_at"),
    _moment("ends_at"),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    _moment("decided_at", nullable=True),
    CheckConstraint("number > 0 AND ends_at > starts_at", name="sessions_have_a_place"),
    CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="sessions_state"),
    CheckConstraint("(state = 'cancelled') = (reason IS NOT NULL)", name="sessions_cancelled_for_a_reason"),
    CheckConstraint("(state = 'planned') = (decided_at IS NULL)", name="sessions_decided_once"),
)

# A check-in counts once for a commitment and session: the key says so, whatever the order of uploads.
check_ins = Table(
    "check_ins",
    metadata,
    Column("commitment_id", Uuid, ForeignKey(commitments.c.commitment_id), primary_key=True),
    Column("session", Integer, primary_key=True, autoincrement=False),
    Column("campaign_id", Uuid, nullable=False),
    Column("seats", Integer, nullable=False),
    _moment("scanned_at"),
    _moment("counted_at"),
    ForeignKeyConstraint(
        ["campaign_id", "session"], [sessions.c.campaign_id, sessions.c.number], name="check_ins_session"
    ),
    CheckConstraint("seats > 0", name="check_ins_of_somebody"),
    Index("check_ins_campaign", "campaign_id", "session"),
)

# Nothing is changed here: a correction of a correction is another row, and the last one counts.
corrections = Table(
    "attendance_corrections",
    metadata,
    Column("correction_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, nullable=False),
    Column("commitment_id", Uuid, ForeignKey(commitments.c.commitment_id), nullable=False),
    Column("session", Integer, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by_role", Text, nullable=False),
    Column("by_member_id", Uuid),
    _moment("made_at"),
    ForeignKeyConstraint(
        ["campaign_id", "session"], [sessions.c.campaign_id, sessions.c.number], name="attendance_corrections_session"
    ),
    Index("attendance_corrections_campaign", "campaign_id", "correction_id"),
)

# What the delivery came to for each commitment that was served.
accounts = Table(
    "deliveries",
    metadata,
    Column("commitment_id", Uuid, ForeignKey(commitments.c.commitment_id), primary_key=True),
    Column("campaign_id", Uuid, nullable=False),
    Column("attended", Boolean, nullable=False),
    Column("currency", Text, nullable=False),
    Column("undelivered_minor", BigInteger, nullable=False),
    Column("no_show_minor", BigInteger, nullable=False),
    CheckConstraint("undelivered_minor >= 0 AND no_show_minor >= 0", name="deliveries_money_not_negative"),
    Index("deliveries_campaign", "campaign_id"),
)

# The private part is for the role of this service only, as the whole schema is.
signing_keys = Table(
    "signing_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("private", LargeBinary, nullable=False),
    Column("public", LargeBinary, nullable=False),
    _moment("created_at"),
    _moment("retired_at", nullable=True),
    # One key signs at a time.
    Index(
        "signing_keys_signing", text("(retired_at IS NULL)"), unique=True, postgresql_where=text("retired_at IS NULL")
    ),
)
