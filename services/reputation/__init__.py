"""The reputation service: what came of the campaigns of a supplier, said by those who paid and were served; and people.

Decides: who may write a review, the score and the grade of a supplier, whom a campaign may ask to join, who is on duty.
Owns: receipts, reviews, scores, grades, the log; points, honours, rotas, askings; copies of suppliers and members.
Publishes: review_written, receipt_issued, score_changed, supplier_grade_changed, invitations_decided and others.
Consumes: campaign's openings, deliveries and settlements, demand's communities and members, supplier's suppliers.
"""
