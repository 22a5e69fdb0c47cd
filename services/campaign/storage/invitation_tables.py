"""The table of invitations: whom a community wanted to ask to join, and what the guard said."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from services.campaign.storage.columns import identity, metadata, moment

invitations = Table(
    "invitations",
    metadata,
    identity("invitation_id", primary_key=True),
    # The question to the guard that it was last part of.
    identity("round_id"),
    identity("campaign_id", ForeignKey("campaign.campaigns.campaign_id")),
    identity("community_id"),
    identity("member_id"),
    Column("state", Text, nullable=False),
    Column("why", JSONB(none_as_null=True)),
    moment("not_before"),
    moment("asked_at", nullable=False),
    moment("invited_at"),
    moment("declined_at"),
    # Whether the guard has been told of the answer.
    Column("told", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("state IN ('asking', 'invited', 'held_back', 'declined')", name="invitations_state"),
    UniqueConstraint("campaign_id", "member_id", name="invitations_once"),
    Index("invitations_round", "round_id"),
    Index("invitations_member", "member_id", "invitation_id"),
    Index("invitations_untold", "community_id", postgresql_where=text("invited_at IS NOT NULL AND NOT told")),
)
