"""Slots of several sessions; a row without them has one, the whole time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("slots", "matches"):
        op.add_column(table, sa.Column("sessions", JSONB), schema="supplier")


def downgrade():
    for table in ("matches", "slots"):
        op.drop_column(table, "sessions", schema="supplier")
