"""The tables of inquiries, which change under the lock of their campaign only, and of who may see a supplier."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.campaign.storage.tables import campaigns, commitments, metadata

inquiries = Table(
    "inquiries",
    metadata,
    Column("inquiry_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, ForeignKey(campaigns.c.campaign_id), nullable=False),
    Column("about", Text, nullable=False),
    # The terms that would hold, as they were when members were asked.
    Column("terms", JSONB, nullable=False),
    Column("match_id", Uuid, nullable=False),
    Column("target_campaign_id", Uuid, ForeignKey(campaigns.c.campaign_id)),
    Column("currency", Text, nullable=False),
    Column("price_minor", BigInteger),
    Column("minimum", Integer, nullable=False),
    # Room that the target counts as reserved, while the inquiry is open.
    Column("held_seats", Integer, nullable=False, server_default="0"),
    Column("even_if_fewer", Boolean, nullable=False, server_default=text("false")),
    Column("reason", Text),
    Column("text", Text),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("term", DateTime(timezone=True), nullable=False),
    Column("conclusion", Text),
    Column("closed_at", DateTime(timezone=True)),
    CheckConstraint("about IN ('merge', 'replacement', 'move')", name="inquiries_about"),
    CheckConstraint("(conclusion IS NULL) = (closed_at IS NULL)", name="inquiries_end_once"),
    CheckConstraint("(about = 'merge') = (target_campaign_id IS NOT NULL)", name="inquiries_target"),
    Index("inquiries_campaign", "campaign_id", "inquiry_id"),
    # One at a time, and each match is proposed once.
    Index("inquiries_open", "campaign_id", unique=True, postgresql_where=text("conclusion IS NULL")),
    Index("inquiries_match", "match_id", unique=True, postgresql_where=text("about = 'replacement'")),
    Index("inquiries_target", "target_campaign_id", postgresql_where=text("conclusion IS NULL")),
)

inquiry_answers = Table(
    "inquiry_answers",
    metadata,
    Column("inquiry_id", Uuid, ForeignKey(inquiries.c.inquiry_id), primary_key=True),
    Column("commitment_id", Uuid, ForeignKey(commitments.c.commitment_id), primary_key=True),
    Column("seats", Integer, nullable=False),
    Column("answer", Text),
    Column("answered_at", DateTime(timezone=True)),
    CheckConstraint("answer IN ('accept', 'refund')", name="inquiry_answers_answer"),
    CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="inquiry_answers_at"),
)

suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", Uuid, primary_key=True),
    Column("community_id", Uuid, nullable=False),
    Column("sharing", Text, nullable=False),
    Column("shared_with", ARRAY(Uuid), nullable=False),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("sharing IN ('none', 'named', 'all')", name="suppliers_sharing"),
)
