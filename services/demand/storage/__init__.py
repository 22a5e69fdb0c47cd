"""How demand is kept: PostgreSQL, schema ``demand``."""
