"""The reputation service: what came of the campaigns of a supplier, said by those who paid and were served.

Decides: who may write a review, what the score of a supplier is and how sure it is.
Owns: receipts (who was served, by whom), reviews and scores; a copy of who sees which supplier.
Publishes: review_written, score_changed.
Consumes: campaign's deliveries, which say all that a review needs, and supplier's registrations and changes.
"""
