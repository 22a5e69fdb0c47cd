"""Two-phase transfers, rules fixed before opening, tolerance, households, a waiting list, and notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "campaign"
KINDS = (
    *("payment", "refund", "tier_difference", "release", "return", "moved", "hand_over", "cover", "contribution"),
    *("late_payment", "late_refund", "correction"),
)


def count(name):
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def minor(name):
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def identity(name, *args, **options):
    return sa.Column(name, sa.Uuid, *args, **{"nullable": False, **options})


def add(table, *columns):
    for column in columns:
        op.add_column(table, column, schema=SCHEMA)


def check(table, name, condition):
    """Make a CHECK, in the place of an older one of that name if there is one."""
    op.execute(f"ALTER TABLE {SCHEMA}.{table} DROP CONSTRAINT IF EXISTS {name}")
    op.create_check_constraint(name, table, condition, schema=SCHEMA)


def upgrade():
    change_campaigns()
    change_commitments()
    change_ledger()
    add("campaign_communities", count("dropped_seats"))
    add("members", identity("household_id", nullable=True))
    create_notices()


def change_campaigns():
    add(
        "campaigns",
        sa.Column("rules", JSONB, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("terms_version", sa.Integer, nullable=False, server_default="1"),
        *(count(name) for name in ("extensions", "authorised_seats", "households", "waiting", "sessions_held")),
        *(minor(name) for name in ("moved_minor", "owed_minor")),
        moment("extended_at"),
    )
    check(
        "campaigns",
        "campaigns_seats_not_negative",
        "least(reserved_seats, authorised_seats, paid_seats, waiting) >= 0",
    )
    check("campaigns", "campaigns_never_oversold", "reserved_seats + authorised_seats + paid_seats <= max_seats")
    check(
        "campaigns",
        "campaigns_money_not_negative",
        "least(refunded_minor, released_minor, moved_minor, owed_minor) >= 0",
    )
    check(
        "campaigns",
        "campaigns_escrow_not_negative",
        "refunded_minor + released_minor + moved_minor <= paid_minor",
    )
    op.create_unique_constraint("campaigns_one_currency", "campaigns", ["campaign_id", "currency"], schema=SCHEMA)


def change_commitments():
    add(
        "commitments",
        identity("household_id", nullable=True),
        sa.Column("upto_seats", sa.Integer),
        sa.Column("party", JSONB, nullable=False, server_default=sa.text("'[]'")),
        *(minor(f"{name}_minor") for name in ("released", "moved", "owed", "kept", "withheld")),
        sa.Column("frozen", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("provider", sa.Text, nullable=False, server_default="offline"),
        sa.Column("terms_digest", sa.Text),
        moment("left_at"),
    )
    op.execute(f"UPDATE {SCHEMA}.commitments SET household_id = member_id, upto_seats = seats")
    op.execute(SHARE_OUT)
    for name in ("household_id", "upto_seats"):
        op.alter_column("commitments", name, nullable=False, schema=SCHEMA)
    check("commitments", "commitments_seats_positive", "seats > 0 AND upto_seats >= seats")
    check(
        "commitments",
        "commitments_money_not_negative",
        "least(refunded_minor, released_minor, moved_minor, owed_minor, kept_minor, withheld_minor) >= 0",
    )
    check(
        "commitments",
        "commitments_refund_within_paid",
        "refunded_minor + released_minor + moved_minor <= coalesce(paid_minor, 0)",
    )
    op.create_index("commitments_member", "commitments", ["campaign_id", "member_id"], schema=SCHEMA)


# Until now only the campaign knew what was released. Each commitment gets the part of it that its net price has in all
# net prices, rounded down; the fen that are left over go to the first commitments, one each.
SHARE_OUT = f"""
WITH net AS (
    SELECT c.commitment_id, c.campaign_id, g.released_minor,
        coalesce(c.paid_minor, 0) - c.refunded_minor AS net,
        sum(coalesce(c.paid_minor, 0) - c.refunded_minor) OVER (PARTITION BY c.campaign_id) AS all_net
    FROM {SCHEMA}.commitments AS c JOIN {SCHEMA}.campaigns AS g ON g.campaign_id = c.campaign_id
    WHERE c.state IN ('paid', 'delivered') AND g.released_minor > 0
), parts AS (
    SELECT *, div(net::numeric * released_minor, all_net) AS part FROM net WHERE all_net > 0
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY campaign_id ORDER BY commitment_id) AS place,
        released_minor - sum(part) OVER (PARTITION BY campaign_id) AS rest
    FROM parts WHERE part < net OR net > 0
)
UPDATE {SCHEMA}.commitments AS c SET released_minor = r.part + (r.place <= r.rest)::int
FROM ranked AS r WHERE r.commitment_id = c.commitment_id
"""


def change_ledger():
    add(
        "transfers",
        sa.Column("phase", sa.Text, nullable=False, server_default="posted"),
        identity("pending_id", sa.ForeignKey(f"{SCHEMA}.transfers.transfer_id"), nullable=True),
        sa.Column("provider", sa.Text, nullable=False, server_default="offline"),
    )
    op.alter_column("transfers", "campaign_id", nullable=True, schema=SCHEMA)
    op.drop_constraint("transfers_campaign_id_fkey", "transfers", schema=SCHEMA)
    op.create_foreign_key(
        "transfers_one_currency",
        "transfers",
        "campaigns",
        ["campaign_id", "currency"],
        ["campaign_id", "currency"],
        source_schema=SCHEMA,
        referent_schema=SCHEMA,
    )
    check("transfers", "transfers_kind", f"kind IN ({', '.join(repr(kind) for kind in KINDS)})")
    check("transfers", "transfers_phase", "phase IN ('posted', 'pending', 'post', 'void', 'timeout')")
    ends = "(phase IN ('post', 'void', 'timeout')) = (pending_id IS NOT NULL)"
    check("transfers", "transfers_ends_a_pending_one", ends)
    for name, column, where, options in (
        ("transfers_pending", "pending_id", "pending_id IS NOT NULL", {"unique": True}),
        ("transfers_open", "campaign_id", "phase = 'pending'", {}),
    ):
        op.create_index(name, "transfers", [column], schema=SCHEMA, postgresql_where=sa.text(where), **options)
    add("accounts", minor("pending_in"), minor("pending_out"))
    check("accounts", "accounts_pending_not_negative", "pending_in >= 0 AND pending_out >= 0")
    check("accounts", "accounts_escrow_not_negative", "kind NOT IN ('escrow', 'fund') OR balance >= pending_out")
    check("accounts", "accounts_member_not_above_zero", "kind <> 'member' OR balance + pending_in <= 0")
    op.execute(POST)
    op.execute(GUARD)


def create_notices():
    op.create_table(
        "notices",
        identity("notice_id", primary_key=True),
        identity("campaign_id", sa.ForeignKey(f"{SCHEMA}.campaigns.campaign_id")),
        identity("commitment_id", sa.ForeignKey(f"{SCHEMA}.commitments.commitment_id")),
        identity("community_id"),
        identity("member_id"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "zh", "en")),
        sa.Column("options", JSONB, nullable=False),
        moment("created_at", nullable=False),
        schema=SCHEMA,
    )
    for whose in ("member", "community", "campaign"):
        op.create_index(f"notices_{whose}", "notices", [f"{whose}_id", "notice_id"], schema=SCHEMA)


# As before, each statement that inserts transfers posts them; now a pending transfer sets money aside, and the one that
# ends it takes that back and, if it posts, moves the money. Accounts are taken in the order of their names.
POST = f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.post_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE line record;
BEGIN
    FOR line IN
        SELECT account, moved.currency, sum(delta)::bigint AS delta, sum(came)::bigint AS came,
            sum(went)::bigint AS went
        FROM (
            SELECT debit_account AS account, currency,
                CASE WHEN phase IN ('posted', 'post') THEN -amount_minor ELSE 0 END AS delta, 0 AS came,
                CASE phase WHEN 'posted' THEN 0 WHEN 'pending' THEN amount_minor ELSE -amount_minor END AS went
            FROM fresh
            UNION ALL
            SELECT credit_account, currency,
                CASE WHEN phase IN ('posted', 'post') THEN amount_minor ELSE 0 END,
                CASE phase WHEN 'posted' THEN 0 WHEN 'pending' THEN amount_minor ELSE -amount_minor END, 0
            FROM fresh
        ) AS moved GROUP BY account, moved.currency ORDER BY account
    LOOP
        UPDATE {SCHEMA}.accounts SET balance = balance + line.delta, pending_in = pending_in + line.came,
            pending_out = pending_out + line.went
            WHERE account = line.account AND currency = line.currency;
        IF NOT FOUND THEN
            INSERT INTO {SCHEMA}.accounts AS a (account, currency, kind, balance, pending_in, pending_out)
                VALUES (line.account, line.currency, split_part(line.account, ':', 1), line.delta, line.came, line.went)
                ON CONFLICT (account, currency) DO UPDATE SET balance = a.balance + excluded.balance,
                    pending_in = a.pending_in + excluded.pending_in, pending_out = a.pending_out + excluded.pending_out;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""

# Balances move with transfers only, and a pending transfer is ended by one that says the same of the same accounts.
GUARD = f"""
CREATE FUNCTION {SCHEMA}.refuse_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'balances move with transfers only: % of %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_by_transfers_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {SCHEMA}.accounts
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION {SCHEMA}.refuse_by_hand();
CREATE FUNCTION {SCHEMA}.require_same_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM {SCHEMA}.transfers AS t WHERE t.transfer_id = NEW.pending_id AND t.phase = 'pending'
        AND (t.debit_account, t.credit_account, t.amount_minor, t.currency)
            = (NEW.debit_account, NEW.credit_account, NEW.amount_minor, NEW.currency);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'transfer % does not end the pending transfer %', NEW.transfer_id, NEW.pending_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfers_same_end BEFORE INSERT ON {SCHEMA}.transfers
    FOR EACH ROW WHEN (NEW.pending_id IS NOT NULL) EXECUTE FUNCTION {SCHEMA}.require_same_end();
"""


def downgrade():
    raise RuntimeError("money that is set aside has no place in the older schema; restore a backup instead")
