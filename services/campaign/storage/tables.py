"""The tables. Counters and balances carry CHECKs, so that a fault of ours is stopped before it costs somebody."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.tables import ChassisTables

metadata = MetaData(schema="campaign")
chassis = ChassisTables(metadata)


def _id(name: str, *args: object, **options: object) -> Column:
    return Column(name, Uuid, *args, **{"nullable": False, **options})


def _count(name: str) -> Column:
    return Column(name, Integer, nullable=False, server_default="0")


def _minor(name: str, **options: object) -> Column:
    return Column(name, BigInteger, **{"nullable": False, "server_default": "0", **options})


def _moment(name: str, **options: object) -> Column:
    return Column(name, DateTime(timezone=True), **options)


campaigns = Table(
    "campaigns",
    metadata,
    _id("campaign_id", primary_key=True),
    _id("match_id", unique=True),
    _id("pool_id", nullable=True),
    _id("supplier_id"),
    # The communities never change, so that who may join is known from this row alone.
    Column("community_ids", ARRAY(Uuid), nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("decision", JSONB),
    _id("organiser_community_id", nullable=True),
    _id("organiser_member_id", nullable=True),
    Column("min_seats", Integer, nullable=False),
    Column("max_seats", Integer, nullable=False),
    Column("hold_minutes", Integer, nullable=False),
    _count("reserved_seats"),
    _count("paid_seats"),
    _minor("paid_minor"),
    _minor("refunded_minor"),
    _minor("released_minor"),
    _minor("price_minor", nullable=True, server_default=None),
    _moment("deadline"),
    _moment("slot_confirmed_at"),
    _moment("delivered_at"),
    _moment("settles_at"),
    Column("version", BigInteger, nullable=False),
    _moment("created_at", nullable=False),
    CheckConstraint("reserved_seats >= 0 AND paid_seats >= 0", name="campaigns_seats_not_negative"),
    CheckConstraint("reserved_seats + paid_seats <= max_seats", name="campaigns_never_oversold"),
    CheckConstraint("refunded_minor >= 0 AND released_minor >= 0", name="campaigns_money_not_negative"),
    CheckConstraint("refunded_minor + released_minor <= paid_minor", name="campaigns_escrow_not_negative"),
    Index("campaigns_pool", "pool_id"),
    Index("campaigns_supplier", "supplier_id", "campaign_id"),
)

campaign_communities = Table(
    "campaign_communities",
    metadata,
    _id("campaign_id", ForeignKey(campaigns.c.campaign_id), primary_key=True),
    _id("community_id", primary_key=True),
    Column("people", Integer, nullable=False),
    _count("reserved_seats"),
    _count("paid_seats"),
    _count("joined_seats"),
    CheckConstraint("reserved_seats >= 0 AND paid_seats >= 0", name="campaign_communities_seats_not_negative"),
    Index("campaign_communities_community", "community_id", "campaign_id"),
)

commitments = Table(
    "commitments",
    metadata,
    _id("commitment_id", primary_key=True),
    _id("campaign_id", ForeignKey(campaigns.c.campaign_id)),
    _id("community_id"),
    _id("member_id"),
    Column("seats", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    _minor("paid_minor", nullable=True, server_default=None),
    _minor("refunded_minor"),
    _minor("final_price_minor", nullable=True, server_default=None),
    _moment("hold_until"),
    Column("receipt", Text),
    _moment("created_at", nullable=False),
    CheckConstraint("seats > 0", name="commitments_seats_positive"),
    CheckConstraint("refunded_minor BETWEEN 0 AND coalesce(paid_minor, 0)", name="commitments_refund_within_paid"),
    CheckConstraint("final_price_minor <= price_minor", name="commitments_never_above_quote"),
    Index("commitments_campaign", "campaign_id", "commitment_id"),
    Index("commitments_receipt", "community_id", "receipt", unique=True, postgresql_where=text("receipt IS NOT NULL")),
)

# A trigger refuses UPDATE, DELETE and TRUNCATE of transfers, and another posts each one to its two accounts:
# a balance can therefore only be what the transfers say. Both are in the first migration.
transfers = Table(
    "transfers",
    metadata,
    _id("transfer_id", primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("debit_account", Text, nullable=False),
    Column("credit_account", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    _id("campaign_id", ForeignKey(campaigns.c.campaign_id)),
    _id("commitment_id", ForeignKey(commitments.c.commitment_id), nullable=True),
    Column("receipt", Text),
    _moment("created_at", nullable=False),
    CheckConstraint("amount_minor > 0", name="transfers_amount_positive"),
    CheckConstraint("debit_account <> credit_account", name="transfers_two_accounts"),
    CheckConstraint("kind IN ('payment', 'refund', 'tier_difference', 'release')", name="transfers_kind"),
    Index("transfers_campaign", "campaign_id", "transfer_id"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("balance", BigInteger, nullable=False),
    CheckConstraint("kind <> 'escrow' OR balance >= 0", name="accounts_escrow_not_negative"),
)

members = Table(
    "members",
    metadata,
    _id("member_id", primary_key=True),
    _id("community_id"),
    Column("version", BigInteger, nullable=False),
)
