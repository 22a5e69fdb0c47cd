"""Inquiries and their answers, the pause of a campaign while something is decided, and who may see a supplier."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SCHEMA = "campaign"


def identity(name, *args, **options):
    return sa.Column(name, sa.Uuid, *args, **{"nullable": False, **options})


def moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def check(name, condition):
    return sa.CheckConstraint(condition, name=name)


def of(table, key):
    return sa.ForeignKey(f"{SCHEMA}.{table}.{key}")


def partial(name, table, columns, where, **options):
    op.create_index(name, table, columns, schema=SCHEMA, postgresql_where=sa.text(where), **options)


def upgrade():
    pause_campaigns()
    create_inquiries()
    create_answers()
    share_suppliers()


def pause_campaigns():
    op.add_column("campaigns", sa.Column("pause_about", sa.Text), schema=SCHEMA)
    op.add_column("campaigns", moment("pause_until"), schema=SCHEMA)
    excused = sa.Column("excused_seats", sa.Integer, nullable=False, server_default="0")
    op.add_column("campaigns", excused, schema=SCHEMA)
    op.create_check_constraint(
        "campaigns_pause_ends", "campaigns", "(pause_about IS NULL) = (pause_until IS NULL)", schema=SCHEMA
    )
    partial("campaigns_joinable", "campaigns", ["deadline"], "state IN ('open', 'tipped')")
    partial("transfers_moved", "transfers", ["debit_account"], "kind = 'moved'")


def create_inquiries():
    op.create_table(
        "inquiries",
        identity("inquiry_id", primary_key=True),
        identity("campaign_id", of("campaigns", "campaign_id")),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        identity("match_id"),
        identity("target_campaign_id", of("campaigns", "campaign_id"), nullable=True),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("price_minor", sa.BigInteger),
        sa.Column("minimum", sa.Integer, nullable=False),
        sa.Column("held_seats", sa.Integer, nullable=False, server_default="0"),
        sa.Column("even_if_fewer", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("reason", sa.Text),
        sa.Column("text", sa.Text),
        moment("asked_at", nullable=False),
        moment("term", nullable=False),
        sa.Column("conclusion", sa.Text),
        moment("closed_at"),
        check("inquiries_about", "about IN ('merge', 'replacement', 'move')"),
        check("inquiries_end_once", "(conclusion IS NULL) = (closed_at IS NULL)"),
        check("inquiries_target", "(about = 'merge') = (target_campaign_id IS NOT NULL)"),
        schema=SCHEMA,
    )
    op.create_index("inquiries_campaign", "inquiries", ["campaign_id", "inquiry_id"], schema=SCHEMA)
    partial("inquiries_open", "inquiries", ["campaign_id"], "conclusion IS NULL", unique=True)
    partial("inquiries_match", "inquiries", ["match_id"], "about = 'replacement'", unique=True)
    partial("inquiries_target", "inquiries", ["target_campaign_id"], "conclusion IS NULL")


def create_answers():
    op.create_table(
        "inquiry_answers",
        identity("inquiry_id", of("inquiries", "inquiry_id"), primary_key=True),
        identity("commitment_id", of("commitments", "commitment_id"), primary_key=True),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text),
        moment("answered_at"),
        check("inquiry_answers_answer", "answer IN ('accept', 'refund')"),
        check("inquiry_answers_at", "(answer IS NULL) = (answered_at IS NULL)"),
        schema=SCHEMA,
    )


def share_suppliers():
    """Until its next change comes, a supplier that is known is shown to nobody but the community that registered it."""
    sharing = sa.Column("sharing", sa.Text, nullable=False, server_default="none")
    shared_with = sa.Column("shared_with", ARRAY(sa.Uuid), nullable=False, server_default="{}")
    for column in (sharing, shared_with):
        op.add_column("suppliers", column, schema=SCHEMA)
    modes = "sharing IN ('none', 'named', 'all')"
    op.create_check_constraint("suppliers_sharing", "suppliers", modes, schema=SCHEMA)


def downgrade():
    for table in ("inquiry_answers", "inquiries"):
        op.drop_table(table, schema=SCHEMA)
    op.drop_constraint("suppliers_sharing", "suppliers", schema=SCHEMA)
    for column in ("sharing", "shared_with"):
        op.drop_column("suppliers", column, schema=SCHEMA)
    op.drop_index("campaigns_joinable", "campaigns", schema=SCHEMA)
    op.drop_index("transfers_moved", "transfers", schema=SCHEMA)
    op.drop_constraint("campaigns_pause_ends", "campaigns", schema=SCHEMA)
    for column in ("pause_about", "pause_until", "excused_seats"):
        op.drop_column("campaigns", column, schema=SCHEMA)
