"""Which offers fit a pool, and in what order: pure, deterministic, and able to say why not.

An offer is judged by the communities of the pool that may use its supplier, never by the whole pool, and at
their prices (``pricing``). The first
hurdle that it does not clear is its reason; an offer that clears all of them is ranked by, in this order, the people
it serves, the price they pay, the standing of its supplier and the lower end of its score, the distance and the time.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.kernel.geo import Area
from services.kernel.ids import CommunityId, PoolId, SlotId, SupplierId
from services.kernel.money import Money
from services.kernel.timespan import Timespan
from services.supplier.domain.admission import ALLOWANCES, ROOM, Room
from services.supplier.domain.matches import Share
from services.supplier.domain.model import Score, Supplier, SupplierState
from services.supplier.domain.offers import Offer, Slot
from services.supplier.domain.pricing import made_to_best
from services.supplier.domain.terms import Where


class Reason(StrEnum):
    """Why an offer does not fit, in the order in which the hurdles are tried.

    A group that is too large is a hurdle for replacements only: a pool may be served in part. Another currency is one
    for them and for matching rounds, where there is one currency. Lost in a round is an offer that fits and whose
    slots other pools got.
    """

    NO_OFFER = "no_offer"
    NOT_SHARED = "not_shared"
    OUT_OF_REACH = "out_of_reach"
    GROUP_TOO_SMALL = "group_too_small"
    GROUP_TOO_LARGE = "group_too_large"
    NOT_QUALIFIED = "not_qualified"
    OTHER_CURRENCY = "other_currency"
    NO_SLOT = "no_slot"
    TOO_EXPENSIVE = "too_expensive"
    LIMITED = "limited"
    LOST_IN_ROUND = "lost_in_round"


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

    def is_of(self, community_id: CommunityId | None) -> bool:
        """Tell whether the community takes part in it."""
        return any(share.community_id == community_id for share in self.communities)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer with all that is needed to judge it. ``qualified`` are the kinds approved and not expired."""

    offer: Offer
    supplier: Supplier
    slots: tuple[Slot, ...]
    qualified: frozenset[str] = frozenset()
    score: Score | None = None
    room: Room = ROOM

    @property
    def is_qualified(self) -> bool:
        """Whether the supplier has all the papers that the offer requires."""
        return self.qualified.issuperset(self.offer.terms.required_qualifications)

    def without(self, slot_ids: Collection[SlotId]) -> "Candidate":
        """Return it without these slots."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.slot_id not in slot_ids))


@dataclass(frozen=True, slots=True)
class Fit:
    """An offer that fits: for the ``people`` of these communities, who want ``most`` seats, in this slot."""

    candidate: Candidate
    communities: tuple[Share, ...]
    people: int
    most: int
    slot: Slot
    distance_km: float

    @property
    def seats(self) -> int:
        """How many seats are held: as many as are wanted at most, or as are free."""
        return min(self.most, self.slot.free)

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
        Behind the price the standing counts (A, B, probation, C), then the score. A supplier without reviews has shown
        nothing yet and counts as 0.
        """
        rank = ALLOWANCES[self.candidate.supplier.standing].rank
        low = self.candidate.score.low if self.candidate.score else 0.0
        price = (self.price.currency, self.price.minor)
        when = (self.slot.span.start, self.candidate.offer.offer_id, self.slot.slot_id)
        return -self.served, price, rank, -low, self.distance_km, when


@dataclass(frozen=True, slots=True)
class Ranking:
    """The fits, best first, and how many offers were ruled out by what."""

    fits: tuple[Fit, ...]
    reasons: Mapping[str, int] = field(default_factory=dict)


def rank_offers(pool: ReadyPool, candidates: Iterable[Candidate], now: datetime) -> Ranking:
    """Judge each offer of the pool's category and rank those that fit, each with its best slot."""
    return ranking_of(judge(pool, candidate, now) for candidate in candidates if is_of(pool.category, candidate))


def ranking_of(verdicts: Iterable[Fit | Reason]) -> Ranking:
    """Put the fits in order and count the reasons; where nothing was judged there was no offer."""
    verdicts = list(verdicts)
    fits = tuple(sorted((verdict for verdict in verdicts if isinstance(verdict, Fit)), key=lambda fit: fit.order))
    reasons = Counter(str(verdict) for verdict in verdicts if isinstance(verdict, Reason))
    return Ranking(fits, dict(sorted(reasons.items())) if verdicts else {str(Reason.NO_OFFER): 1})


def choose(fits: Iterable[Fit], most: int) -> list[Fit]:
    """Return the first ``most`` of the fits that can all be held.

    Of no supplier more than it may still take on, and no two that need the same resource at the same time.
    """
    chosen: list[Fit] = []
    taken: Counter[SupplierId] = Counter()
    for fit in fits:
        supplier_id, left = fit.candidate.supplier.supplier_id, fit.candidate.room.left
        clashes = any(fit.slot.clashes_with(other.slot) for other in chosen)
        if len(chosen) < most and (left is None or taken[supplier_id] < left) and not clashes:
            chosen.append(fit)
            taken[supplier_id] += 1
    return chosen


def judge(pool: ReadyPool, candidate: Candidate, now: datetime) -> Fit | Reason:
    """Tell how an offer fits the pool, or the first reason why it does not."""
    fits = fits_of(pool, candidate, now)
    if isinstance(fits, Reason):
        return fits
    best = min(fits, key=lambda fit: fit.order)
    return best if is_affordable(pool, best.price) else Reason.TOO_EXPENSIVE


def fits_of(pool: ReadyPool, candidate: Candidate, now: datetime) -> list[Fit] | Reason:
    """Return how each slot of an offer would serve the pool, whatever the price, or the first reason why none does."""
    made = made_to_best(candidate.offer, candidate.supplier, pool.communities)
    if made is None:
        return Reason.NOT_SHARED
    candidate, terms = replace(candidate, offer=made.offer), made.offer.terms
    distance = pool.area.centre.distance_km(terms.place)
    if not is_in_reach(pool.area, candidate, distance):
        return Reason.OUT_OF_REACH
    people = made.people
    if people < terms.min_group:
        return Reason.GROUP_TOO_SMALL
    if not candidate.is_qualified:
        return Reason.NOT_QUALIFIED
    slots = [slot for slot in candidate.slots if has_time(pool, slot, now) and slot.free >= terms.min_group]
    if not slots:
        return Reason.NO_SLOT
    # Room for more people than have signalled, up to the largest group that the supplier may serve.
    most = candidate.room.largest(terms.max_group)
    if candidate.room.refuses(terms.min_group) is not None:
        return Reason.LIMITED
    return [Fit(candidate, made.communities, people, most, slot, distance) for slot in slots]


def is_of(category: str, candidate: Candidate) -> bool:
    """Tell whether the offer is one of the category, of a supplier that is offered at all."""
    return candidate.offer.terms.category == category and candidate.supplier.state is SupplierState.ACTIVE


def is_in_reach(area: Area, candidate: Candidate, distance_km: float) -> bool:
    """Tell whether people of the area can go there, or the supplier travels as far as to its centre."""
    terms = candidate.offer.terms
    if terms.where is Where.SUPPLIER:
        return area.contains(terms.place)
    return terms.travel_km is not None and distance_km <= terms.travel_km


def has_time(pool: ReadyPool, slot: Slot, now: datetime) -> bool:
    """Tell whether the people of the pool are free in each session of a slot that can still be booked."""
    return slot.bookable_until > now and all(_suits(pool, session) for session in slot.sessions)


def _suits(pool: ReadyPool, session: Timespan) -> bool:
    long_enough = session.length >= timedelta(minutes=pool.minutes)
    return long_enough and any(window.contains(session) for window in pool.windows)


def is_affordable(pool: ReadyPool, price: Money) -> bool:
    """Tell whether the price is within the ceiling of the pool, if it has one."""
    # A price in another currency than the ceiling cannot be shown to be within it.
    return pool.ceiling is None or (price.currency == pool.ceiling.currency and price <= pool.ceiling)
