"""The supplier service: the registry of suppliers, what they offer, and which offer fits which pool.

Decides: who may see, use, edit and share on a supplier, whether a qualification holds, which offers fit a pool and in
what order, who gets a slot.
Owns: suppliers, grants, qualifications, offers, slots, matches, vacancies, visit plans; copies of pools, communities,
scores.
Publishes: supplier_*, permissions_changed, qualification_*, offer_*, match_*, pool_unmatched, replacement_missing,
slot_*, visit_planned.
Consumes: demand's pools and communities, what became of campaigns and of what was proposed to them, and scores.
"""
