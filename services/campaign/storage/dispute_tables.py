"""The tables of terms, mediators and disputes. References are by name: the other tables are in tables.py."""

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.campaign.storage.columns import identity, metadata, minor, moment

CAMPAIGN, COMMITMENT = "campaign.campaigns.campaign_id", "campaign.commitments.commitment_id"

# Rows are only added: a change of a template is a new version of it.
terms_templates = Table(
    "terms_templates",
    metadata,
    identity("terms_id", primary_key=True),
    identity("community_id", nullable=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("texts", JSONB, nullable=False),
    moment("created_at", nullable=False),
    Index(
        "terms_templates_version", "community_id", "name", "version", unique=True, postgresql_nulls_not_distinct=True
    ),
)

# The document is kept as the text that was hashed, so that no reading and writing of JSON can change it.
campaign_terms = Table(
    "campaign_terms",
    metadata,
    identity("campaign_id", ForeignKey(CAMPAIGN), primary_key=True),
    identity("terms_id"),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),
    identity("organiser_community_id"),
    identity("organiser_member_id", nullable=True),
    moment("accepted_at", nullable=False),
    moment("supplier_accepted_at"),
    Column("supplier_accepted_by", Text),
    CheckConstraint("digest = encode(sha256(convert_to(document, 'UTF8')), 'hex')", name="campaign_terms_digest"),
)

# A copy of who registered a supplier, and who may see it.
suppliers = Table(
    "suppliers",
    metadata,
    identity("supplier_id", primary_key=True),
    identity("community_id"),
    Column("sharing", Text, nullable=False, server_default="none"),
    Column("shared_with", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("sharing IN ('none', 'named', 'all')", name="suppliers_sharing"),
)

mediators = Table(
    "mediators",
    metadata,
    identity("member_id", primary_key=True),
    identity("community_id"),
    moment("named_at", nullable=False),
    moment("ended_at"),
    Index("mediators_community", "community_id", "member_id"),
)

disputes = Table(
    "disputes",
    metadata,
    identity("dispute_id", primary_key=True),
    identity("campaign_id", ForeignKey(CAMPAIGN)),
    identity("commitment_id", ForeignKey(COMMITMENT)),
    identity("community_id"),
    identity("member_id"),
    identity("supplier_id"),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    minor("claim_minor", server_default=None),
    Column("offers", JSONB, nullable=False, server_default=text("'[]'")),
    Column("decisions", JSONB, nullable=False, server_default=text("'[]'")),
    moment("answer_until", nullable=False),
    moment("consent_until", nullable=False),
    moment("answered_at"),
    moment("due_at"),
    identity("mediator_id", nullable=True),
    identity("mediator_community_id", nullable=True),
    Column("past_mediators", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("appealed_by", Text),
    Column("outcome", Text),
    minor("refunded_minor"),
    moment("opened_at", nullable=False),
    moment("closed_at"),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("refunded_minor >= 0 AND refunded_minor <= claim_minor", name="disputes_refund_within_claim"),
    CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="disputes_closed"),
    # One at a time per commitment.
    Index("disputes_open", "commitment_id", unique=True, postgresql_where=text("closed_at IS NULL")),
    Index("disputes_commitment", "commitment_id"),
    Index("disputes_campaign", "campaign_id", "dispute_id"),
    Index("disputes_community", "community_id", "dispute_id"),
    Index("disputes_supplier", "supplier_id", "dispute_id"),
    Index("disputes_mediator", "mediator_id", "dispute_id", postgresql_where=text("mediator_id IS NOT NULL")),
)

# What was said; rows are only added.
dispute_statements = Table(
    "dispute_statements",
    metadata,
    identity("statement_id", primary_key=True),
    identity("dispute_id", ForeignKey(disputes.c.dispute_id)),
    Column("kind", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("text", Text, nullable=False),
    minor("amount_minor", nullable=True, server_default=None),
    Column("files", JSONB, nullable=False, server_default=text("'[]'")),
    moment("created_at", nullable=False),
    Index("dispute_statements_dispute", "dispute_id", "statement_id"),
)
