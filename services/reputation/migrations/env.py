from services.chassis.migrations import run
from services.reputation.storage.tables import metadata

run(metadata)
