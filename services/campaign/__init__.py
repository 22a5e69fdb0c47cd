"""Decides who holds which seat of a group buy, whether it happens, at which price, and who gets which money when.
Owns campaigns, commitments, terms, disputes, inquiries and the ledger of escrowed money; copies of members, suppliers.
Publishes campaign_* (drafted, opened, tipped, confirmed, failed, delivered, settled...), commitment_*, dispute_*,
inquiry_*, match_declined and member_notified.
Consumes supplier.match_*, slot_confirmed, supplier_withdrew, replacement_missing and supplier_registered/changed, and
demand.member_joined and member_changed.
"""
