"""The tables of demand."""

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
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis.tables import ChassisTables

metadata = MetaData(schema="demand")
chassis = ChassisTables(metadata)


def _moment(name: str) -> Column:
    return Column(name, DateTime(timezone=True), nullable=False)


def _version() -> Column:
    return Column("version", BigInteger, nullable=False)


communities = Table(
    "communities",
    metadata,
    Column("community_id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("lat", Double, nullable=False),
    Column("lon", Double, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("merge_policy", Text, nullable=False),
    _version(),
    _moment("created_at"),
    # Other policies by category and partner, how long it wants to be asked, and what its silence counts as.
    Column("merge_rules", JSONB, nullable=False, server_default="[]"),
    Column("consent_hours", Double),
    Column("silence", Text, nullable=False, server_default="refused"),
    # Whether its members are recognised in pools that it shares, by a keyed hash of their contact.
    Column("recognise", Boolean, nullable=False, server_default=text("false")),
    # Whether texts that were sent in are kept after they were confirmed.
    Column("keep_raw", Boolean, nullable=False, server_default=text("false")),
)

members = Table(
    "members",
    metadata,
    Column("member_id", UUID, primary_key=True),
    Column("community_id", UUID, ForeignKey(communities.c.community_id), nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("contact", Text),
    Column("household", Text),
    # A keyed hash of the contact, where the community wants its members to be recognised.
    Column("person", Text),
    _version(),
    _moment("created_at"),
    Index("members_community", "community_id", "member_id"),
)

pools = Table(
    "pools",
    metadata,
    Column("pool_id", UUID, primary_key=True),
    Column("category", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("lat", Double, nullable=False),
    Column("lon", Double, nullable=False),
    Column("radius_km", Double, nullable=False),
    Column("windows", JSONB, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("ceiling_minor", BigInteger),
    Column("ceiling_currency", Text),
    _moment("gather_until"),
    Column("campaign_id", UUID),
    Column("unmatched", JSONB(none_as_null=True)),
    Column("unmatched_version", BigInteger, nullable=False),
    Column("rounds", Integer, nullable=False),
    Column("twice", Integer, nullable=False, server_default="0"),
    _version(),
    _moment("created_at"),
    # Where it is merged, and what says quickly who cannot join it: how many count in it, the box that everybody
    # reaches, from when to when its windows are. See MERGING.md.
    Column("partition", Text, nullable=False),
    Column("people", Integer, nullable=False),
    Column("south", Double, nullable=False),
    Column("west", Double, nullable=False),
    Column("north", Double, nullable=False),
    Column("east", Double, nullable=False),
    _moment("opens"),
    _moment("closes"),
    Index(
        "pools_reach",
        *("partition", "south", "north", "west", "east", "opens", "closes"),
        postgresql_where=text("state = 'gathering'"),
    ),
)

pool_communities = Table(
    "pool_communities",
    metadata,
    Column("pool_id", UUID, ForeignKey(pools.c.pool_id, ondelete="CASCADE"), primary_key=True),
    Column("community_id", UUID, ForeignKey(communities.c.community_id), primary_key=True),
    # The order in which communities came, so that a pool is read back as it was written.
    Column("place", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("consent", Text, nullable=False),
    Column("consent_by", DateTime(timezone=True)),
    # Who shared the pool when the community consented, and whether its rule for silence decided.
    Column("agreed", ARRAY(UUID), nullable=False, server_default="{}"),
    Column("silent", Boolean, nullable=False, server_default=text("false")),
    Index("pool_communities_community", "community_id", "pool_id"),
    Index("pool_communities_asked", "community_id", "pool_id", postgresql_where=text("consent = 'asked'")),
    CheckConstraint("people >= 0", name="people_not_negative"),
)

signals = Table(
    "signals",
    metadata,
    Column("signal_id", UUID, primary_key=True),
    Column("community_id", UUID, ForeignKey(communities.c.community_id), nullable=False),
    Column("member_id", UUID, ForeignKey(members.c.member_id), nullable=False),
    Column("text", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("people", Integer, nullable=False),
    Column("ceiling_minor", BigInteger),
    Column("ceiling_currency", Text),
    Column("lat", Double, nullable=False),
    Column("lon", Double, nullable=False),
    Column("radius_km", Double, nullable=False),
    Column("windows", JSONB, nullable=False),
    Column("minutes", Integer, nullable=False),
    _moment("expires_at"),
    Column("state", Text, nullable=False),
    Column("pool_id", UUID, ForeignKey(pools.c.pool_id)),
    _moment("created_at"),
    _version(),
    Column("partition", Text, nullable=False),
    Index("signals_community", "community_id", "signal_id"),
    Index("signals_open", "partition", "created_at", "signal_id", postgresql_where=text("state = 'open'")),
    Index("signals_pool", "pool_id", postgresql_where=text("pool_id IS NOT NULL")),
    # Answers to the questions of the category's form.
    Column("answers", JSONB, nullable=False, server_default=text("'{}'")),
    CheckConstraint("people > 0", name="people_positive"),
    CheckConstraint(
        "(state IN ('pooled', 'served')) = (pool_id IS NOT NULL)",
        name="in_a_pool_or_not",
    ),
)

# What demand heard of matches for its pools, so that the last one that goes is known to be the last.
proposals = Table(
    "proposals",
    metadata,
    Column("match_id", UUID, primary_key=True),
    Column("pool_id", UUID, ForeignKey(pools.c.pool_id), nullable=False),
    Column("heard", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False),
    Index("proposals_live", "pool_id", postgresql_where=text("heard AND NOT gone")),
)

# What demand heard of campaigns: the newest news of each, so that older news that come later change nothing.
campaign_news = Table(
    "campaign_news",
    metadata,
    Column("campaign_id", UUID, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
)

# What organisers put together or apart by hand: where each signal was put, by whom, and why.
pins = Table(
    "pins",
    metadata,
    Column("signal_id", UUID, ForeignKey(signals.c.signal_id, ondelete="CASCADE"), primary_key=True),
    Column("pool_id", UUID, ForeignKey(pools.c.pool_id), nullable=False),
    Column("community_id", UUID, ForeignKey(communities.c.community_id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _moment("created_at"),
    Index("pins_pool", "pool_id"),
)

# Copies of what suppliers told: what their offers cost, and who may use them.
offers = Table(
    "offers",
    metadata,
    Column("offer_id", UUID, primary_key=True),
    Column("supplier_id", UUID, nullable=False),
    Column("category", Text, nullable=False),
    # Seats and the price of each from so many on, in minor units.
    Column("tiers", JSONB, nullable=False),
    Column("currency", Text),
    Column("withdrawn", Boolean, nullable=False),
    _version(),
    Index("offers_category", "category", postgresql_where=text("NOT withdrawn")),
)

suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", UUID, primary_key=True),
    Column("community_id", UUID, nullable=False),
    Column("mode", Text, nullable=False),
    Column("community_ids", ARRAY(UUID), nullable=False),
    _version(),
)
