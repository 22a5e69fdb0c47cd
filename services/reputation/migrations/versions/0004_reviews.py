"""Reviews before, during and after; answers; masked parts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "reputation"
NEW_MARKS = ("qualification", "attendance", "progress")
AUTHORS = "author IN ('participant', 'organiser', 'quality_supervisor')"


def identity(name, **options):
    return sa.Column(name, sa.Uuid, **{"nullable": False, **options})


def moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade():
    _widen()
    _guard()
    op.create_table(
        "engagements",
        identity("campaign_id", primary_key=True),
        identity("supplier_id", nullable=True),
        sa.Column("community_ids", ARRAY(sa.Uuid), nullable=False, server_default=sa.text("'{}'")),
        *(moment(name) for name in ("confirmed_at", "begun_at", "delivered_at", "ended_at")),
        schema=SCHEMA,
    )
    op.create_table(
        "engaged",
        identity("commitment_id", primary_key=True),
        *(identity(name) for name in ("campaign_id", "community_id", "member_id")),
        schema=SCHEMA,
    )
    op.create_index("engaged_campaign", "engaged", ["campaign_id"], schema=SCHEMA)
    op.create_table(
        "abuse_words",
        identity("community_id", primary_key=True),
        sa.Column("words", ARRAY(sa.Text), nullable=False),
        schema=SCHEMA,
    )


def _widen():
    for name in ("commitment_id", "community_id", "member_id", "quality"):
        op.alter_column("reviews", name, nullable=True, schema=SCHEMA)
    columns = [
        sa.Column("phase", sa.Text, nullable=False, server_default="after"),
        sa.Column("author", sa.Text, nullable=False, server_default="participant"),
        *(sa.Column(mark, sa.SmallInteger) for mark in NEW_MARKS),
        sa.Column("again", sa.Boolean),
        sa.Column("original", sa.Text),
        sa.Column("masks", JSONB, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("answer", JSONB),
    ]
    for column in columns:
        op.add_column("reviews", column, schema=SCHEMA)


def _guard():
    op.drop_constraint("reviews_one_per_commitment", "reviews", schema=SCHEMA)
    checks = {
        **{f"reviews_{mark}": f"{mark} BETWEEN 1 AND 5" for mark in NEW_MARKS},
        "reviews_phase": "phase IN ('before', 'during', 'after')",
        "reviews_author": AUTHORS,
        "reviews_of_a_commitment": "(author = 'participant') = (commitment_id IS NOT NULL)",
    }
    for name, condition in checks.items():
        op.create_check_constraint(name, "reviews", condition, schema=SCHEMA)
    op.create_index(
        "reviews_one_per_commitment",
        "reviews",
        ["commitment_id", "phase"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("author = 'participant'"),
    )
    op.create_index(
        "reviews_one_per_author",
        "reviews",
        ["campaign_id", "phase", "author", "community_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("author <> 'participant'"),
        postgresql_nulls_not_distinct=True,
    )


def downgrade():
    for table in ("abuse_words", "engaged", "engagements"):
        op.drop_table(table, schema=SCHEMA)
    op.execute(sa.text(f"DELETE FROM {SCHEMA}.reviews WHERE phase <> 'after' OR author <> 'participant'"))
    for index in ("reviews_one_per_author", "reviews_one_per_commitment"):
        op.drop_index(index, "reviews", schema=SCHEMA)
    for check in ("reviews_of_a_commitment", "reviews_author", "reviews_phase"):
        op.drop_constraint(check, "reviews", schema=SCHEMA)
    for column in ("answer", "masks", "original", "again", *NEW_MARKS, "author", "phase"):
        op.drop_column("reviews", column, schema=SCHEMA)
    for name in ("quality", "member_id", "community_id", "commitment_id"):
        op.alter_column("reviews", name, nullable=False, schema=SCHEMA)
    op.create_unique_constraint("reviews_one_per_commitment", "reviews", ["commitment_id"], schema=SCHEMA)
