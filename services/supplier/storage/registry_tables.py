"""The tables of the registry: where suppliers stand and have stood, what communities ask of them, and reminders."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.supplier.storage.tables import metadata, qualifications, suppliers


def _moment(name: str) -> Column:
    return Column(name, DateTime(timezone=True), nullable=False)


registrations = Table(
    "registrations",
    metadata,
    Column("supplier_id", Uuid, ForeignKey(suppliers.c.supplier_id), primary_key=True),
    Column("community_id", Uuid, nullable=False),
    Column("admitted", Boolean, nullable=False),
    Column("reviewing", Boolean, nullable=False),
    Column("hand", Text, nullable=False),
    Column("authority", Integer),
    Column("grade", Text, nullable=False),
    Column("grade_version", BigInteger, nullable=False),
    _moment("since"),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("hand IN ('none', 'suspended', 'removed')", name="registrations_hand"),
    CheckConstraint("grade IN ('probation', 'a', 'b', 'c', 'suspended', 'removed')", name="registrations_grade"),
    CheckConstraint("(hand = 'none') = (authority IS NULL)", name="registrations_authority"),
)

# Lines are only ever added: the key refuses two of one number, so two decisions at once cannot both be the next.
standing_changes = Table(
    "standing_changes",
    metadata,
    Column("supplier_id", Uuid, ForeignKey(suppliers.c.supplier_id), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("before", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("act", Text, nullable=False),
    _moment("at"),
    Column("decided_by", Text),
    Column("why", JSONB, nullable=False),
)

admission_policies = Table(
    "admission_policies",
    metadata,
    Column("community_id", Uuid, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("required_papers", ARRAY(Text), nullable=False),
    Column("remind_days", ARRAY(Integer), nullable=False),
    Column("limits", JSONB, nullable=False),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("mode IN ('open', 'reviewed')", name="admission_policies_mode"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("reminder_id", Uuid, primary_key=True),
    Column("qualification_id", Uuid, ForeignKey(qualifications.c.qualification_id), nullable=False),
    Column("supplier_id", Uuid, ForeignKey(suppliers.c.supplier_id), nullable=False),
    Column("kind", Text, nullable=False),
    _moment("expires_at"),
    Column("days", Integer, nullable=False),
    _moment("told_at"),
    Index("reminders_supplier_id", "supplier_id", "reminder_id"),
    # Once for each number of days, however often a timer fires.
    Index("reminders_once", "qualification_id", "days", unique=True),
)
