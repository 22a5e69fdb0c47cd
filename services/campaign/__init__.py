"""Decides who holds which seat of a group buy, whether it happens, at which price, and who gets which money when.
Owns campaigns, commitments, inquiries and the ledger of escrowed money; copies of members and of who sees a supplier.
Publishes campaign_* (drafted, opened, tipped, confirmed, failed, delivered, settled, cancelled, vacated, rematched,
moved), commitment_*, inquiry_*, match_declined and member_notified.
Consumes supplier.match_proposed, match_expired, slot_confirmed, supplier_withdrew, replacement_missing and
supplier_registered/changed, and demand.member_joined and member_changed.
"""
