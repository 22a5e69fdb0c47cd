"""The tables of tenders and of how pools get their supplier. References are by name."""

from sqlalchemy import CheckConstraint, Column, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.supplier.storage.columns import identity, metadata

PROCEDURES = "procedure IN ('direct', 'tender', 'round')"

# How a community gets suppliers for its pools; the empty category is that of all others.
procedures = Table(
    "procedures",
    metadata,
    identity("community_id", primary_key=True),
    Column("category", Text, primary_key=True),
    Column("procedure", Text, nullable=False),
    Column("rules", JSONB, nullable=False),
    CheckConstraint(PROCEDURES, name="procedures_procedure"),
)

# What a community has chosen for one pool, known here or not yet.
pool_procedures = Table(
    "pool_procedures",
    metadata,
    identity("pool_id", primary_key=True),
    identity("community_id", primary_key=True),
    Column("procedure", Text, nullable=False),
    CheckConstraint(PROCEDURES, name="pool_procedures_procedure"),
)
