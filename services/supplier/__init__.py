"""The supplier service: the registry of suppliers, what they offer, and which offer fits which pool.

Decides: where a supplier stands, who may see, use, edit and share on it, whether a qualification holds, which
offers fit a pool and in what order, how bids rank, who gets a slot.
Owns: suppliers, registrations, grants, qualifications, offers, slots, matches, vacancies, visit plans, procedures,
matching rounds, tenders, bids, negotiations, agreements; copies of pools, communities, scores.
Publishes: supplier_*, permissions_changed, qualification_*, offer_*, match_*, pool_unmatched, replacement_missing,
slot_*, visit_planned, round_*, tender_*, bid*, negotiation_moved, agreement_made.
Consumes: demand's pools and communities, what became of campaigns and of what was proposed to them, scores and grades.
"""
