"""The tables of matching rounds. A round changes under its own lock only, and so do its pools."""

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.supplier.storage.columns import identity, metadata, moment

LIVE = "state IN ('queued', 'solving')"

rounds = Table(
    "rounds",
    metadata,
    identity("round_id", primary_key=True),
    Column("category", Text, nullable=False),
    Column("currency", Text, nullable=False),
    # Who asked for it, if its time had not simply come.
    identity("community_id", nullable=True),
    Column("state", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    moment("due_at", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("again", Integer, nullable=False, server_default="0"),
    Column("progress", JSONB, nullable=False),
    Column("figures", JSONB(none_as_null=True)),
    Column("failure", Text),
    moment("created_at"),
    CheckConstraint("state IN ('queued', 'solving', 'applied', 'failed')", name="rounds_state"),
    CheckConstraint(f"({LIVE}) = (due_at IS NOT NULL)", name="rounds_due"),
    Index("rounds_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    # Of a category and a currency one round is under way, whoever asks for how many.
    Index("rounds_live", "category", "currency", unique=True, postgresql_where=text(LIVE)),
)

round_pools = Table(
    "round_pools",
    metadata,
    identity("round_id", ForeignKey("supplier.rounds.round_id"), primary_key=True),
    identity("pool_id", primary_key=True),
    Column("community_ids", ARRAY(Uuid), nullable=False),
    Column("outcome", Text, nullable=False),
    identity("match_id", nullable=True),
    Column("why", JSONB(none_as_null=True)),
    Column("reasons", JSONB, nullable=False),
    Column("possible", Integer, nullable=False),
    Column("competitors", Integer, nullable=False),
    CheckConstraint("outcome IN ('waiting', 'matched', 'unmatched', 'next_round', 'gone')", name="round_pools_outcome"),
    CheckConstraint("(outcome = 'matched') = (match_id IS NOT NULL)", name="round_pools_match"),
    Index("round_pools_community_ids", "community_ids", postgresql_using="gin"),
    Index("round_pools_pool_id", "pool_id"),
)
