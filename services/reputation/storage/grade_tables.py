"""The tables of grades: how a supplier stands, how it came to that, what was delivered, the policy, appeals."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.reputation.storage.tables import metadata

_GRADES = "('a', 'b', 'probation', 'c', 'suspended', 'removed')"


def _moment(name: str, *, nullable: bool = False) -> Column:
    return Column(name, DateTime(timezone=True), nullable=nullable)


# Its row is the lock under which a grade is decided anew.
grades = Table(
    "grades",
    metadata,
    Column("supplier_id", Uuid, primary_key=True),
    Column("grade", Text, nullable=False),
    _moment("since"),
    Column("before", Text),
    _moment("held_until", nullable=True),
    Column("suspensions", Integer, nullable=False, server_default=text("0")),
    Column("seen_standing", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint(f"grade IN {_GRADES}", name="grades_grade"),
)

grade_changes = Table(
    "grade_changes",
    metadata,
    Column("change_id", Uuid, primary_key=True),
    Column("supplier_id", Uuid, nullable=False),
    Column("grade", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("reason", JSONB, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("score", Double),
    Column("low", Double),
    Column("reviews", Integer, nullable=False),
    _moment("at"),
    Index("grade_changes_supplier", "supplier_id", "change_id"),
)

# A campaign of a supplier that is over; ``counted`` where it has brought the supplier down, or was forgiven.
grade_deliveries = Table(
    "grade_deliveries",
    metadata,
    Column("campaign_id", Uuid, primary_key=True),
    Column("supplier_id", Uuid, primary_key=True),
    _moment("at"),
    Column("commitments", Integer, nullable=False, server_default=text("0")),
    Column("disputes_lost", Integer, nullable=False, server_default=text("0")),
    Column("withdrew", Boolean, nullable=False, server_default=text("false")),
    Column("counted", Boolean, nullable=False, server_default=text("false")),
    Index("grade_deliveries_supplier", "supplier_id", "at"),
)

grade_policies = Table(
    "grade_policies",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("policy", JSONB, nullable=False),
    _moment("set_at"),
)

grade_appeals = Table(
    "grade_appeals",
    metadata,
    Column("appeal_id", Uuid, primary_key=True),
    Column("supplier_id", Uuid, nullable=False),
    Column("change_id", Uuid, ForeignKey(grade_changes.c.change_id), nullable=False, unique=True),
    Column("grade", Text, nullable=False),
    Column("text", Text, nullable=False),
    _moment("filed_at"),
    _moment("answer_by"),
    Column("state", Text, nullable=False),
    Column("corrected", Text),
    Column("reason", Text),
    _moment("decided_at", nullable=True),
    CheckConstraint("state IN ('open', 'overdue', 'upheld', 'overturned')", name="grade_appeals_state"),
    CheckConstraint("(state = 'overturned') = (corrected IS NOT NULL)", name="grade_appeals_corrected"),
    CheckConstraint("(state IN ('open', 'overdue')) = (decided_at IS NULL)", name="grade_appeals_decided"),
    Index("grade_appeals_supplier", "supplier_id", "appeal_id"),
)
