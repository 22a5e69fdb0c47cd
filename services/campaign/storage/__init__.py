"""How campaigns, commitments and the ledger are kept in PostgreSQL, schema ``campaign``.

Importing the package makes the tables of all its files known, so that the metadata is always whole.
"""

from services.campaign.storage import delivery_tables as delivery_tables
