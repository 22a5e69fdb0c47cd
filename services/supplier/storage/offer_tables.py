"""The tables of what offers were and when they can be had: versions, days off, and what slots need."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.supplier.storage.columns import metadata

# The terms of each version that changed them; rows are added and never changed.
offer_versions = Table(
    "offer_versions",
    metadata,
    Column("offer_id", Uuid, ForeignKey("supplier.offers.offer_id"), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("terms", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# The crews and rooms of suppliers; the empty name is the supplier itself. Whoever books locks the row.
resources = Table(
    "resources",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("supplier_id", Uuid, ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("supplier_id", "name", name="resources_name"),
)

# The days on which a supplier works for nobody.
days_off = Table(
    "days_off",
    metadata,
    Column("supplier_id", Uuid, ForeignKey("supplier.suppliers.supplier_id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("zone", Text, nullable=False),
    Column("blackouts", JSONB, nullable=False),
)
