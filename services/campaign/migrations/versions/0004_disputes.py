"""Terms of campaigns, mediators, disputes, and a copy of who registered a supplier."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "campaign"


def identity(name, *args, **options):
    return sa.Column(name, sa.Uuid, *args, **{"nullable": False, **options})


def moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def campaign(*args, **options):
    return identity("campaign_id", sa.ForeignKey(f"{SCHEMA}.campaigns.campaign_id"), *args, **options)


def upgrade():
    create_terms()
    create_mediators()
    create_disputes()
    op.add_column("commitments", moment("terms_accepted_at"), schema=SCHEMA)
    # Until now a digest could be set by nothing but a test; whoever accepted did so when joining.
    op.execute(f"UPDATE {SCHEMA}.commitments SET terms_accepted_at = created_at WHERE terms_digest IS NOT NULL")
    change_notices()


def create_terms():
    op.create_table(
        "terms_templates",
        identity("terms_id", primary_key=True),
        identity("community_id", nullable=True),
        text("name"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("texts", JSONB, nullable=False),
        moment("created_at", nullable=False),
        schema=SCHEMA,
    )
    op.create_index(
        "terms_templates_version",
        "terms_templates",
        ["community_id", "name", "version"],
        unique=True,
        schema=SCHEMA,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "campaign_terms",
        campaign(primary_key=True),
        identity("terms_id"),
        text("digest"),
        text("document"),
        identity("organiser_community_id"),
        identity("organiser_member_id", nullable=True),
        moment("accepted_at", nullable=False),
        moment("supplier_accepted_at"),
        text("supplier_accepted_by", nullable=True),
        sa.CheckConstraint(
            "digest = encode(sha256(convert_to(document, 'UTF8')), 'hex')", name="campaign_terms_digest"
        ),
        schema=SCHEMA,
    )


def create_mediators():
    op.create_table(
        "suppliers",
        identity("supplier_id", primary_key=True),
        identity("community_id"),
        sa.Column("version", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "mediators",
        identity("member_id", primary_key=True),
        identity("community_id"),
        moment("named_at", nullable=False),
        moment("ended_at"),
        schema=SCHEMA,
    )
    op.create_index("mediators_community", "mediators", ["community_id", "member_id"], schema=SCHEMA)


def create_disputes():
    op.create_table(
        "disputes",
        identity("dispute_id", primary_key=True),
        campaign(),
        identity("commitment_id", sa.ForeignKey(f"{SCHEMA}.commitments.commitment_id")),
        *(identity(name) for name in ("community_id", "member_id", "supplier_id")),
        *(text(name) for name in ("currency", "state", "reason")),
        sa.Column("claim_minor", sa.BigInteger, nullable=False),
        *(sa.Column(name, JSONB, nullable=False, server_default=sa.text("'[]'")) for name in ("offers", "decisions")),
        *(moment(name, nullable=False) for name in ("answer_until", "consent_until")),
        *(moment(name) for name in ("answered_at", "due_at")),
        *(identity(name, nullable=True) for name in ("mediator_id", "mediator_community_id")),
        sa.Column("past_mediators", ARRAY(sa.Uuid), nullable=False, server_default=sa.text("'{}'")),
        *(text(name, nullable=True) for name in ("appealed_by", "outcome")),
        sa.Column("refunded_minor", sa.BigInteger, nullable=False, server_default="0"),
        moment("opened_at", nullable=False),
        moment("closed_at"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= claim_minor", name="disputes_refund_within_claim"
        ),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="disputes_closed"),
        schema=SCHEMA,
    )
    for name, columns, options in (
        ("open", ["commitment_id"], {"unique": True, "postgresql_where": sa.text("closed_at IS NULL")}),
        ("commitment", ["commitment_id"], {}),
        ("campaign", ["campaign_id", "dispute_id"], {}),
        ("community", ["community_id", "dispute_id"], {}),
        ("supplier", ["supplier_id", "dispute_id"], {}),
        ("mediator", ["mediator_id", "dispute_id"], {"postgresql_where": sa.text("mediator_id IS NOT NULL")}),
    ):
        op.create_index(f"disputes_{name}", "disputes", columns, schema=SCHEMA, **options)
    op.create_table(
        "dispute_statements",
        identity("statement_id", primary_key=True),
        identity("dispute_id", sa.ForeignKey(f"{SCHEMA}.disputes.dispute_id")),
        *(text(name) for name in ("kind", "side", "text")),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("files", JSONB, nullable=False, server_default=sa.text("'[]'")),
        moment("created_at", nullable=False),
        schema=SCHEMA,
    )
    op.create_index("dispute_statements_dispute", "dispute_statements", ["dispute_id", "statement_id"], schema=SCHEMA)


def change_notices():
    """A mediator is told of a dispute, and not of whose commitment it is."""
    dispute = identity("dispute_id", sa.ForeignKey(f"{SCHEMA}.disputes.dispute_id"), nullable=True)
    op.add_column("notices", dispute, schema=SCHEMA)
    op.alter_column("notices", "commitment_id", nullable=True, schema=SCHEMA)
    about = "commitment_id IS NOT NULL OR dispute_id IS NOT NULL"
    op.create_check_constraint("notices_about_something", "notices", about, schema=SCHEMA)


def downgrade():
    raise RuntimeError("open disputes hold money that the older schema knows nothing of; restore a backup instead")
