"""Visit plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SCHEMA = "supplier"


def upgrade():
    op.create_table(
        "visit_plans",
        sa.Column("plan_id", sa.Uuid, primary_key=True),
        sa.Column("match_id", sa.Uuid, sa.ForeignKey("supplier.matches.match_id"), nullable=False, unique=True),
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.Column("community_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("service_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("crews", JSONB, nullable=False),
        sa.Column("travel", JSONB, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("released", ARRAY(sa.Uuid), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("plan", JSONB),
        sa.Column("moved", JSONB, nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("percent", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'queued', 'solving', 'done', 'failed', 'forgotten')", name="visit_plans_state"
        ),
        sa.CheckConstraint("(state IN ('queued', 'solving')) = (due_at IS NOT NULL)", name="visit_plans_due"),
        schema=SCHEMA,
    )
    op.create_index("visit_plans_supplier_id", "visit_plans", ["supplier_id"], schema=SCHEMA)
    op.create_index(
        "visit_plans_community_ids", "visit_plans", ["community_ids"], schema=SCHEMA, postgresql_using="gin"
    )
    op.create_index(
        "visit_plans_due_at", "visit_plans", ["due_at"], schema=SCHEMA, postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_table(
        "visit_homes",
        sa.Column("home_id", sa.Uuid, primary_key=True),
        sa.Column("plan_id", sa.Uuid, sa.ForeignKey("supplier.visit_plans.plan_id"), nullable=False),
        sa.Column("community_id", sa.Uuid, nullable=False),
        sa.Column("home", JSONB, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("visit_homes_plan_id", "visit_homes", ["plan_id", "home_id"], schema=SCHEMA)


def downgrade():
    op.drop_table("visit_homes", schema=SCHEMA)
    op.drop_table("visit_plans", schema=SCHEMA)
