"""The tables of inquiries, which change under the lock of their campaign only. References are by name."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.campaign.storage.columns import count, identity, metadata, moment

CAMPAIGN, COMMITMENT = "campaign.campaigns.campaign_id", "campaign.commitments.commitment_id"

inquiries = Table(
    "inquiries",
    metadata,
    identity("inquiry_id", primary_key=True),
    identity("campaign_id", ForeignKey(CAMPAIGN)),
    Column("about", Text, nullable=False),
    # The terms that would hold, as they were when members were asked.
    Column("terms", JSONB, nullable=False),
    identity("match_id"),
    identity("target_campaign_id", ForeignKey(CAMPAIGN), nullable=True),
    Column("currency", Text, nullable=False),
    Column("price_minor", BigInteger),
    Column("minimum", Integer, nullable=False),
    # Room that the target counts as reserved, while the inquiry is open.
    count("held_seats"),
    Column("even_if_fewer", Boolean, nullable=False, server_default=text("false")),
    Column("reason", Text),
    Column("text", Text),
    moment("asked_at", nullable=False),
    moment("term", nullable=False),
    Column("conclusion", Text),
    moment("closed_at"),
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
    identity("inquiry_id", ForeignKey(inquiries.c.inquiry_id), primary_key=True),
    identity("commitment_id", ForeignKey(COMMITMENT), primary_key=True),
    Column("seats", Integer, nullable=False),
    Column("answer", Text),
    moment("answered_at"),
    CheckConstraint("answer IN ('accept', 'refund')", name="inquiry_answers_answer"),
    CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="inquiry_answers_at"),
)
