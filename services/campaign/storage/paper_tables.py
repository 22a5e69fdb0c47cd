"""The table of what campaigns were told of the papers of their supplier."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from services.campaign.storage.columns import identity, metadata, moment

missing_papers = Table(
    "missing_papers",
    metadata,
    identity("campaign_id", ForeignKey("campaign.campaigns.campaign_id"), primary_key=True),
    identity("offer_id", primary_key=True),
    # Empty once they are there again.
    Column("kinds", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("news", BigInteger, nullable=False),
    moment("noted_at", nullable=False),
)
