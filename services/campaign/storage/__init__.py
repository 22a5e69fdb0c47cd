"""How campaigns, commitments and the ledger are kept in PostgreSQL, schema ``campaign``."""
