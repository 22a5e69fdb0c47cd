"""Runs the migrations of the campaign schema."""

from services.campaign.storage.tables import metadata
from services.chassis import migrations

migrations.run(metadata)
