"""Decides who holds which seat of a group buy, whether it happens, at which price, and who gets which money when.
Owns campaigns, commitments, terms, disputes and the ledger of escrowed money, and copies of members and suppliers.
Publishes campaign_* (drafted, opened, tipped, confirmed, failed, delivered, settled...), commitment_*, dispute_*.
Consumes supplier.match_*, slot_confirmed and supplier_registered/changed, and demand.member_joined and member_changed.
"""
