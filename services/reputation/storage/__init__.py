"""How receipts, reviews, scores and the log are kept in PostgreSQL, schema ``reputation``.

Importing the package makes the tables of all its files known, so that the metadata is always whole.
"""

from services.reputation.storage import grade_tables as grade_tables
from services.reputation.storage import log_tables as log_tables
from services.reputation.storage import receipt_tables as receipt_tables
