"""The life of a supplier: standings, reviews of papers, reminders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "supplier"
STANDINGS = "'registered', 'under_review', 'probation', 'grade_a', 'grade_b', 'grade_c', 'suspended', 'removed'"
GRADES = "'probation', 'a', 'b', 'c', 'suspended', 'removed'"
# Whoever was there before there were reviews was admitted without one; a suspension was the community's.
ADMITTED = """
    INSERT INTO supplier.registrations
        (supplier_id, community_id, admitted, reviewing, hand, authority, grade, grade_version, since, version)
    SELECT supplier_id, community_id, true, false,
        CASE state WHEN 'suspended' THEN 'suspended' ELSE 'none' END, CASE state WHEN 'suspended' THEN 1 END,
        'probation', 0, created_at, 1
    FROM supplier.suppliers
"""


def upgrade():
    change_suppliers_and_papers()
    change_offers_and_matches()
    create_registrations()
    create_policies_and_reminders()
    op.execute(ADMITTED)


def change_suppliers_and_papers():
    standing = sa.Column("standing", sa.Text, nullable=False, server_default="probation")
    op.add_column("suppliers", standing, schema=SCHEMA)
    op.execute("UPDATE supplier.suppliers SET standing = 'suspended' WHERE state = 'suspended'")
    op.create_check_constraint("suppliers_standing", "suppliers", f"standing IN ({STANDINGS})", schema=SCHEMA)
    op.add_column("qualifications", sa.Column("document_sha256", sa.Text), schema=SCHEMA)
    op.drop_constraint("qualifications_state", "qualifications", schema=SCHEMA)
    states = "state IN ('submitted', 'approved', 'rejected', 'expired', 'replaced')"
    op.create_check_constraint("qualifications_state", "qualifications", states, schema=SCHEMA)
    looks_right = "document_sha256 ~ '^[0-9a-f]{64}$'"
    op.create_check_constraint("qualifications_document", "qualifications", looks_right, schema=SCHEMA)


def change_offers_and_matches():
    none = sa.text("'{}'")
    op.add_column("offers", sa.Column("paused_for", ARRAY(sa.Text), nullable=False, server_default=none), schema=SCHEMA)
    op.drop_constraint("offers_state", "offers", schema=SCHEMA)
    states = "state IN ('published', 'paused', 'withdrawn')"
    op.create_check_constraint("offers_state", "offers", states, schema=SCHEMA)
    because = "(state = 'paused') = (cardinality(paused_for) > 0)"
    op.create_check_constraint("offers_paused_for_papers", "offers", because, schema=SCHEMA)
    op.add_column("matches", sa.Column("supplier_standing", sa.Text), schema=SCHEMA)


def create_registrations():
    supplier = sa.ForeignKey("supplier.suppliers.supplier_id")
    op.create_table(
        "registrations",
        sa.Column("supplier_id", sa.Uuid, supplier, primary_key=True),
        sa.Column("community_id", sa.Uuid, nullable=False),
        sa.Column("admitted", sa.Boolean, nullable=False),
        sa.Column("reviewing", sa.Boolean, nullable=False),
        sa.Column("hand", sa.Text, nullable=False),
        sa.Column("authority", sa.Integer),
        sa.Column("grade", sa.Text, nullable=False),
        sa.Column("grade_version", sa.BigInteger, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.CheckConstraint("hand IN ('none', 'suspended', 'removed')", name="registrations_hand"),
        sa.CheckConstraint(f"grade IN ({GRADES})", name="registrations_grade"),
        sa.CheckConstraint("(hand = 'none') = (authority IS NULL)", name="registrations_authority"),
        schema=SCHEMA,
    )
    op.create_table(
        "standing_changes",
        sa.Column("supplier_id", sa.Uuid, sa.ForeignKey("supplier.suppliers.supplier_id"), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("why", JSONB, nullable=False),
        schema=SCHEMA,
    )


def create_policies_and_reminders():
    op.create_table(
        "admission_policies",
        sa.Column("community_id", sa.Uuid, primary_key=True),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("required_papers", ARRAY(sa.Text), nullable=False),
        sa.Column("remind_days", ARRAY(sa.Integer), nullable=False),
        sa.Column("limits", JSONB, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.CheckConstraint("mode IN ('open', 'reviewed')", name="admission_policies_mode"),
        schema=SCHEMA,
    )
    paper = sa.ForeignKey("supplier.qualifications.qualification_id")
    op.create_table(
        "reminders",
        sa.Column("reminder_id", sa.Uuid, primary_key=True),
        sa.Column("qualification_id", sa.Uuid, paper, nullable=False),
        sa.Column("supplier_id", sa.Uuid, sa.ForeignKey("supplier.suppliers.supplier_id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("reminders_supplier_id", "reminders", ["supplier_id", "reminder_id"], schema=SCHEMA)
    op.create_index("reminders_once", "reminders", ["qualification_id", "days"], unique=True, schema=SCHEMA)


def downgrade():
    raise NotImplementedError("where suppliers stand has no place in the version before")
