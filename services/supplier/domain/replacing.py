"""Which offers can take the place of one whose supplier withdrew: pure, and able to say why not.

The campaign exists and its members have decided, so a replacement serves all of them or nobody: it may be used by every
community, has a seat for each of the people, and is paid in the same currency. Where a pool stood behind the match, its
area, times and ceiling still hold; otherwise the old slot and place say what is near enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.kernel.geo import Area
from services.kernel.ids import OfferId, SupplierId
from services.supplier.domain.matches import Match
from services.supplier.domain.matching import (
    Candidate,
    Fit,
    Ranking,
    ReadyPool,
    Reason,
    has_time,
    is_affordable,
    is_in_reach,
    is_of,
    ranking_of,
)
from services.supplier.domain.offers import Slot, served_time
from services.supplier.domain.pricing import made_to_all

NEARBY_KM = 20.0
AROUND = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Need:
    """What a campaign needs in place of the match ``left``: at least ``people`` seats, and at most ``seats``.

    Offers that the campaign had before and suppliers that have withdrawn from it are no longer asked.
    """

    left: Match
    people: int
    seats: int
    pool: ReadyPool | None
    offers_tried: frozenset[OfferId]
    suppliers_gone: frozenset[SupplierId]

    @property
    def area(self) -> Area:
        """Where it may take place."""
        return self.pool.area if self.pool else Area(self.left.offer.terms.place, NEARBY_KM)

    def may_be(self, candidate: Candidate) -> bool:
        """Tell whether the offer is one to be judged at all."""
        offer = candidate.offer
        again = offer.offer_id in self.offers_tried or offer.supplier_id in self.suppliers_gone
        return not again and is_of(self.left.offer.terms.category, candidate)


def rank_replacements(need: Need, candidates: Iterable[Candidate], now: datetime) -> Ranking:
    """Judge each offer that may be asked and rank those that fit, each with its best slot."""
    return ranking_of(judge_replacement(need, candidate, now) for candidate in candidates if need.may_be(candidate))


def judge_replacement(need: Need, candidate: Candidate, now: datetime) -> Fit | Reason:
    """Tell how an offer replaces the one that is gone, or the first reason why it does not."""
    terms, left = candidate.offer.terms, need.left
    distance = need.area.centre.distance_km(terms.place)
    community_ids = [share.community_id for share in left.communities]
    if not all(candidate.supplier.is_usable_in(one) for one in community_ids):
        return Reason.NOT_SHARED
    made = made_to_all(candidate.offer, candidate.supplier, community_ids)
    if made is None:
        return Reason.NOT_SHARED
    candidate, terms = replace(candidate, offer=made), made.terms
    if not _is_near(need, candidate, distance):
        return Reason.OUT_OF_REACH
    if need.people < terms.min_group:
        return Reason.GROUP_TOO_SMALL
    if need.people > terms.max_group:
        return Reason.GROUP_TOO_LARGE
    if not candidate.is_qualified:
        return Reason.NOT_QUALIFIED
    if terms.currency != left.offer.terms.currency:
        return Reason.OTHER_CURRENCY
    slots = [slot for slot in candidate.slots if _suits(need, slot, now) and slot.free >= need.people]
    if not slots:
        return Reason.NO_SLOT
    if candidate.room.refuses(need.people) is not None:
        return Reason.LIMITED
    most = min(need.seats, candidate.room.largest(terms.max_group))
    fits = [Fit(candidate, left.communities, need.people, most, slot, distance) for slot in slots]
    best = min(fits, key=lambda fit: fit.order)
    return best if need.pool is None or is_affordable(need.pool, best.price) else Reason.TOO_EXPENSIVE


def _is_near(need: Need, candidate: Candidate, distance_km: float) -> bool:
    if need.pool is None and not need.area.contains(candidate.offer.terms.place):
        return False
    return is_in_reach(need.area, candidate, distance_km)


def _suits(need: Need, slot: Slot, now: datetime) -> bool:
    if need.pool is not None:
        return has_time(need.pool, slot, now)
    left = need.left
    around = abs(slot.span.start - left.span.start) <= AROUND
    return slot.bookable_until > now and around and slot.served_time >= served_time(left.sessions)
