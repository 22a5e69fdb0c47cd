"""Which offers fit a pool, and in what order: pure, deterministic, and able to say why not.

An offer is judged by the communities of the pool that may see its supplier, never by the whole pool. The first
hurdle that it does not clear is its reason; an offer that clears all of them is ranked by, in this order, the people
it serves, the price they pay, the lower end of the supplier's score, the distance and the time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from services.kernel.geo import Area
from services.kernel.ids import PoolId
from services.kernel.money import Money
from services.kernel.timespan import Timespan
from services.supplier.domain.matches import Share
from services.supplier.domain.model import Score, Supplier, SupplierState
from services.supplier.domain.offers import Offer, Slot
from services.supplier.domain.terms import Where


class Reason(StrEnum):
    """Why an offer does not fit, in the order in which the hurdles are tried."""

    NO_OFFER = "no_offer"
    NOT_SHARED = "not_shared"
    OUT_OF_REACH = "out_of_reach"
    GROUP_TOO_SMALL = "group_too_small"
    NOT_QUALIFIED = "not_qualified"
    NO_SLOT = "no_slot"
    TOO_EXPENSIVE = "too_expensive"


@dataclass(frozen=True, slots=True)
class ReadyPool:
    """A pool as demand told it: who wants what, where, when, and for how much at most per person."""

    pool_id: PoolId
    category: str
    communities: tuple[Share, ...]
    area: Area
    windows: tuple[Timespan, ...]
    minutes: int
    ceiling: Money | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer with all that is needed to judge it. ``qualified`` are the kinds approved and not expired."""

    offer: Offer
    supplier: Supplier
    slots: tuple[Slot, ...]
    qualified: frozenset[str] = frozenset()
    score: Score | None = None


@dataclass(frozen=True)
class Fit:
    """An offer that fits: for these communities, in this slot."""

    candidate: Candidate
    communities: tuple[Share, ...]
    slot: Slot
    distance_km: float

    @cached_property
    def people(self) -> int:
        """How many people its communities bring."""
        return sum(share.people for share in self.communities)

    @property
    def seats(self) -> int:
        """How many seats are held: room for more people than have signalled, up to the largest group."""
        return min(self.candidate.offer.terms.max_group, self.slot.free)

    @property
    def served(self) -> int:
        """How many of the people find a seat."""
        return min(self.people, self.seats)

    @property
    def price(self) -> Money:
        """What each of them pays."""
        return self.candidate.offer.terms.price_at(self.served)

    @property
    def order(self) -> tuple:
        """The key by which fits are ranked, best first; ids make it total.

        Amounts of different currencies cannot be compared; the currency comes first so that the order is still one.
        A supplier without reviews has shown nothing yet and counts as 0, behind price and before distance.
        """
        low = self.candidate.score.low if self.candidate.score else 0.0
        price = (self.price.currency, self.price.minor)
        when = (self.slot.span.start, self.candidate.offer.offer_id, self.slot.slot_id)
        return -self.served, price, -low, self.distance_km, when


@dataclass(frozen=True, slots=True)
class Ranking:
    """The fits, best first, and how many offers were ruled out by what."""

    fits: tuple[Fit, ...]
    reasons: Mapping[str, int] = field(default_factory=dict)


def rank_offers(pool: ReadyPool, candidates: Iterable[Candidate], now: datetime) -> Ranking:
    """Judge each offer of the pool's category and rank those that fit, each with its best slot."""
    verdicts = [judge(pool, candidate, now) for candidate in candidates if _is_of(pool, candidate)]
    fits = tuple(sorted((verdict for verdict in verdicts if isinstance(verdict, Fit)), key=lambda fit: fit.order))
    reasons = Counter(str(verdict) for verdict in verdicts if isinstance(verdict, Reason))
    return Ranking(fits, dict(sorted(reasons.items())) if verdicts else {str(Reason.NO_OFFER): 1})


def judge(pool: ReadyPool, candidate: Candidate, now: datetime) -> Fit | Reason:
    """Tell how an offer fits the pool, or the first reason why it does not."""
    terms = candidate.offer.terms
    communities = _who_sees(pool, candidate.supplier)
    distance = pool.area.centre.distance_km(terms.place)
    if not communities:
        return Reason.NOT_SHARED
    if not _is_in_reach(pool, candidate, distance):
        return Reason.OUT_OF_REACH
    if sum(share.people for share in communities) < terms.min_group:
        return Reason.GROUP_TOO_SMALL
    if not candidate.qualified.issuperset(terms.required_qualifications):
        return Reason.NOT_QUALIFIED
    fits = [Fit(candidate, communities, slot, distance) for slot in candidate.slots if _has_time(pool, slot, now)]
    fits = [fit for fit in fits if fit.slot.free >= terms.min_group]
    if not fits:
        return Reason.NO_SLOT
    best = min(fits, key=lambda fit: fit.order)
    return best if _is_affordable(pool, best.price) else Reason.TOO_EXPENSIVE


def _is_of(pool: ReadyPool, candidate: Candidate) -> bool:
    return candidate.offer.terms.category == pool.category and candidate.supplier.state is SupplierState.ACTIVE


def _who_sees(pool: ReadyPool, supplier: Supplier) -> tuple[Share, ...]:
    return tuple(share for share in pool.communities if supplier.is_visible_in(share.community_id))


def _is_in_reach(pool: ReadyPool, candidate: Candidate, distance_km: float) -> bool:
    terms = candidate.offer.terms
    if terms.where is Where.SUPPLIER:
        return pool.area.contains(terms.place)
    return terms.travel_km is not None and distance_km <= terms.travel_km


def _has_time(pool: ReadyPool, slot: Slot, now: datetime) -> bool:
    return slot.span.start > now and all(_suits(pool, session) for session in slot.sessions)


def _suits(pool: ReadyPool, session: Timespan) -> bool:
    long_enough = session.length >= timedelta(minutes=pool.minutes)
    return long_enough and any(window.contains(session) for window in pool.windows)


def _is_affordable(pool: ReadyPool, price: Money) -> bool:
    # A price in another currency than the ceiling cannot be shown to be within it.
    return pool.ceiling is None or (price.currency == pool.ceiling.currency and price <= pool.ceiling)
