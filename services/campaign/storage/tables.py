"""The tables. Counters and balances carry CHECKs, so that a fault of ours is stopped before it costs somebody."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.campaign.domain.ledger import KINDS
from services.campaign.storage import dispute_tables
from services.campaign.storage.columns import count as _count
from services.campaign.storage.columns import identity as _id
from services.campaign.storage.columns import metadata
from services.campaign.storage.columns import minor as _minor
from services.campaign.storage.columns import moment as _moment

campaigns = Table(
    "campaigns",
    metadata,
    _id("campaign_id", primary_key=True),
    _id("match_id", unique=True),
    _id("pool_id", nullable=True),
    _id("supplier_id"),
    # Who may join is known from this row alone; communities come in only by a merge.
    Column("community_ids", ARRAY(Uuid), nullable=False),
    Column("terms", JSONB, nullable=False),
    # What the organiser decided when opening; both are read once per version and kept in memory.
    Column("rules", JSONB, nullable=False, server_default=text("'{}'")),
    Column("terms_version", Integer, nullable=False, server_default="1"),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("decision", JSONB),
    _id("organiser_community_id", nullable=True),
    _id("organiser_member_id", nullable=True),
    Column("min_seats", Integer, nullable=False),
    Column("max_seats", Integer, nullable=False),
    Column("hold_minutes", Integer, nullable=False),
    _count("extensions"),
    _count("reserved_seats"),
    _count("authorised_seats"),
    _count("paid_seats"),
    _count("households"),
    _count("waiting"),
    _count("sessions_held"),
    _count("excused_seats"),
    _minor("paid_minor"),
    _minor("refunded_minor"),
    _minor("released_minor"),
    _minor("moved_minor"),
    _minor("owed_minor"),
    _minor("price_minor", nullable=True, server_default=None),
    _moment("deadline"),
    _moment("extended_at"),
    _moment("closing_at"),
    _moment("slot_confirmed_at"),
    _moment("delivered_at"),
    _moment("settles_at"),
    # What is being decided, and until when; both or none.
    Column("pause_about", Text),
    _moment("pause_until"),
    Column("version", BigInteger, nullable=False),
    _moment("created_at", nullable=False),
    CheckConstraint(
        "least(reserved_seats, authorised_seats, paid_seats, waiting) >= 0", name="campaigns_seats_not_negative"
    ),
    CheckConstraint("reserved_seats + authorised_seats + paid_seats <= max_seats", name="campaigns_never_oversold"),
    CheckConstraint(
        "least(refunded_minor, released_minor, moved_minor, owed_minor) >= 0", name="campaigns_money_not_negative"
    ),
    CheckConstraint(
        "refunded_minor + released_minor + moved_minor <= paid_minor", name="campaigns_escrow_not_negative"
    ),
    CheckConstraint("(pause_about IS NULL) = (pause_until IS NULL)", name="campaigns_pause_ends"),
    # What a transfer refers to: money of a campaign is of its one currency.
    UniqueConstraint("campaign_id", "currency", name="campaigns_one_currency"),
    Index("campaigns_pool", "pool_id"),
    Index("campaigns_supplier", "supplier_id", "campaign_id"),
    # Where others could move to.
    Index("campaigns_joinable", "deadline", postgresql_where=text("state IN ('open', 'tipped')")),
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
    _count("dropped_seats"),
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
    _id("household_id"),
    Column("seats", Integer, nullable=False),
    Column("upto_seats", Integer, nullable=False),
    Column("party", JSONB, nullable=False, server_default=text("'[]'")),
    Column("state", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    _minor("paid_minor", nullable=True, server_default=None),
    _minor("refunded_minor"),
    _minor("released_minor"),
    _minor("moved_minor"),
    _minor("owed_minor"),
    _minor("kept_minor"),
    _minor("withheld_minor"),
    _minor("final_price_minor", nullable=True, server_default=None),
    Column("frozen", Boolean, nullable=False, server_default=text("false")),
    Column("provider", Text, nullable=False, server_default="offline"),
    _moment("hold_until"),
    Column("receipt", Text),
    Column("terms_digest", Text),
    _moment("terms_accepted_at"),
    _moment("left_at"),
    _moment("created_at", nullable=False),
    CheckConstraint("seats > 0 AND upto_seats >= seats", name="commitments_seats_positive"),
    CheckConstraint(
        "least(refunded_minor, released_minor, moved_minor, owed_minor, kept_minor, withheld_minor) >= 0",
        name="commitments_money_not_negative",
    ),
    CheckConstraint(
        "refunded_minor + released_minor + moved_minor <= coalesce(paid_minor, 0)",
        name="commitments_refund_within_paid",
    ),
    CheckConstraint("final_price_minor <= price_minor", name="commitments_never_above_quote"),
    Index("commitments_campaign", "campaign_id", "commitment_id"),
    Index("commitments_member", "campaign_id", "member_id"),
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
    # Only a contribution to a common fund belongs to no campaign.
    _id("campaign_id", nullable=True),
    _id("commitment_id", ForeignKey(commitments.c.commitment_id), nullable=True),
    Column("receipt", Text),
    Column("phase", Text, nullable=False, server_default="posted"),
    _id("pending_id", ForeignKey("campaign.transfers.transfer_id"), nullable=True),
    Column("provider", Text, nullable=False, server_default="offline"),
    _moment("created_at", nullable=False),
    ForeignKeyConstraint(
        ["campaign_id", "currency"], [campaigns.c.campaign_id, campaigns.c.currency], name="transfers_one_currency"
    ),
    CheckConstraint("amount_minor > 0", name="transfers_amount_positive"),
    CheckConstraint("debit_account <> credit_account", name="transfers_two_accounts"),
    CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="transfers_kind"),
    CheckConstraint("phase IN ('posted', 'pending', 'post', 'void', 'timeout')", name="transfers_phase"),
    CheckConstraint(
        "(phase IN ('post', 'void', 'timeout')) = (pending_id IS NOT NULL)", name="transfers_ends_a_pending_one"
    ),
    Index("transfers_campaign", "campaign_id", "transfer_id"),
    # A pending transfer ends once.
    Index("transfers_pending", "pending_id", unique=True, postgresql_where=text("pending_id IS NOT NULL")),
    Index("transfers_commitment", "commitment_id"),
    Index("transfers_open", "campaign_id", postgresql_where=text("phase = 'pending'")),
    # What left an escrow for another one.
    Index("transfers_moved", "debit_account", postgresql_where=text("kind = 'moved'")),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("balance", BigInteger, nullable=False),
    _minor("pending_in"),
    _minor("pending_out"),
    CheckConstraint("pending_in >= 0 AND pending_out >= 0", name="accounts_pending_not_negative"),
    # What is set aside is not there any more.
    CheckConstraint("kind NOT IN ('escrow', 'fund') OR balance >= pending_out", name="accounts_escrow_not_negative"),
    # Nobody gets more back than was paid.
    CheckConstraint("kind <> 'member' OR balance + pending_in <= 0", name="accounts_member_not_above_zero"),
)

members = Table(
    "members",
    metadata,
    _id("member_id", primary_key=True),
    _id("community_id"),
    _id("household_id", nullable=True),
    Column("version", BigInteger, nullable=False),
)

payment_orders = Table(
    "payment_orders",
    metadata,
    _id("order_id", primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("provider", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", Text),
    Column("after", Text),
    Column("receiver", Text),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    _id("campaign_id", ForeignKey(campaigns.c.campaign_id)),
    _id("commitment_id", ForeignKey(commitments.c.commitment_id)),
    Column("transfer_ids", ARRAY(Uuid), nullable=False),
    Column("state", Text, nullable=False),
    Column("sent", Boolean, nullable=False),
    _moment("due_at", nullable=False),
    Column("attempts", Integer, nullable=False),
    _moment("expires_at"),
    Column("sequence", BigInteger, nullable=False),
    Column("reference", Text),
    Column("reason", Text),
    Column("pay_url", Text),
    _moment("created_at", nullable=False),
    _moment("ended_at"),
    CheckConstraint("state IN ('open', 'succeeded', 'declined', 'dropped')", name="payment_orders_state"),
    Index("payment_orders_due", "due_at", postgresql_where=text("state = 'open'")),
    Index("payment_orders_commitment", "commitment_id", "order_id"),
    Index("payment_orders_campaign", "campaign_id", postgresql_where=text("state = 'open'")),
    # One payment at a time is under way for a commitment.
    Index(
        "payment_orders_one_payment",
        "commitment_id",
        unique=True,
        postgresql_where=text("state = 'open' AND kind IN ('charge', 'authorise')"),
    ),
)

notices = Table(
    "notices",
    metadata,
    _id("notice_id", primary_key=True),
    _id("campaign_id", ForeignKey(campaigns.c.campaign_id)),
    # A mediator is told of a dispute, and not of whose commitment it is.
    _id("commitment_id", ForeignKey(commitments.c.commitment_id), nullable=True),
    _id("dispute_id", ForeignKey(dispute_tables.disputes.c.dispute_id), nullable=True),
    _id("community_id"),
    _id("member_id"),
    Column("kind", Text, nullable=False),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("options", JSONB, nullable=False),
    _moment("created_at", nullable=False),
    Index("notices_member", "member_id", "notice_id"),
    Index("notices_community", "community_id", "notice_id"),
    Index("notices_campaign", "campaign_id", "notice_id"),
    CheckConstraint("commitment_id IS NOT NULL OR dispute_id IS NOT NULL", name="notices_about_something"),
)
