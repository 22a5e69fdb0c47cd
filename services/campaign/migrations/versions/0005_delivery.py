"""Sessions, check-ins, corrections of attendance, what a delivery came to, and the keys that sign codes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = "campaign"


def identity(name, *args, **options):
    return sa.Column(name, sa.Uuid, *args, **{"nullable": False, **options})


def moment(name, *, nullable=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade():
    create_sessions()
    create_attendance()
    create_keys()
    for statement in (FILL, COUNT, REMIND, APPEND_ONLY):
        op.execute(statement)


def create_sessions():
    op.create_table(
        "sessions",
        identity("campaign_id", sa.ForeignKey(f"{SCHEMA}.campaigns.campaign_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        moment("starts_at"),
        moment("ends_at"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        moment("decided_at", nullable=True),
        sa.CheckConstraint("number > 0 AND ends_at > starts_at", name="sessions_have_a_place"),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="sessions_state"),
        sa.CheckConstraint("(state = 'cancelled') = (reason IS NOT NULL)", name="sessions_cancelled_for_a_reason"),
        sa.CheckConstraint("(state = 'planned') = (decided_at IS NULL)", name="sessions_decided_once"),
        schema=SCHEMA,
    )


def of_a_session(table):
    columns = [f"{SCHEMA}.sessions.campaign_id", f"{SCHEMA}.sessions.number"]
    return sa.ForeignKeyConstraint(["campaign_id", "session"], columns, name=f"{table}_session")


def create_attendance():
    commitment = f"{SCHEMA}.commitments.commitment_id"
    op.create_table(
        "check_ins",
        identity("commitment_id", sa.ForeignKey(commitment), primary_key=True),
        sa.Column("session", sa.Integer, primary_key=True, autoincrement=False),
        identity("campaign_id"),
        sa.Column("seats", sa.Integer, nullable=False),
        moment("scanned_at"),
        moment("counted_at"),
        of_a_session("check_ins"),
        sa.CheckConstraint("seats > 0", name="check_ins_of_somebody"),
        schema=SCHEMA,
    )
    op.create_index("check_ins_campaign", "check_ins", ["campaign_id", "session"], schema=SCHEMA)
    op.create_table(
        "attendance_corrections",
        identity("correction_id", primary_key=True),
        identity("campaign_id"),
        identity("commitment_id", sa.ForeignKey(commitment)),
        sa.Column("session", sa.Integer, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("reason", "by_role")),
        identity("by_member_id", nullable=True),
        moment("made_at"),
        of_a_session("attendance_corrections"),
        schema=SCHEMA,
    )
    name, columns = "attendance_corrections_campaign", ["campaign_id", "correction_id"]
    op.create_index(name, "attendance_corrections", columns, schema=SCHEMA)
    op.create_table(
        "deliveries",
        identity("commitment_id", sa.ForeignKey(commitment), primary_key=True),
        identity("campaign_id"),
        sa.Column("attended", sa.Boolean, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("undelivered_minor", "no_show_minor")),
        sa.CheckConstraint("undelivered_minor >= 0 AND no_show_minor >= 0", name="deliveries_money_not_negative"),
        schema=SCHEMA,
    )
    op.create_index("deliveries_campaign", "deliveries", ["campaign_id"], schema=SCHEMA)


def create_keys():
    op.create_table(
        "signing_keys",
        sa.Column("key_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("private", "public")),
        moment("created_at"),
        moment("retired_at", nullable=True),
        schema=SCHEMA,
    )
    op.create_index(
        "signing_keys_signing",
        "signing_keys",
        [sa.text("(retired_at IS NULL)")],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.execute(f"REVOKE ALL ON {SCHEMA}.signing_keys FROM PUBLIC")


# Groups that were formed before there were sessions have those of their terms; what was delivered was held.
FILL = f"""
INSERT INTO {SCHEMA}.sessions (campaign_id, number, starts_at, ends_at, state, decided_at)
SELECT c.campaign_id, s.number, (s.span ->> 'start')::timestamptz, (s.span ->> 'end')::timestamptz,
    CASE c.state WHEN 'confirmed' THEN 'planned' ELSE 'held' END,
    CASE c.state WHEN 'confirmed' THEN NULL ELSE coalesce(c.delivered_at, (s.span ->> 'end')::timestamptz) END
FROM {SCHEMA}.campaigns AS c CROSS JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_array_length(coalesce(c.terms -> 'sessions', '[]')) > 0 THEN c.terms -> 'sessions'
        ELSE jsonb_build_array(c.terms -> 'slot') END
) WITH ORDINALITY AS s (span, number)
WHERE c.state IN ('confirmed', 'delivered', 'settled')
"""

COUNT = f"""
UPDATE {SCHEMA}.campaigns AS c SET sessions_held = held.count FROM (
    SELECT campaign_id, count(*) AS count FROM {SCHEMA}.sessions WHERE state = 'held' GROUP BY campaign_id
) AS held WHERE held.campaign_id = c.campaign_id
"""

REMIND = f"""
INSERT INTO {SCHEMA}.timers (key, due_at, command, payload, correlation_id)
SELECT 'remind_session:' || campaign_id || ':' || number, starts_at - interval '1 day', 'remind_session',
    jsonb_build_object('campaign_id', campaign_id, 'session', number), 'migration-0005'
FROM {SCHEMA}.sessions WHERE state = 'planned' AND starts_at - interval '1 day' > now()
"""

APPEND_ONLY = f"""
CREATE FUNCTION {SCHEMA}.refuse_forgery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'attendance is append-only: % of %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER check_ins_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {SCHEMA}.check_ins
    FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.refuse_forgery();
CREATE TRIGGER attendance_corrections_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON {SCHEMA}.attendance_corrections FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.refuse_forgery();
"""


def downgrade():
    raise RuntimeError("what was recorded of sessions has no place in the older schema; restore a backup instead")
