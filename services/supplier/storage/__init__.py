"""Where the supplier service keeps its state: its own PostgreSQL schema.

Importing the package makes the tables of all its files known, so that the metadata is always whole.
"""

from services.supplier.storage import permission_tables as permission_tables
from services.supplier.storage import round_tables as round_tables
from services.supplier.storage import visit_tables as visit_tables
