"""Communities, members, signals, pools, and the tables of the chassis."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis.migrations import create_chassis_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "demand"


def moment(name):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def version():
    return sa.Column("version", sa.BigInteger, nullable=False)


def upgrade():
    create_chassis_tables_v1(op, SCHEMA)
    create_communities()
    create_members()
    create_pools()
    create_pool_communities()
    create_signals()
    create_proposals()
    op.create_table(
        "campaign_news",
        sa.Column("campaign_id", UUID, primary_key=True),
        version(),
        sa.Column("outcome", sa.Text, nullable=False),
        schema=SCHEMA,
    )


def create_communities():
    op.create_table(
        "communities",
        sa.Column("community_id", UUID, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("lat", sa.Double, nullable=False),
        sa.Column("lon", sa.Double, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("merge_policy", sa.Text, nullable=False),
        version(),
        moment("created_at"),
        schema=SCHEMA,
    )


def create_members():
    op.create_table(
        "members",
        sa.Column("member_id", UUID, primary_key=True),
        sa.Column("community_id", UUID, sa.ForeignKey("demand.communities.community_id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        sa.Column("contact", sa.Text),
        sa.Column("household", sa.Text),
        version(),
        moment("created_at"),
        schema=SCHEMA,
    )
    op.create_index("members_community", "members", ["community_id", "member_id"], schema=SCHEMA)


def create_pools():
    op.create_table(
        "pools",
        sa.Column("pool_id", UUID, primary_key=True),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("lat", sa.Double, nullable=False),
        sa.Column("lon", sa.Double, nullable=False),
        sa.Column("radius_km", sa.Double, nullable=False),
        sa.Column("windows", JSONB, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("ceiling_minor", sa.BigInteger),
        sa.Column("ceiling_currency", sa.Text),
        moment("gather_until"),
        sa.Column("campaign_id", UUID),
        sa.Column("unmatched", JSONB),
        sa.Column("unmatched_version", sa.BigInteger, nullable=False),
        sa.Column("rounds", sa.Integer, nullable=False),
        version(),
        moment("created_at"),
        schema=SCHEMA,
    )
    gathering = sa.text("state = 'gathering'")
    op.create_index("pools_gathering", "pools", ["category"], schema=SCHEMA, postgresql_where=gathering)


def create_pool_communities():
    op.create_table(
        "pool_communities",
        sa.Column("pool_id", UUID, sa.ForeignKey("demand.pools.pool_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("community_id", UUID, sa.ForeignKey("demand.communities.community_id"), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("consent", sa.Text, nullable=False),
        sa.CheckConstraint("people >= 0", name="people_not_negative"),
        schema=SCHEMA,
    )
    op.create_index("pool_communities_community", "pool_communities", ["community_id", "pool_id"], schema=SCHEMA)


def create_signals():
    op.create_table(
        "signals",
        sa.Column("signal_id", UUID, primary_key=True),
        sa.Column("community_id", UUID, sa.ForeignKey("demand.communities.community_id"), nullable=False),
        sa.Column("member_id", UUID, sa.ForeignKey("demand.members.member_id"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("ceiling_minor", sa.BigInteger),
        sa.Column("ceiling_currency", sa.Text),
        sa.Column("lat", sa.Double, nullable=False),
        sa.Column("lon", sa.Double, nullable=False),
        sa.Column("radius_km", sa.Double, nullable=False),
        sa.Column("windows", JSONB, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        moment("expires_at"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("pool_id", UUID, sa.ForeignKey("demand.pools.pool_id")),
        moment("created_at"),
        sa.CheckConstraint("people > 0", name="people_positive"),
        sa.CheckConstraint("(state IN ('pooled', 'served')) = (pool_id IS NOT NULL)", name="in_a_pool_or_not"),
        schema=SCHEMA,
    )
    op.create_index("signals_community", "signals", ["community_id", "signal_id"], schema=SCHEMA)
    in_a_pool = sa.text("pool_id IS NOT NULL")
    op.create_index("signals_pool", "signals", ["pool_id"], schema=SCHEMA, postgresql_where=in_a_pool)


def create_proposals():
    op.create_table(
        "proposals",
        sa.Column("match_id", UUID, primary_key=True),
        sa.Column("pool_id", UUID, sa.ForeignKey("demand.pools.pool_id"), nullable=False),
        sa.Column("heard", sa.Boolean, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        schema=SCHEMA,
    )
    live = sa.text("heard AND NOT gone")
    op.create_index("proposals_live", "proposals", ["pool_id"], schema=SCHEMA, postgresql_where=live)
