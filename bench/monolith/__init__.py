"""The yardstick of bench/joins.py: one plain FastAPI application over one database, nothing else.

A join does the same durable work as ours: the bearer token is looked up by its hash, the idempotency key is claimed
and keeps the answer, the campaign's row is locked and its state, deadline and capacity checked, then a commitment, two
ledger entries with their accounts' balances, and an outbox row, all in one commit.
"""
