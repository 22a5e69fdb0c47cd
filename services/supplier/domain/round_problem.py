"""From pools and offers to the problem of a round: judged by the hurdles of all matching, solved as an assignment.

Every slot at every table of prices is a card of its own: the prices of all are for the communities that share them in
one group, and a community with prices of its own has a card beside it, of which only one can be used. A pool names the
cards that ``fits_of`` lets it have, so that no hurdle is written twice.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.kernel.ids import CommunityId, PoolId, SlotId
from services.kernel.timespan import Timespan
from services.supplier.domain.assignment.model import Limit, OfferCard, PoolCard, Problem, SlotCard, Tier
from services.supplier.domain.matching import Candidate, Fit, ReadyPool, Reason, fits_of, is_affordable, is_of
from services.supplier.domain.offers import Slot
from services.supplier.domain.terms import Where

Chances = Mapping[str, Fit]


@dataclass(frozen=True, slots=True)
class WaitingPool:
    """A pool of a round, with the slots from which a supplier withdrew when it had them."""

    pool: ReadyPool
    version: int
    left: frozenset[SlotId] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What can be had: of each pool its chances by card, and how many offers were ruled out by what.

    ``problem`` is None where no pool has a chance.
    """

    problem: Problem | None
    chances: Mapping[PoolId, Chances]
    reasons: Mapping[PoolId, Mapping[str, int]]


def draw_up(
    pools: Iterable[WaitingPool],
    candidates: Sequence[Candidate],
    currency: str,
    now: datetime,
    seen: Callable[[], None] = lambda: None,
) -> Sheet:
    """Judge every pool against every offer and return the problem of the round; ``seen`` is called after each pool."""
    chances: dict[PoolId, dict[str, Fit]] = {}
    reasons: dict[PoolId, Mapping[str, int]] = {}
    by_pool = {one.pool.pool_id: one.pool for one in pools}
    for one in pools:
        mine: dict[str, Fit] = {}
        count: Counter[str] = Counter()
        for candidate in (other for other in candidates if is_of(one.pool.category, other)):
            found = chances_with(one, candidate, currency, now)
            if isinstance(found, Reason):
                count[str(found)] += 1
            else:
                mine.update({card_of(fit, candidate): fit for fit in found})
        chances[one.pool.pool_id] = mine
        reasons[one.pool.pool_id] = dict(sorted(count.items())) if mine or count else {str(Reason.NO_OFFER): 1}
        seen()
    return Sheet(_problem(by_pool, chances, currency), chances, reasons)


def chances_with(one: WaitingPool, candidate: Candidate, currency: str, now: datetime) -> list[Fit] | Reason:
    """Return the slots of an offer that the pool could have at a price that it pays, or why there are none."""
    if candidate.offer.terms.currency != currency:
        return Reason.OTHER_CURRENCY
    fits = fits_of(one.pool, candidate.without(one.left), now)
    if isinstance(fits, Reason):
        return fits
    return [fit for fit in fits if is_affordable(one.pool, fit.price)] or Reason.TOO_EXPENSIVE


def card_of(fit: Fit, candidate: Candidate) -> str:
    """Return the id of the card: its slot, and whose prices they are if not those of all."""
    owner = _whose_prices(fit, candidate)
    return f"{fit.slot.slot_id}" if owner is None else f"{fit.slot.slot_id}/{owner}"


def _whose_prices(fit: Fit, candidate: Candidate) -> CommunityId | None:
    if len(fit.communities) > 1:
        return None
    (share,) = fit.communities
    prices = candidate.supplier.access_of(share.community_id).prices
    return share.community_id if prices is not None and prices.changes(candidate.offer.offer_id) else None


def _problem(pools: Mapping[PoolId, ReadyPool], chances: Mapping[PoolId, Chances], currency: str) -> Problem | None:
    fits: dict[str, Fit] = {}
    served: dict[str, set[str]] = defaultdict(set)
    for mine in chances.values():
        for card, fit in mine.items():
            fits.setdefault(card, fit)
            served[card] |= {str(share.community_id) for share in fit.communities}
    if not fits:
        return None
    # Whether the people have time was judged session by session; a course is longer than any of their windows.
    spans = [fit.slot.span for fit in fits.values()]
    always = Timespan(min(span.start for span in spans), max(span.end for span in spans))
    offers = tuple(_offer(card, fit, frozenset(served[card])) for card, fit in fits.items())
    cards = tuple(_pool(pools[pool_id], frozenset(mine), always) for pool_id, mine in chances.items() if mine)
    rooms = {str(fit.candidate.supplier.supplier_id): fit.candidate.room.left for fit in fits.values()}
    limits = {supplier: Limit(pools=left) for supplier, left in rooms.items() if left is not None}
    return Problem(cards, offers, currency, limits)


def _pool(pool: ReadyPool, cards: frozenset[str], always: Timespan) -> PoolCard:
    people = {str(share.community_id): share.people for share in pool.communities if share.people > 0}
    ceiling = pool.ceiling.minor if pool.ceiling else None
    return PoolCard(str(pool.pool_id), pool.category, people, pool.area, (always,), 1, ceiling, cards)


def _offer(card: str, fit: Fit, communities: frozenset[str]) -> OfferCard:
    terms, slot = fit.candidate.offer.terms, fit.slot
    before, after = _around(slot)
    return OfferCard(
        id=card,
        supplier=str(fit.candidate.supplier.supplier_id),
        category=terms.category,
        tiers=tuple(Tier(tier.seats, tier.price.minor) for tier in terms.tiers),
        min_group=terms.min_group,
        max_group=fit.most,
        place=terms.place,
        slots=(SlotCard(card, slot.span, slot.free, before, after),),
        travel_km=terms.travel_km if terms.where is Where.COMMUNITY else None,
        grade=str(fit.candidate.supplier.standing),
        communities=communities,
        # Each pool has a campaign of its own, which reaches its group and its price by itself.
        joint=False,
        resource=f"slot/{slot.slot_id}" if slot.resource is None else f"resource/{slot.resource}",
    )


def _around(slot: Slot) -> tuple[int, int]:
    """Return the minutes before and after a slot in which its resource is taken as well."""
    if slot.resource is None or not slot.occupied:
        return 0, 0
    before = slot.span.start - min(span.start for span in slot.occupied)
    after = max(span.end for span in slot.occupied) - slot.span.end
    return tuple(max(0, math.ceil(part.total_seconds() / 60)) for part in (before, after))  # type: ignore[return-value]
