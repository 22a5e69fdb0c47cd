"""Alembic's entry: the migrations of demand run on the connection that the caller brings."""

from services.chassis.migrations import run
from services.demand.storage.tables import metadata

run(metadata)
