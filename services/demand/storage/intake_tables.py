"""The tables of intakes and of what a community teaches: its categories, its forms, what it confirmed and dropped."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.demand.storage.tables import communities, members, metadata, signals


def _community(**options: bool) -> Column:
    return Column("community_id", UUID, ForeignKey(communities.c.community_id), nullable=False, **options)


def _json(name: str) -> Column:
    return Column(name, JSONB, nullable=False)


intakes = Table(
    "intakes",
    metadata,
    Column("intake_id", UUID, primary_key=True),
    _community(),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("chain_key", Text, nullable=False),
    _json("terms"),
    _json("rows"),
    _json("groups"),
    _json("warnings"),
    # What was pasted, until it is confirmed; longer only where the community says so.
    Column("raw", Text),
    Column("version", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Index("intakes_community", "community_id", "intake_id"),
)

# Who stood in a source when it was last committed, and which signal that became.
intake_entries = Table(
    "intake_entries",
    metadata,
    _community(primary_key=True),
    Column("chain_key", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("nickname", Text, nullable=False),
    Column("household", Text),
    Column("member_id", UUID, ForeignKey(members.c.member_id), nullable=False),
    Column("signal_id", UUID, ForeignKey(signals.c.signal_id), nullable=False),
    Column("digest", Text, nullable=False),
)

# What organisers confirmed and dropped of what chats suggested; sketches, no texts.
lessons = Table(
    "lessons",
    metadata,
    _community(primary_key=True),
    _json("counts"),
    _json("dropped"),
)

# A community's own categories, and its own examples of built-in ones (then without names).
categories = Table(
    "categories",
    metadata,
    _community(primary_key=True),
    Column("category", Text, primary_key=True),
    Column("zh", Text),
    Column("en", Text),
    Column("examples", JSONB, nullable=False, server_default=text("'[]'")),
)

templates = Table(
    "templates",
    metadata,
    _community(primary_key=True),
    Column("category", Text, primary_key=True),
    _json("questions"),
)
