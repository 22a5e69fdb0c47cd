"""From the offers of a category to a match: who may be asked, who is best, and holding their seats."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from services.kernel.ids import new_id
from services.supplier.domain.matches import Match
from services.supplier.domain.matching import Candidate, Fit, Ranking, choose
from services.supplier.domain.standing import MatchState
from services.supplier.handlers.booking import hold
from services.supplier.handlers.limits import rooms
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

# How often the best offers are worked out anew when their seats were taken between reading and locking.
ROUNDS = 5
Rank = Callable[[list[Candidate]], Ranking]


def rank_and_lock(uow: SupplierUnitOfWork, category: str, most: int, rank: Rank) -> tuple[list[Fit], Ranking]:
    """Rank by what is free now, and return the best up to ``most``, with their slots locked.

    Ranking before locking keeps the slots of all other offers free for others; if the seats of the best were taken in
    between, the second look at the locked rows shows it and another round starts.
    """
    locked: set[UUID] = set()
    for _ in range(ROUNDS):
        ranking = rank(candidates_in(uow, category))
        best = choose(ranking.fits, most)
        wanted = {fit.slot.slot_id for fit in best}
        if wanted <= locked:
            return best, ranking
        locked |= wanted
        uow.slots.lock(locked)
    # Others book faster than we look: take what is best among the locked slots.
    ranking = rank(candidates_in(uow, category))
    return choose((fit for fit in ranking.fits if fit.slot.slot_id in locked), most), ranking


def candidates_in(
    uow: SupplierUnitOfWork, category: str, of: Collection[UUID] | None = None, *, lock: bool = True
) -> list[Candidate]:
    """Return the published offers of a category (or those ``of`` these ids) with all that is needed to judge them.

    Suppliers whose matches are counted are locked, unless nothing is to be held for the time being.
    """
    now = uow.clock.now()
    offers = [offer for offer in uow.offers.published_in(category) if of is None or offer.offer_id in of]
    supplier_ids = sorted({offer.supplier_id for offer in offers})
    suppliers, scores = uow.suppliers.many(supplier_ids), uow.scores.many(supplier_ids)
    kinds = uow.qualifications.valid_kinds(supplier_ids, now)
    room = rooms(uow, list(suppliers.values()), lock=lock)
    slots = uow.slots.on_sale([offer.offer_id for offer in offers], now)
    return [
        Candidate(
            offer=offer,
            supplier=suppliers[offer.supplier_id],
            slots=slots.get(offer.offer_id, ()),
            qualified=kinds.get(offer.supplier_id, frozenset()),
            score=scores.get(offer.supplier_id),
            room=room[offer.supplier_id],
        )
        for offer in offers
    ]


def propose(uow: SupplierUnitOfWork, fit: Fit, **options: Any) -> Match:
    """Hold the seats of an offer that fits; ``options`` are what the fit does not know of the match."""
    candidate, now = fit.candidate, uow.clock.now()
    values = {
        "match_id": new_id(),
        "state": MatchState.PROPOSED,
        "people": fit.people,
        "communities": fit.communities,
        "supplier_id": candidate.supplier.supplier_id,
        "supplier_name": candidate.supplier.name,
        "offer": candidate.offer.snapshot,
        "slot_id": fit.slot.slot_id,
        "span": fit.slot.span,
        "sessions": fit.slot.sessions,
        "seats": fit.seats,
        "held_until": min(now + uow.policy.match_hold, fit.slot.bookable_until),
        "distance_km": round(fit.distance_km, 2),
        "score": candidate.score.score if candidate.score else None,
        "score_low": candidate.score.low if candidate.score else None,
        "campaign_id": None,
        "created_at": now,
        "supplier_standing": str(candidate.supplier.standing),
    }
    match = Match(**{**values, **options})
    hold(uow, match)
    return match
