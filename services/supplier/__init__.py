"""The supplier service: the registry of suppliers, what they offer, and which offer fits which pool.

Decides: who sees a supplier, whether a qualification holds, which offers fit a pool and in what order, who gets a slot.
Owns: suppliers, qualifications, offers, slots and matches; copies of ready pools, known communities and scores.
Publishes: supplier_*, qualification_*, offer_*, match_proposed, match_expired, pool_unmatched, slot_*.
Consumes: demand's pools and communities, what became of campaigns, and the scores of reputation.
"""
