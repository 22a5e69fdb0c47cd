"""The tables of what others are told of pools, and of the key by which persons are recognised."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.demand.storage.tables import metadata, pools


def _moment(name: str) -> Column:
    return Column(name, DateTime(timezone=True), nullable=False)


# What others were told of each pool last; ``counted`` holds signals of all its communities and never leaves demand.
releases = Table(
    "releases",
    metadata,
    Column("pool_id", UUID, ForeignKey(pools.c.pool_id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("told_at", DateTime(timezone=True)),
    Column("exact", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("counted", JSONB, nullable=False),
    Column("consents", JSONB, nullable=False),
    Column("shape", JSONB(none_as_null=True)),
)

# The key of the hashes by which persons are recognised.
person_keys = Table(
    "person_keys",
    metadata,
    Column("secret", LargeBinary, primary_key=True),
    _moment("created_at"),
)

# All that was told of each pool: what is told of another one with the same signals must not differ by a few.
tellings = Table(
    "tellings",
    metadata,
    Column("pool_id", UUID, ForeignKey(pools.c.pool_id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("category", Text, nullable=False),
    _moment("told_at"),
    Column("exact", Boolean, nullable=False),
    Column("counted", JSONB, nullable=False),
    Column("shape", JSONB(none_as_null=True)),
)
