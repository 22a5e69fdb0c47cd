"""Demand: what communities want, merged into pools.

Decides: which signals belong to one pool, who has consented to it, and when it is ready for suppliers.
Owns: communities, members, signals, pools, the consents of communities to pools, and what was put by hand.
Publishes: community_*, member_*, signal_* and pool_* events, see contract/events.py.
Consumes: its own signals_waiting, in lanes; suppliers and their offers, match_proposed, match_expired and
pool_unmatched of supplier; opened, failed, cancelled and settled campaigns.
"""
