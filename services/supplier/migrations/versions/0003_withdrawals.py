"""Suppliers may withdraw from a match: slots are closed, sold seats remembered, replacements looked for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "supplier"
STATES = "'proposed', 'confirmed', 'expired', 'released'"

# What a match has sold was not kept before. Where it is the only one of its slot, the slot knows; of the others the
# event may still be there. Of the rest nobody knows, and their seats stay sold when they are withdrawn.
SOLD_OF_SLOTS = """
    UPDATE supplier.matches SET sold = slots.confirmed FROM supplier.slots
    WHERE slots.slot_id = matches.slot_id AND matches.state = 'confirmed' AND (
        SELECT count(*) FROM supplier.matches other
        WHERE other.slot_id = matches.slot_id AND other.state = 'confirmed'
    ) = 1
"""
SOLD_OF_EVENTS = """
    UPDATE supplier.matches SET sold = (outbox.body::jsonb -> 'data' ->> 'seats')::int FROM supplier.outbox
    WHERE outbox.subject = matches.match_id::text AND outbox.routing_key = 'slot_confirmed.v1'
    AND matches.state = 'confirmed' AND matches.sold IS NULL
"""


def upgrade():
    op.add_column(
        "slots", sa.Column("closed", sa.Boolean, nullable=False, server_default=sa.text("false")), schema=SCHEMA
    )
    change_matches()
    create_vacancies()
    op.execute(SOLD_OF_SLOTS)
    op.execute(SOLD_OF_EVENTS)


def change_matches():
    op.add_column("matches", sa.Column("sold", sa.Integer), schema=SCHEMA)
    op.add_column("matches", sa.Column("withdrawn_because", sa.Text), schema=SCHEMA)
    replaced = sa.Column("replaces_match_id", sa.Uuid, sa.ForeignKey("supplier.matches.match_id"))
    op.add_column("matches", replaced, schema=SCHEMA)
    op.add_column("matches", sa.Column("for_campaign_id", sa.Uuid), schema=SCHEMA)
    op.drop_constraint("matches_state", "matches", schema=SCHEMA)
    op.create_check_constraint("matches_state", "matches", f"state IN ({STATES}, 'withdrawn')", schema=SCHEMA)
    for column in ("campaign_id", "for_campaign_id"):
        known = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"matches_{column}", "matches", [column], schema=SCHEMA, postgresql_where=known)
    op.drop_index("matches_one_per_offer", "matches", schema=SCHEMA)
    for_a_pool = sa.text("state = 'proposed' AND pool_id IS NOT NULL AND replaces_match_id IS NULL")
    op.create_index(
        "matches_one_per_offer",
        "matches",
        ["offer_id", "pool_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=for_a_pool,
    )


def create_vacancies():
    op.create_table(
        "vacancies",
        sa.Column("match_id", sa.Uuid, sa.ForeignKey("supplier.matches.match_id"), primary_key=True),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("reasons", JSONB),
        sa.CheckConstraint("state IN ('open', 'offered', 'filled', 'closed')", name="vacancies_state"),
        sa.CheckConstraint("people > 0 AND seats >= people", name="vacancies_seats"),
        schema=SCHEMA,
    )
    op.create_index("vacancies_campaign_id", "vacancies", ["campaign_id"], schema=SCHEMA)
    is_open = sa.text("state = 'open'")
    op.create_index("vacancies_open", "vacancies", ["category"], schema=SCHEMA, postgresql_where=is_open)


def downgrade():
    raise NotImplementedError("what was withdrawn has no place in the version before")
