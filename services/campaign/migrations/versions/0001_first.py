"""Campaigns, commitments, the append-only ledger, the copy of members, and the tables of the chassis."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.migrations import create_chassis_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "campaign"


def identity(name, *args, **options):
    return sa.Column(name, sa.Uuid, *args, **{"nullable": False, **options})


def count(name):
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def minor(name):
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade():
    create_chassis_tables_v1(op, SCHEMA)
    create_campaigns()
    create_communities()
    create_commitments()
    create_ledger()
    guard_ledger()
    op.create_table(
        "members",
        identity("member_id", primary_key=True),
        identity("community_id"),
        sa.Column("version", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )


def create_campaigns():
    op.create_table(
        "campaigns",
        identity("campaign_id", primary_key=True),
        identity("match_id", unique=True),
        identity("pool_id", nullable=True),
        identity("supplier_id"),
        sa.Column("community_ids", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("decision", JSONB),
        identity("organiser_community_id", nullable=True),
        identity("organiser_member_id", nullable=True),
        sa.Column("min_seats", sa.Integer, nullable=False),
        sa.Column("max_seats", sa.Integer, nullable=False),
        sa.Column("hold_minutes", sa.Integer, nullable=False),
        count("reserved_seats"),
        count("paid_seats"),
        minor("paid_minor"),
        minor("refunded_minor"),
        minor("released_minor"),
        sa.Column("price_minor", sa.BigInteger),
        moment("deadline"),
        moment("slot_confirmed_at"),
        moment("delivered_at"),
        moment("settles_at"),
        sa.Column("version", sa.BigInteger, nullable=False),
        moment("created_at", nullable=False),
        sa.CheckConstraint("reserved_seats >= 0 AND paid_seats >= 0", name="campaigns_seats_not_negative"),
        sa.CheckConstraint("reserved_seats + paid_seats <= max_seats", name="campaigns_never_oversold"),
        sa.CheckConstraint("refunded_minor >= 0 AND released_minor >= 0", name="campaigns_money_not_negative"),
        sa.CheckConstraint("refunded_minor + released_minor <= paid_minor", name="campaigns_escrow_not_negative"),
        schema=SCHEMA,
    )
    op.create_index("campaigns_pool", "campaigns", ["pool_id"], schema=SCHEMA)
    op.create_index("campaigns_supplier", "campaigns", ["supplier_id", "campaign_id"], schema=SCHEMA)


def create_communities():
    op.create_table(
        "campaign_communities",
        identity("campaign_id", sa.ForeignKey(f"{SCHEMA}.campaigns.campaign_id"), primary_key=True),
        identity("community_id", primary_key=True),
        sa.Column("people", sa.Integer, nullable=False),
        count("reserved_seats"),
        count("paid_seats"),
        count("joined_seats"),
        sa.CheckConstraint("reserved_seats >= 0 AND paid_seats >= 0", name="campaign_communities_seats_not_negative"),
        schema=SCHEMA,
    )
    columns = ["community_id", "campaign_id"]
    op.create_index("campaign_communities_community", "campaign_communities", columns, schema=SCHEMA)


def create_commitments():
    op.create_table(
        "commitments",
        identity("commitment_id", primary_key=True),
        identity("campaign_id", sa.ForeignKey(f"{SCHEMA}.campaigns.campaign_id")),
        identity("community_id"),
        identity("member_id"),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("price_minor", sa.BigInteger, nullable=False),
        sa.Column("paid_minor", sa.BigInteger),
        minor("refunded_minor"),
        sa.Column("final_price_minor", sa.BigInteger),
        moment("hold_until"),
        sa.Column("receipt", sa.Text),
        moment("created_at", nullable=False),
        sa.CheckConstraint("seats > 0", name="commitments_seats_positive"),
        sa.CheckConstraint(
            "refunded_minor BETWEEN 0 AND coalesce(paid_minor, 0)", name="commitments_refund_within_paid"
        ),
        sa.CheckConstraint("final_price_minor <= price_minor", name="commitments_never_above_quote"),
        schema=SCHEMA,
    )
    op.create_index("commitments_campaign", "commitments", ["campaign_id", "commitment_id"], schema=SCHEMA)
    op.create_index(
        "commitments_receipt",
        "commitments",
        ["community_id", "receipt"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("receipt IS NOT NULL"),
    )


def create_ledger():
    op.create_table(
        "transfers",
        identity("transfer_id", primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("debit_account", sa.Text, nullable=False),
        sa.Column("credit_account", sa.Text, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        identity("campaign_id", sa.ForeignKey(f"{SCHEMA}.campaigns.campaign_id")),
        identity("commitment_id", sa.ForeignKey(f"{SCHEMA}.commitments.commitment_id"), nullable=True),
        sa.Column("receipt", sa.Text),
        moment("created_at", nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="transfers_amount_positive"),
        sa.CheckConstraint("debit_account <> credit_account", name="transfers_two_accounts"),
        sa.CheckConstraint("kind IN ('payment', 'refund', 'tier_difference', 'release')", name="transfers_kind"),
        schema=SCHEMA,
    )
    op.create_index("transfers_campaign", "transfers", ["campaign_id", "transfer_id"], schema=SCHEMA)
    op.create_table(
        "accounts",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("currency", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("balance", sa.BigInteger, nullable=False),
        sa.CheckConstraint("kind <> 'escrow' OR balance >= 0", name="accounts_escrow_not_negative"),
        schema=SCHEMA,
    )


def guard_ledger():
    op.execute(REFUSE)
    op.execute(POST)


# A transfer is never changed: a correction is another transfer.
REFUSE = f"""
CREATE FUNCTION {SCHEMA}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % of %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {SCHEMA}.transfers
    FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.refuse_change();
"""

# Posting in the statement that inserts saves round trips while a hot campaign is locked, and nobody can forget it.
# The accounts are taken in the order of their names, so that two campaigns with common members rarely meet crosswise.
# The update comes first: an INSERT ... ON CONFLICT of a negative escrow would fail the CHECK before it finds the row.
POST = f"""
CREATE FUNCTION {SCHEMA}.post_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE line record;
BEGIN
    FOR line IN
        SELECT account, moved.currency, sum(delta)::bigint AS delta FROM (
            SELECT debit_account AS account, currency, -amount_minor AS delta FROM fresh
            UNION ALL SELECT credit_account, currency, amount_minor FROM fresh
        ) AS moved GROUP BY account, moved.currency ORDER BY account
    LOOP
        UPDATE {SCHEMA}.accounts SET balance = balance + line.delta
            WHERE account = line.account AND currency = line.currency;
        IF NOT FOUND THEN
            INSERT INTO {SCHEMA}.accounts (account, currency, kind, balance)
                VALUES (line.account, line.currency, split_part(line.account, ':', 1), line.delta)
                ON CONFLICT (account, currency) DO UPDATE SET balance = {SCHEMA}.accounts.balance + excluded.balance;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER transfers_post AFTER INSERT ON {SCHEMA}.transfers
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.post_transfers();
"""


def downgrade():
    op.execute(f"DROP TABLE {', '.join(f'{SCHEMA}.{table}' for table in TABLES)} CASCADE")
    op.execute(f"DROP FUNCTION {SCHEMA}.refuse_change, {SCHEMA}.post_transfers")


TABLES = (
    *("campaigns", "campaign_communities", "commitments", "transfers", "accounts", "members"),
    *("streams", "outbox", "inbox", "answers", "timers", "dead_letters"),
)
