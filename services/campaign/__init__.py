"""Decides who holds which seat of a group buy, whether it happens, at which price, and who gets which money when.
Owns campaigns, commitments, sessions, terms, disputes, inquiries, the ledger of escrow, and copies of members and of
suppliers.
Publishes campaign_* (drafted, opened, tipped, confirmed, ..., settled), commitment_*, session_*, dispute_*, inquiry_*,
match_declined and member_notified.
Consumes supplier.match_*, slot_confirmed, supplier_withdrew, offer_paused/resumed, replacement_missing and
supplier_registered/changed, and demand.member_joined and member_changed.
"""
