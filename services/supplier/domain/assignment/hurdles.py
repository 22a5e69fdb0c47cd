"""Which slots a pool could get at all, and what ruled out the others; the first hurdle that stops it is the reason."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import numpy as np

from services.kernel.geo import EARTH_RADIUS_KM
from services.supplier.domain.assignment.model import CLOSED, OfferCard, PoolCard, Problem, SlotCard

REACH_KM = 0.001  # to the metre, as ``Area.contains``


class Hurdle(StrEnum):
    """Why a pool cannot get a slot, in the order in which they are tried."""

    NO_OFFER = "no_offer"
    NOT_ALLOWED = "not_allowed"
    NOT_SHARED = "not_shared"
    OUT_OF_REACH = "out_of_reach"
    GRADE = "grade"
    GROUP_TOO_SMALL = "group_too_small"
    NO_TIME = "no_time"
    NO_ROOM = "no_room"
    TOO_EXPENSIVE = "too_expensive"


@dataclass(frozen=True, slots=True)
class Chance:
    """A pool could have ``people`` seats of a slot, ``km`` from its centre."""

    pool: PoolCard
    offer: OfferCard
    slot: SlotCard
    people: int
    km: float


@dataclass(frozen=True, slots=True)
class Chances:
    """What is possible, in the order of pools and slots, and for each pool how many slots each hurdle ruled out."""

    found: tuple[Chance, ...]
    hurdles: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def chances_of(problem: Problem, seen: Callable[[float], None] = lambda share: None) -> Chances:
    """Judge every pool against every slot of its category. ``seen`` is told which share of the pools is judged."""
    shelves = _shelves(problem)
    found: list[Chance] = []
    hurdles: dict[str, Counter[str]] = {}
    for number, pool in enumerate(problem.pools):
        count: Counter[str] = Counter()
        if pool.category not in shelves:
            count[Hurdle.NO_OFFER] = 1
        else:
            for verdict in shelves[pool.category].judge(problem, pool, count):
                found.append(verdict)
        hurdles[pool.id] = count
        if number % 200 == 199:
            seen((number + 1) / len(problem.pools))
    return Chances(tuple(found), hurdles)


def _shelves(problem: Problem) -> "dict[str, _Shelf]":
    by_category: dict[str, list[OfferCard]] = defaultdict(list)
    for offer in problem.offers:
        by_category[offer.category].append(offer)
    return {category: _Shelf(offers) for category, offers in by_category.items()}


class _Shelf:
    """The offers of one category, with their places as arrays: most of them are too far away for a pool."""

    def __init__(self, offers: Sequence[OfferCard]) -> None:
        self.offers = offers
        self._lat = np.radians([offer.place.lat for offer in offers])
        self._lon = np.radians([offer.place.lon for offer in offers])
        self._travel = np.array([np.nan if offer.travel_km is None else offer.travel_km for offer in offers])
        self._open = np.array([offer.communities is None for offer in offers])
        self._slots = np.array([len(offer.slots) for offer in offers])

    def judge(self, problem: Problem, pool: PoolCard, count: Counter[str]) -> Iterator[Chance]:
        km = self._distances(pool)
        reach = np.where(np.isnan(self._travel), pool.area.radius_km, self._travel)
        near = km <= reach + REACH_KM
        far = ~near
        if pool.offers is None:
            # By far the most: nothing but the distance speaks against them.
            plain = far & self._open
            if plain.any():
                count[Hurdle.OUT_OF_REACH] += int(self._slots[plain].sum())
            far &= ~self._open
        for index in np.flatnonzero(far):
            offer = self.offers[index]
            count[_forbidden(pool, offer) or Hurdle.OUT_OF_REACH] += len(offer.slots)
        for index in np.flatnonzero(near):
            offer = self.offers[index]
            hurdle = _forbidden(pool, offer) or _of_offer(problem, pool, offer)
            if hurdle:
                count[hurdle] += len(offer.slots)
                continue
            for slot in offer.slots:
                verdict = _of_slot(problem, pool, offer, slot, float(km[index]))
                if isinstance(verdict, Chance):
                    yield verdict
                else:
                    count[verdict] += 1

    def _distances(self, pool: PoolCard) -> np.ndarray:
        lat, lon = np.radians(pool.area.centre.lat), np.radians(pool.area.centre.lon)
        half = np.sin((self._lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(self._lat) * np.sin((self._lon - lon) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))


def _forbidden(pool: PoolCard, offer: OfferCard) -> Hurdle | None:
    if pool.offers is not None and offer.id not in pool.offers:
        return Hurdle.NOT_ALLOWED
    return None if pool.those_who_may_use(offer) else Hurdle.NOT_SHARED


def _of_offer(problem: Problem, pool: PoolCard, offer: OfferCard) -> Hurdle | None:
    limit = problem.limit_of(offer)
    if offer.grade in CLOSED or limit.pools == 0 or (pool.grades is not None and offer.grade not in pool.grades):
        return Hurdle.GRADE
    if stands_alone(offer) and pool.those_who_may_use(offer) < offer.min_group:
        return Hurdle.GROUP_TOO_SMALL
    return None


def _of_slot(problem: Problem, pool: PoolCard, offer: OfferCard, slot: SlotCard, km: float) -> Chance | Hurdle:
    long_enough = slot.span.length >= timedelta(minutes=pool.minutes)
    if not long_enough or not any(window.contains(slot.span) for window in pool.windows):
        return Hurdle.NO_TIME
    room = room_of(problem, offer, slot)
    if room < offer.min_group:
        return Hurdle.NO_ROOM
    people = min(pool.those_who_may_use(offer), room)
    best = offer.price_at(people if stands_alone(offer) else room)
    if pool.ceiling is not None and best > pool.ceiling:
        return Hurdle.TOO_EXPENSIVE
    return Chance(pool, offer, slot, people, km)


def stands_alone(offer: OfferCard) -> bool:
    """Tell whether a pool reaches the smallest group and its price by itself, whoever else is in the slot."""
    return offer.travel_km is not None or not offer.joint


def room_of(problem: Problem, offer: OfferCard, slot: SlotCard) -> int:
    """Return how many people a slot takes as one group: as many as are free, up to the largest group."""
    limit = problem.limit_of(offer).people
    return min(slot.capacity, offer.max_group, slot.capacity if limit is None else limit)
