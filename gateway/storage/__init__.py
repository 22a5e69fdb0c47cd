"""The gateway's own tables, in the schema ``gateway``."""
