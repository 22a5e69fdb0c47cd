"""The tables of price lists, and the numbers by which a supplier's lists call its offers."""

from sqlalchemy import ARRAY, CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.supplier.storage.tables import metadata

SUPPLIER = "supplier.suppliers.supplier_id"

price_lists = Table(
    "price_lists",
    metadata,
    Column("list_id", Uuid, primary_key=True),
    Column("supplier_id", Uuid, ForeignKey(SUPPLIER), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("ignored_columns", ARRAY(Text), nullable=False),
    # What was shown, and exactly what a commit does.
    Column("lines", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('previewed', 'committed', 'discarded')", name="price_lists_state"),
    Index("price_lists_supplier", "supplier_id", "list_id"),
)

offer_numbers = Table(
    "offer_numbers",
    metadata,
    Column("supplier_id", Uuid, ForeignKey(SUPPLIER), primary_key=True),
    Column("number", Text, primary_key=True),
    Column("offer_id", Uuid, ForeignKey("supplier.offers.offer_id"), nullable=False),
    Index("offer_numbers_offer", "offer_id", unique=True),
)
