"""What services cost: demand's own copy of suppliers' tiers, and who may use whose offers.

It only keeps apart who could not pay: which supplier serves a pool is decided by the supplier service.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.demand.domain.recognising import NOBODY_KNOWN, Persons, counted_twice
from services.demand.domain.sharing import Sentence
from services.demand.domain.signals import Signal
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``seats`` seats on, each costs ``minor`` minor units."""

    seats: int
    minor: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What is known of an offer; ``version`` is that of the newest news. Of a withdrawn one nothing else counts."""

    offer_id: UUID
    supplier_id: UUID
    category: str
    tiers: tuple[Tier, ...]
    currency: str | None
    withdrawn: bool
    version: int


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who may use the offers of a supplier: its own community, and with ``mode`` named or all others besides."""

    supplier_id: UUID
    community_id: UUID
    mode: str
    community_ids: tuple[UUID, ...]
    version: int

    def serves(self, communities: Iterable[UUID]) -> bool:
        """Tell whether all of ``communities`` may use it."""
        return self.mode == "all" or set(communities) <= {self.community_id, *self.community_ids}


@dataclass(frozen=True, slots=True)
class PriceList:
    """The published offers of one category that have tiers, with who may use them."""

    offers: tuple[tuple[Offer, Sharing], ...] = ()

    def at(self, people: int, communities: Iterable[UUID], currency: str) -> Money | None:
        """Return the least price per seat in ``currency`` for so many people of ``communities``, or None if unknown.

        Below an offer's first tier it is that of the first tier, as with the supplier.
        """
        prices = [_reached(offer, people) for offer in self._usable(communities, currency)]
        return Money(min(prices), currency) if prices else None

    def next_tier(self, people: int, communities: Iterable[UUID], currency: str) -> tuple[int, Money] | None:
        """Return the fewest people with whom it gets cheaper than now, and the price then; None if it does not."""
        now = self.at(people, communities, currency)
        usable = self._usable(communities, currency)
        better = [
            (tier.seats, tier.minor)
            for offer in usable
            for tier in offer.tiers
            if now is not None and tier.seats > people and tier.minor < now.minor
        ]
        if not better:
            return None
        seats, minor = min(better)
        return seats, Money(minor, currency)

    def breaks(self, communities: Iterable[UUID], currency: str) -> list[int]:
        """Return the head counts at which the price may change."""
        return sorted({tier.seats for offer in self._usable(communities, currency) for tier in offer.tiers})

    def is_too_dear(self, signal: Signal, together: Sequence[Signal], persons: Persons) -> bool:
        """Tell whether the price for all who are ``together`` is more than ``signal`` would pay."""
        if signal.ceiling is None or not self.offers:
            return False
        communities = {one.community_id for one in together}
        return _too_dear(signal, self.at(heads(together, persons), communities, signal.ceiling.currency))

    def minimum(self, communities: Iterable[UUID]) -> int | None:
        """Return the fewest people that any usable offer is for, or None if none is known."""
        least = [offer.tiers[0].seats for offer in self._usable(communities, None)]
        return min(least, default=None)

    def _usable(self, communities: Iterable[UUID], currency: str | None) -> list[Offer]:
        present = set(communities)
        return [
            offer for offer, sharing in self.offers if currency in (None, offer.currency) and sharing.serves(present)
        ]


NO_PRICES = PriceList()


def _reached(offer: Offer, people: int) -> int:
    reached = [tier.minor for tier in offer.tiers if tier.seats <= people]
    return reached[-1] if reached else offer.tiers[0].minor


def heads(signals: Sequence[Signal], persons: Persons) -> int:
    """Return how many people they are; who is recognised in several communities counts once."""
    return sum(one.people for one in signals) - counted_twice(signals, persons, {one.community_id for one in signals})


def priced_out(
    signal: Signal, others: Sequence[Signal], prices: PriceList, persons: Persons = NOBODY_KNOWN
) -> Money | None:
    """Return the price at the joint head count that keeps ``signal`` from joining ``others``, or None if none does.

    It keeps out who could not pay it, and who would make it dearer for somebody of the others who can pay now: with
    another community fewer offers may be usable. Without a known offer in its currency a ceiling keeps nobody out.
    """
    if not prices.offers:
        return None
    before, after = heads(others, persons), heads((*others, signal), persons)
    present, joint = {one.community_id for one in others}, {signal.community_id, *(one.community_id for one in others)}
    for currency in sorted({one.ceiling.currency for one in (signal, *others) if one.ceiling is not None}):
        price = prices.at(after, joint, currency)
        if price is None:
            continue
        now = prices.at(before, present, currency)
        if _too_dear(signal, price) or any(_too_dear(one, price) and not _too_dear(one, now) for one in others):
            return price
    return None


def _too_dear(signal: Signal, price: Money | None) -> bool:
    ceiling = signal.ceiling
    return ceiling is not None and price is not None and ceiling.currency == price.currency and ceiling < price


def too_expensive(price: Money) -> Sentence:
    """Say that the price keeps a signal out."""
    return {
        "zh": f"加入后每人要 {price}，超出有人能接受的价格。",
        "en": f"With it the price would be {price} each, more than somebody would pay.",
    }
