"""Alembic's entry: the migrations of supplier run on the connection that the caller brings."""

from services.chassis.migrations import run
from services.supplier.storage.tables import metadata

run(metadata)
