"""The table of grants. References are by name."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.supplier.storage.tables import metadata

grants = Table(
    "grants",
    metadata,
    Column("grant_id", Uuid, primary_key=True),
    Column("supplier_id", Uuid, ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
    Column("granter_id", Uuid, nullable=False),
    # Null: to all communities of the node.
    Column("receiver_id", Uuid),
    Column("permissions", ARRAY(Text), nullable=False),
    Column("contact", Text, nullable=False),
    Column("prices", JSONB(none_as_null=True)),
    Column("ends_at", DateTime(timezone=True)),
    Column("reason", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_by", Text),
    Column("ended_because", Text),
    CheckConstraint("contact IN ('never', 'when_confirmed', 'always')", name="grants_contact"),
    CheckConstraint("permissions <@ ARRAY['see', 'use', 'edit', 'share_on']", name="grants_permissions"),
    CheckConstraint("permissions @> ARRAY['see']", name="grants_see"),
    CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="grants_end"),
    # One at a time from one to another; what is given anew takes the place of what was given before.
    Index(
        "grants_one_live",
        "supplier_id",
        "granter_id",
        "receiver_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    ),
    Index("grants_receiver", "receiver_id", "supplier_id", postgresql_where=text("ended_at IS NULL")),
    Index("grants_granter", "granter_id"),
)
