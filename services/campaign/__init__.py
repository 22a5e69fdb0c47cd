"""Decides who holds which seat of a group buy, whether it happens, at which price, and who gets which money when.
Owns campaigns, commitments and the ledger of escrowed money, and a copy of who is a member of which community.
Publishes campaign_* (drafted, opened, tipped, confirmed, failed, delivered, settled, cancelled) and commitment_*.
Consumes supplier.match_proposed, match_expired and slot_confirmed, and demand.member_joined and member_changed.
"""
