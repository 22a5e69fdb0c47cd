"""Grades of suppliers: policy, changes, appeals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
SCHEMA = "reputation"
GRADES = "('a', 'b', 'probation', 'c', 'suspended', 'removed')"


def upgrade():
    _create_grades()
    _create_deliveries()
    _create_appeals()


def _moment(name, nullable=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_grades():
    op.create_table(
        "grades",
        sa.Column("supplier_id", sa.Uuid, primary_key=True),
        sa.Column("grade", sa.Text, nullable=False),
        _moment("since"),
        sa.Column("before", sa.Text),
        _moment("held_until", nullable=True),
        sa.Column("suspensions", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("seen_standing", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.CheckConstraint(f"grade IN {GRADES}", name="grades_grade"),
        schema=SCHEMA,
    )
    op.create_table(
        "grade_changes",
        sa.Column("change_id", sa.Uuid, primary_key=True),
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.Column("grade", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("reason", JSONB, nullable=False),
        sa.Column("policy_version", sa.Integer, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("low", sa.Double),
        sa.Column("reviews", sa.Integer, nullable=False),
        _moment("at"),
        schema=SCHEMA,
    )
    op.create_index("grade_changes_supplier", "grade_changes", ["supplier_id", "change_id"], schema=SCHEMA)
    op.create_table(
        "grade_policies",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("policy", JSONB, nullable=False),
        _moment("set_at"),
        schema=SCHEMA,
    )


def _create_deliveries():
    op.create_table(
        "grade_deliveries",
        sa.Column("campaign_id", sa.Uuid, primary_key=True),
        sa.Column("supplier_id", sa.Uuid, primary_key=True),
        _moment("at"),
        sa.Column("commitments", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("disputes_lost", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("withdrew", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("counted", sa.Boolean, nullable=False, server_default=sa.text("false")),
        schema=SCHEMA,
    )
    op.create_index("grade_deliveries_supplier", "grade_deliveries", ["supplier_id", "at"], schema=SCHEMA)


def _create_appeals():
    op.create_table(
        "grade_appeals",
        sa.Column("appeal_id", sa.Uuid, primary_key=True),
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.Column(
            "change_id", sa.Uuid, sa.ForeignKey(f"{SCHEMA}.grade_changes.change_id"), nullable=False, unique=True
        ),
        sa.Column("grade", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        _moment("filed_at"),
        _moment("answer_by"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("corrected", sa.Text),
        sa.Column("reason", sa.Text),
        _moment("decided_at", nullable=True),
        sa.CheckConstraint("state IN ('open', 'overdue', 'upheld', 'overturned')", name="grade_appeals_state"),
        sa.CheckConstraint("(state = 'overturned') = (corrected IS NOT NULL)", name="grade_appeals_corrected"),
        sa.CheckConstraint("(state IN ('open', 'overdue')) = (decided_at IS NULL)", name="grade_appeals_decided"),
        schema=SCHEMA,
    )
    op.create_index("grade_appeals_supplier", "grade_appeals", ["supplier_id", "appeal_id"], schema=SCHEMA)


def downgrade():
    for table in ("grade_appeals", "grade_deliveries", "grade_policies", "grade_changes", "grades"):
        op.drop_table(table, schema=SCHEMA)
