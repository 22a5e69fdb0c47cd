"""The tables of points, organisers, turns of duty and askings. What is personal in them never leaves the community."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.reputation.storage.tables import metadata


def _id(name: str, **options: object) -> Column:
    return Column(name, Uuid, **{"nullable": False, **options})


def _moment(name: str, **options: object) -> Column:
    return Column(name, DateTime(timezone=True), **options)


# A copy of the communities of this node: their clock on the wall.
communities = Table(
    "communities",
    metadata,
    _id("community_id", primary_key=True),
    Column("time_zone", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
)

# A copy of who belongs to which community.
members = Table(
    "members",
    metadata,
    _id("member_id", primary_key=True),
    _id("community_id"),
    Column("version", BigInteger, nullable=False),
    Index("members_community", "community_id"),
)

# Each deed counts once. Those of a campaign wait until it is settled.
points = Table(
    "points",
    metadata,
    _id("member_id", primary_key=True),
    Column("deed", Text, primary_key=True),
    _id("about", primary_key=True),
    _id("community_id"),
    _id("campaign_id", nullable=True),
    Column("points", Integer, nullable=False),
    _moment("at", nullable=False),
    CheckConstraint("deed IN ('attended', 'reviewed', 'organised', 'duty_done')", name="points_deed"),
    CheckConstraint("points > 0", name="points_positive"),
    Index("points_community", "community_id"),
)

# What is told of a campaign comes in any order; each piece of news fills its own columns.
organised = Table(
    "organised",
    metadata,
    _id("campaign_id", primary_key=True),
    _id("community_id", nullable=True),
    _id("member_id", nullable=True),
    _moment("opened_at"),
    Column("seats", Integer, nullable=False, server_default="0"),
    _moment("ended_at"),
    _moment("settled_at"),
    Column("income_minor", BigInteger, nullable=False, server_default="0"),
    Column("currency", Text),
    Index("organised_by", "community_id", "member_id"),
)

honours = Table(
    "honours",
    metadata,
    _id("member_id", primary_key=True),
    Column("honour", Text, primary_key=True),
    _id("community_id"),
    _moment("awarded_at", nullable=False),
    Index("honours_community", "community_id"),
)

rotas = Table(
    "rotas",
    metadata,
    _id("community_id", primary_key=True),
    Column("member_ids", ARRAY(Uuid), nullable=False),
    Column("days", Integer, nullable=False),
    _moment("starts_at", nullable=False),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("days > 0", name="rotas_days"),
)

turns = Table(
    "turns",
    metadata,
    _id("turn_id", primary_key=True),
    _id("community_id"),
    Column("number", Integer, nullable=False),
    _id("member_id"),
    _moment("starts_at", nullable=False),
    _moment("ends_at", nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text),
    _moment("handed_over_at"),
    _moment("taken_over_at"),
    CheckConstraint("state IN ('planned', 'on_duty', 'handing_over', 'done', 'skipped')", name="turns_state"),
    CheckConstraint("ends_at > starts_at", name="turns_span"),
    Index("turns_number", "community_id", "number", unique=True),
    # A community has one who is on duty, never two.
    Index(
        "turns_on_duty",
        "community_id",
        unique=True,
        postgresql_where=text("state IN ('on_duty', 'handing_over')"),
    ),
)

# Without a row the defaults hold. The row is the lock under which a community's askings are decided.
fatigue = Table(
    "fatigue",
    metadata,
    _id("community_id", primary_key=True),
    Column("policy", JSONB, nullable=False, server_default=text("'{}'")),
    Column("version", BigInteger, nullable=False, server_default="0"),
)

askings = Table(
    "askings",
    metadata,
    _id("round_id", primary_key=True),
    _id("member_id", primary_key=True),
    _id("community_id"),
    _id("campaign_id"),
    _moment("asked_at", nullable=False),
    Column("answered", Boolean, nullable=False, server_default=text("false")),
    Index("askings_member", "member_id", "asked_at"),
    Index("askings_community", "community_id", "asked_at"),
)

quiet = Table(
    "quiet",
    metadata,
    _id("member_id", primary_key=True),
    _id("community_id"),
    _moment("until", nullable=False),
    Index("quiet_community", "community_id"),
)
