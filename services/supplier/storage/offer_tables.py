"""The tables of the versions of offers."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Table, Uuid
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
