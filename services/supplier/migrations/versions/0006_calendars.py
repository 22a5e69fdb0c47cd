"""Versions of offers, calendars, options."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SCHEMA = "supplier"


def upgrade():
    create_versions()
    create_calendars()
    change_slots()


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


def create_calendars():
    op.add_column("offers", sa.Column("calendar", JSONB), schema=SCHEMA)
    supplier_id = sa.Column("supplier_id", sa.Uuid, sa.ForeignKey("supplier.suppliers.supplier_id"), nullable=False)
    op.create_table(
        "resources",
        sa.Column("number", sa.BigInteger, sa.Identity(), primary_key=True),
        supplier_id,
        sa.Column("name", sa.Text, nullable=False),
        sa.UniqueConstraint("supplier_id", "name", name="resources_name"),
        schema=SCHEMA,
    )
    op.create_table(
        "days_off",
        sa.Column("supplier_id", sa.Uuid, sa.ForeignKey("supplier.suppliers.supplier_id"), primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("blackouts", JSONB, nullable=False),
        schema=SCHEMA,
    )


def change_slots():
    number = sa.ForeignKey("supplier.resources.number")
    for column in (
        sa.Column("book_by", sa.DateTime(timezone=True)),
        sa.Column("resource", sa.BigInteger, number),
        sa.Column("occupies", INT8MULTIRANGE),
        sa.Column("from_calendar", sa.Boolean, nullable=False, server_default=sa.text("false")),
    ):
        op.add_column("slots", column, schema=SCHEMA)
    one_place = {"where": sa.text("held + confirmed > 0"), "using": "gist", "schema": SCHEMA}
    op.create_exclude_constraint("slots_one_place", "slots", ("occupies", "&&"), **one_place)


def downgrade():
    raise NotImplementedError("what was revised has no place in the version before")
