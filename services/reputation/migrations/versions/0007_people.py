"""Points, honours, turns of duty, and how often members are asked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SCHEMA = "reputation"
TABLES = ("quiet", "askings", "fatigue", "turns", "rotas", "honours", "organised", "points", "members", "communities")


def identity(name, **options):
    return sa.Column(name, sa.Uuid, **{"nullable": False, **options})


def moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def check(name, condition):
    return sa.CheckConstraint(condition, name=name)


def index(name, table, *columns, **options):
    op.create_index(name, table, columns, schema=SCHEMA, **options)


def upgrade():
    _copies()
    _deeds()
    _duty()
    _askings()


def downgrade():
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)


def _copies():
    op.create_table(
        "communities",
        identity("community_id", primary_key=True),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "members",
        identity("member_id", primary_key=True),
        identity("community_id"),
        sa.Column("version", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )
    index("members_community", "members", "community_id")


def _deeds():
    op.create_table(
        "points",
        identity("member_id", primary_key=True),
        sa.Column("deed", sa.Text, primary_key=True),
        identity("about", primary_key=True),
        identity("community_id"),
        identity("campaign_id", nullable=True),
        sa.Column("points", sa.Integer, nullable=False),
        moment("at", nullable=False),
        check("points_deed", "deed IN ('attended', 'reviewed', 'organised', 'duty_done')"),
        check("points_positive", "points > 0"),
        schema=SCHEMA,
    )
    index("points_community", "points", "community_id")
    op.create_table(
        "organised",
        identity("campaign_id", primary_key=True),
        identity("community_id", nullable=True),
        identity("member_id", nullable=True),
        moment("opened_at"),
        sa.Column("seats", sa.Integer, nullable=False, server_default="0"),
        moment("ended_at"),
        moment("settled_at"),
        sa.Column("income_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("currency", sa.Text),
        schema=SCHEMA,
    )
    index("organised_by", "organised", "community_id", "member_id")
    op.create_table(
        "honours",
        identity("member_id", primary_key=True),
        sa.Column("honour", sa.Text, primary_key=True),
        identity("community_id"),
        moment("awarded_at", nullable=False),
        schema=SCHEMA,
    )
    index("honours_community", "honours", "community_id")


def _duty():
    op.create_table(
        "rotas",
        identity("community_id", primary_key=True),
        sa.Column("member_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        moment("starts_at", nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        check("rotas_days", "days > 0"),
        schema=SCHEMA,
    )
    op.create_table(
        "turns",
        identity("turn_id", primary_key=True),
        identity("community_id"),
        sa.Column("number", sa.Integer, nullable=False),
        identity("member_id"),
        moment("starts_at", nullable=False),
        moment("ends_at", nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        moment("handed_over_at"),
        moment("taken_over_at"),
        check("turns_state", "state IN ('planned', 'on_duty', 'handing_over', 'done', 'skipped')"),
        check("turns_span", "ends_at > starts_at"),
        schema=SCHEMA,
    )
    index("turns_number", "turns", "community_id", "number", unique=True)
    on_duty = sa.text("state IN ('on_duty', 'handing_over')")
    index("turns_on_duty", "turns", "community_id", unique=True, postgresql_where=on_duty)


def _askings():
    op.create_table(
        "fatigue",
        identity("community_id", primary_key=True),
        sa.Column("policy", JSONB, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        schema=SCHEMA,
    )
    op.create_table(
        "askings",
        identity("round_id", primary_key=True),
        identity("member_id", primary_key=True),
        identity("community_id"),
        identity("campaign_id"),
        moment("asked_at", nullable=False),
        sa.Column("answered", sa.Boolean, nullable=False, server_default=sa.text("false")),
        schema=SCHEMA,
    )
    index("askings_member", "askings", "member_id", "asked_at")
    index("askings_community", "askings", "community_id", "asked_at")
    op.create_table(
        "quiet",
        identity("member_id", primary_key=True),
        identity("community_id"),
        moment("until", nullable=False),
        schema=SCHEMA,
    )
    index("quiet_community", "quiet", "community_id")
