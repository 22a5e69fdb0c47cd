"""Intakes and what they became, lessons, own categories and forms; answers of signals, and whether texts are kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "demand"


def community(**options):
    return sa.Column("community_id", UUID, sa.ForeignKey("demand.communities.community_id"), nullable=False, **options)


def json(name):
    return sa.Column(name, JSONB, nullable=False)


def upgrade():
    keep_raw = sa.Column("keep_raw", sa.Boolean, nullable=False, server_default=sa.text("false"))
    op.add_column("communities", keep_raw, schema=SCHEMA)
    answers = sa.Column("answers", JSONB, nullable=False, server_default=sa.text("'{}'"))
    op.add_column("signals", answers, schema=SCHEMA)
    create_intakes()
    create_intake_entries()
    op.create_table("lessons", community(primary_key=True), json("counts"), json("dropped"), schema=SCHEMA)
    op.create_table(
        "categories",
        community(primary_key=True),
        sa.Column("category", sa.Text, primary_key=True),
        sa.Column("zh", sa.Text),
        sa.Column("en", sa.Text),
        sa.Column("examples", JSONB, nullable=False, server_default=sa.text("'[]'")),
        schema=SCHEMA,
    )
    op.create_table(
        "templates",
        community(primary_key=True),
        sa.Column("category", sa.Text, primary_key=True),
        json("questions"),
        schema=SCHEMA,
    )


def create_intakes():
    op.create_table(
        "intakes",
        sa.Column("intake_id", UUID, primary_key=True),
        community(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("chain_key", sa.Text, nullable=False),
        json("terms"),
        json("rows"),
        json("groups"),
        json("warnings"),
        sa.Column("raw", sa.Text),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        schema=SCHEMA,
    )
    op.create_index("intakes_community", "intakes", ["community_id", "intake_id"], schema=SCHEMA)


def create_intake_entries():
    op.create_table(
        "intake_entries",
        community(primary_key=True),
        sa.Column("chain_key", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("nickname", sa.Text, nullable=False),
        sa.Column("household", sa.Text),
        sa.Column("member_id", UUID, sa.ForeignKey("demand.members.member_id"), nullable=False),
        sa.Column("signal_id", UUID, sa.ForeignKey("demand.signals.signal_id"), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        schema=SCHEMA,
    )
