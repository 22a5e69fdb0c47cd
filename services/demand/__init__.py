"""Demand: what communities want, merged into pools.

Decides: which signals belong to one pool, who has consented to it, and when it is ready for suppliers.
Owns: communities, members, signals, pools and the consents of communities to pools.
Publishes: community_*, member_*, signal_* and pool_* events, see contract/events.py.
Consumes: suppliers, their offers, match_proposed, match_expired and pool_unmatched of supplier; opened, failed,
cancelled and settled campaigns.
"""
