"""Partitions, quick looks for candidates, edits of signals, pins by hand, copies of what offers cost."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.demand.domain.partition import partition_of
from services.kernel.geo import Place

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "demand"
BATCH = 1000


def moment(name):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def upgrade():
    add_columns()
    fill_pools()
    fill_signals()
    require_columns()
    create_pins()
    create_copies_of_offers()


def add_columns():
    for name in ("south", "west", "north", "east"):
        op.add_column("pools", sa.Column(name, sa.Double), schema=SCHEMA)
    for name in ("opens", "closes"):
        op.add_column("pools", sa.Column(name, sa.DateTime(timezone=True)), schema=SCHEMA)
    op.add_column("pools", sa.Column("people", sa.Integer), schema=SCHEMA)
    op.add_column("pools", sa.Column("partition", sa.Text), schema=SCHEMA)
    op.add_column("signals", sa.Column("version", sa.BigInteger), schema=SCHEMA)
    op.add_column("signals", sa.Column("partition", sa.Text), schema=SCHEMA)


def fill_pools():
    """Pools are merged where their first signal is, or where they are if they have none any more.

    The box of an old pool is the whole earth: it is tried like any other until it changes for the next time.
    """
    connection = op.get_bind()
    first = (
        "SELECT DISTINCT ON (pool_id) pool_id, lat, lon FROM demand.signals WHERE pool_id IS NOT NULL "
        "ORDER BY pool_id, signal_id"
    )
    query = (
        "SELECT p.pool_id, p.category, p.windows, coalesce(f.lat, p.lat) AS lat, coalesce(f.lon, p.lon) AS lon "
        f"FROM demand.pools p LEFT JOIN ({first}) f USING (pool_id)"
    )
    change = sa.text(
        "UPDATE demand.pools SET partition = :partition, opens = :opens, closes = :closes, south = -90, west = -180, "
        "north = 90, east = 180, people = (SELECT coalesce(sum(people), 0) FROM demand.pool_communities c "
        "WHERE c.pool_id = :pool_id AND c.consent IN ('not_needed', 'given')) WHERE pool_id = :pool_id"
    )
    for rows in connection.execute(sa.text(query)).mappings().partitions(BATCH):
        connection.execute(change, [values_of_pool(row) for row in rows])


def values_of_pool(row):
    windows = row["windows"] if isinstance(row["windows"], list) else json.loads(row["windows"])
    times = [datetime.fromisoformat(one[end]) for one in windows for end in ("start", "end")]
    never = datetime(1970, 1, 1, tzinfo=UTC)
    return {
        "pool_id": row["pool_id"],
        "partition": partition_of(row["category"], Place(row["lat"], row["lon"])),
        "opens": min(times, default=never),
        "closes": max(times, default=never),
    }


def fill_signals():
    """A signal is merged where its pool is, and by its own place if it is in none."""
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "UPDATE demand.signals s SET version = 1, "
            "partition = (SELECT p.partition FROM demand.pools p WHERE p.pool_id = s.pool_id)"
        )
    )
    query = sa.text("SELECT signal_id, category, lat, lon FROM demand.signals WHERE partition IS NULL")
    change = sa.text("UPDATE demand.signals SET partition = :partition WHERE signal_id = :signal_id")
    for rows in connection.execute(query).partitions(BATCH):
        values = [(row.signal_id, partition_of(row.category, Place(row.lat, row.lon))) for row in rows]
        connection.execute(change, [{"signal_id": one, "partition": partition} for one, partition in values])


def require_columns():
    for name in ("south", "west", "north", "east", "opens", "closes", "people", "partition"):
        op.alter_column("pools", name, nullable=False, schema=SCHEMA)
    for name in ("version", "partition"):
        op.alter_column("signals", name, nullable=False, schema=SCHEMA)
    op.drop_index("pools_gathering", "pools", schema=SCHEMA)
    columns = ["partition", "south", "north", "west", "east", "opens", "closes"]
    gathering, is_open = sa.text("state = 'gathering'"), sa.text("state = 'open'")
    op.create_index("pools_reach", "pools", columns, schema=SCHEMA, postgresql_where=gathering)
    columns = ["partition", "created_at", "signal_id"]
    op.create_index("signals_open", "signals", columns, schema=SCHEMA, postgresql_where=is_open)


def create_pins():
    op.create_table(
        "pins",
        sa.Column("signal_id", UUID, sa.ForeignKey("demand.signals.signal_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("pool_id", UUID, sa.ForeignKey("demand.pools.pool_id"), nullable=False),
        sa.Column("community_id", UUID, sa.ForeignKey("demand.communities.community_id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        moment("created_at"),
        schema=SCHEMA,
    )
    op.create_index("pins_pool", "pins", ["pool_id"], schema=SCHEMA)


def create_copies_of_offers():
    op.create_table(
        "offers",
        sa.Column("offer_id", UUID, primary_key=True),
        sa.Column("supplier_id", UUID, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("tiers", JSONB, nullable=False),
        sa.Column("currency", sa.Text),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("offers_category", "offers", ["category"], schema=SCHEMA, postgresql_where=sa.text("NOT withdrawn"))
    op.create_table(
        "suppliers",
        sa.Column("supplier_id", UUID, primary_key=True),
        sa.Column("community_id", UUID, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("community_ids", ARRAY(UUID), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )
