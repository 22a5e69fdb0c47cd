"""Bids in order, each explained in parts that add up: pure, in whole numbers, deterministic.

Each part has points from 0 to 10 000 and a weight in basis points; what it contributes is their product over 10 000,
rounded down, and the total is the sum of the contributions. Prices are scored relative to the lowest one (lowest over
own, relative scoring; F. Dini, R. Pacini, T. Valletti, "Scoring rules", chapter 12 of N. Dimitri, G. Piga, G. Spagnolo
(eds.), Handbook of Procurement, Cambridge 2006), everything else on a scale of its own. So whoever lowers a price, all
else equal, never ranks lower.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.kernel.ids import BidId, SlotId
from services.kernel.money import Money
from services.supplier.domain.matches import Share
from services.supplier.domain.matching import Fit, ReadyPool, Reason
from services.supplier.domain.tender_rules import WHOLE, Weights

# Nobody has complained of a supplier on probation yet, and nobody has praised it.
GRADES = {"a": WHOLE, "b": 7_500, "probation": 5_000, "c": 2_500}
FORTNIGHT = timedelta(days=14)
LEAST_KM = 1.0
SCALE = (1.0, 5.0)  # of published scores


@dataclass(frozen=True, slots=True)
class Entry:
    """A bid that fits, and what else is known of its supplier."""

    bid_id: BidId
    fit: Fit
    sealed_at: datetime
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One reason for a rank. ``facts`` are what its sentence is made of; ``place`` counts those that are better."""

    name: str
    points: int
    weight: int
    facts: Mapping[str, Any]
    place: int = 1

    @property
    def contribution(self) -> int:
        """What it adds to the total."""
        return self.points * self.weight // WHOLE


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ``rank`` of a bid and why; or, with no rank, for which ``reason`` it does not fit."""

    bid_id: BidId
    rank: int | None
    reason: str | None = None
    communities: tuple[Share, ...] = ()
    slot_id: SlotId | None = None
    parts: tuple[Part, ...] = ()

    @property
    def total(self) -> int:
        """Of 10 000."""
        return sum(part.contribution for part in self.parts)


def rank_bids(
    pool: ReadyPool, entries: Sequence[Entry], unfit: Mapping[BidId, str], weights: Weights, now: datetime
) -> tuple[Ranked, ...]:
    """Return the bids that fit, best first, and behind them those that do not, by id.

    Of equal totals the lower price at the expected head count goes first, then the earlier bid, then the lower id.
    Amounts of different currencies cannot be compared: bids in another one than most of them have do not fit.
    """
    entries, foreign = _of_one_currency(entries)
    unfit = {**unfit, **foreign}
    if entries:
        least = max(entry.fit.candidate.offer.terms.min_group for entry in entries)
        lowest = _Lowest(
            min(entry.fit.price.minor for entry in entries), min(_at(entry, least).minor for entry in entries), least
        )
        rated = {entry.bid_id: _parts(pool, entry, lowest, weights, now) for entry in entries}
    else:
        rated = {}

    def order(entry: Entry) -> tuple:
        total = sum(part.contribution for part in rated[entry.bid_id])
        return -total, entry.fit.price.minor, entry.sealed_at, entry.bid_id

    ranked = [
        Ranked(entry.bid_id, rank, None, entry.fit.communities, entry.fit.slot.slot_id, _placed(entry, rated))
        for rank, entry in enumerate(sorted(entries, key=order), start=1)
    ]
    return (*ranked, *(Ranked(bid_id, None, unfit[bid_id]) for bid_id in sorted(unfit)))


def _of_one_currency(entries: Sequence[Entry]) -> tuple[list[Entry], dict[BidId, str]]:
    counts = Counter(entry.fit.price.currency for entry in entries)
    most = min(counts, key=lambda currency: (-counts[currency], currency), default=None)
    same = [entry for entry in entries if entry.fit.price.currency == most]
    return same, {entry.bid_id: str(Reason.OTHER_CURRENCY) for entry in entries if entry not in same}


@dataclass(frozen=True, slots=True)
class _Lowest:
    expected: int
    minimum: int
    least: int  # the smallest group with which each of the bids takes place


def _at(entry: Entry, people: int) -> Money:
    return entry.fit.candidate.offer.terms.price_at(people)


def _parts(pool: ReadyPool, entry: Entry, lowest: _Lowest, weights: Weights, now: datetime) -> tuple[Part, ...]:
    fit = entry.fit
    everybody = sum(share.people for share in pool.communities)
    at_least = _at(entry, lowest.least)
    km = round(fit.distance_km, 1)
    score = fit.candidate.score
    rated = {
        "people": (fit.served * WHOLE // max(everybody, fit.served, 1), {"people": fit.served, "of": everybody}),
        "price_expected": (_cheap(lowest.expected, fit.price), {"price": fit.price.to_wire(), "people": fit.served}),
        "price_minimum": (_cheap(lowest.minimum, at_least), {"price": at_least.to_wire(), "people": lowest.least}),
        "distance": (_near(fit.distance_km, pool.area.radius_km), {"km": km}),
        "slot": (_timely(pool, fit, now), {"start": fit.slot.span.to_wire()["start"], "minutes": _minutes(fit)}),
        "grade": (GRADES.get(entry.grade or "probation", 0), {"grade": entry.grade}),
        "reliability": (_reliable(score.low if score else None), {"low": round(score.low, 2) if score else None}),
    }
    return tuple(Part(name, rated[name][0], weight, rated[name][1]) for name, weight in weights.parts.items())


def _cheap(lowest: int, price: Money) -> int:
    return lowest * WHOLE // price.minor


def _near(km: float, radius_km: float) -> int:
    scale = max(radius_km, LEAST_KM)
    return int(WHOLE * scale / (scale + km))


def _minutes(fit: Fit) -> int:
    return int(max(session.length for session in fit.slot.sessions) / timedelta(minutes=1))


def _timely(pool: ReadyPool, fit: Fit, now: datetime) -> int:
    """Half for sessions no longer than wished, half for not waiting long: after a fortnight half of that is left."""
    length = WHOLE * pool.minutes // max(_minutes(fit), pool.minutes)
    wait = max(fit.slot.span.start - now, timedelta())
    soon = int(WHOLE * (FORTNIGHT / (FORTNIGHT + wait)))
    return (length + soon) // 2


def _reliable(low: float | None) -> int:
    """Who has no reviews has shown nothing yet."""
    if low is None:
        return 0
    least, most = SCALE
    return int(WHOLE * min(max((low - least) / (most - least), 0.0), 1.0))


def _placed(entry: Entry, rated: Mapping[BidId, tuple[Part, ...]]) -> tuple[Part, ...]:
    """Tell of each part how many bids are better: a place tells a bidder where it stands and no price of others."""
    placed = []
    for index, part in enumerate(rated[entry.bid_id]):
        better = sum(1 for parts in rated.values() if parts[index].points > part.points)
        placed.append(Part(part.name, part.points, part.weight, part.facts, better + 1))
    return tuple(placed)
