"""How demand is kept: PostgreSQL, schema ``demand``.

Importing the package makes the tables of all its files known, so that the metadata is always whole.
"""

from services.demand.storage import intake_tables as intake_tables
from services.demand.storage import sharing_tables as sharing_tables
