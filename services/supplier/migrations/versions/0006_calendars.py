"""Versions of offers, calendars, options."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SCHEMA = "supplier"


def upgrade():
    create_versions()


def create_versions():
    op.create_table(
        "offer_versions",
        sa.Column("offer_id", sa.Uuid, sa.ForeignKey("supplier.offers.offer_id"), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
    # Terms could not be changed before, so what an offer has now it had from its first version on.
    op.execute(
        "INSERT INTO supplier.offer_versions (offer_id, version, terms, created_at) "
        "SELECT offer_id, 1, terms, created_at FROM supplier.offers"
    )


def downgrade():
    raise NotImplementedError("what was revised has no place in the version before")
