"""Plumbing that every service stands on: transactions, outbox and inbox, entrypoints, clients, timers, logs.

It knows no word of the domain and imports no service.
"""
