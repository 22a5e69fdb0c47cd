"""What a community may decide about its tenders: times, weights, and what happens where nobody bids. Policy data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum

from services.kernel.errors import InvalidError
from services.kernel.quantity import require_count

WHOLE = 10_000  # basis points
MAX_HOURS = 30 * 24
MAX_OFFERS = 20
MAX_ATTEMPTS = 5


class Afterwards(StrEnum):
    """What a pool does whose tender ended without an agreement."""

    DIRECT = "direct"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the ranking counts, in basis points that sum to 10 000."""

    people: int = 2_000
    price_expected: int = 3_000
    price_minimum: int = 1_000
    distance: int = 1_000
    slot: int = 1_000
    grade: int = 1_000
    reliability: int = 1_000

    def __post_init__(self) -> None:
        for part, weight in self.parts.items():
            require_count(weight, f"weights.{part}", least=0, most=WHOLE)
        total = sum(self.parts.values())
        if total != WHOLE:
            raise InvalidError("weights", f"add up to {total} basis points", f"{WHOLE} basis points")

    @property
    def parts(self) -> Mapping[str, int]:
        """The weight of each part by its name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class TenderRules:
    """``bid_hours`` for bids, then ``decide_hours`` to choose; at most ``offers`` in one negotiation.

    A tender that ended without an agreement is asked again up to ``attempts`` tenders in all where ``afterwards`` says
    so; after the last one the pool goes on directly.
    """

    bid_hours: int = 48
    decide_hours: int = 72
    offers: int = 6
    afterwards: Afterwards = Afterwards.DIRECT
    attempts: int = 2
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        require_count(self.bid_hours, "bid_hours", most=MAX_HOURS)
        require_count(self.decide_hours, "decide_hours", most=MAX_HOURS)
        require_count(self.offers, "offers", most=MAX_OFFERS)
        require_count(self.attempts, "attempts", most=MAX_ATTEMPTS)

    @property
    def time_to_bid(self) -> timedelta:
        """How long bids are taken."""
        return timedelta(hours=self.bid_hours)

    @property
    def time_to_decide(self) -> timedelta:
        """How long after the deadline there is to choose and to negotiate."""
        return timedelta(hours=self.decide_hours)

    def asks_again(self, ended: int) -> bool:
        """Tell whether there is another tender after so many that have ended without an agreement."""
        return self.afterwards is Afterwards.AGAIN and ended < self.attempts
