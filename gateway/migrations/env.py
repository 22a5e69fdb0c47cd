from gateway.storage.tables import metadata
from services.chassis import migrations

migrations.run(metadata)
