"""What a matching round is given and what it answers. Ids are texts; amounts are minor units of one currency."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import pairwise

from services.kernel.errors import InvalidError
from services.kernel.geo import Area, Place
from services.kernel.quantity import require_count
from services.kernel.timespan import Timespan

# From the one that is preferred among equals to those that get nothing new. A supplier without a grade has shown
# nothing yet, as one on probation.
GRADES = ("grade_a", "grade_b", "grade_c", "probation")
CLOSED = ("suspended", "removed", "registered", "under_review")


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``seats`` people on, each of them pays ``price`` (minor units)."""

    seats: int
    price: int


@dataclass(frozen=True, slots=True)
class SlotCard:
    """A time of an offer. ``capacity`` are the seats that are free; ``before`` and ``after`` minutes are no one's."""

    id: str
    span: Timespan
    capacity: int
    before: int = 0
    after: int = 0

    @property
    def busy(self) -> Timespan:
        """The time in which the supplier can be nowhere else: with preparation and travel."""
        return Timespan(self.span.start - timedelta(minutes=self.before), self.span.end + timedelta(minutes=self.after))


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer with its free slots.

    ``travel_km`` is None where the people come to ``place``, else how far from it the supplier travels; one that
    travels serves one pool in a slot, because pools are at different places. Where ``joint`` is true, pools that share
    a slot are one group: they reach ``min_group`` and the price tiers together. Else each pool does so by itself.
    ``communities`` may use the offer (None: all). ``resource`` is what cannot be in two places: the supplier itself
    unless it has several crews or rooms.
    """

    id: str
    supplier: str
    category: str
    tiers: tuple[Tier, ...]
    min_group: int
    max_group: int
    place: Place
    slots: tuple[SlotCard, ...]
    travel_km: float | None = None
    grade: str = "probation"
    communities: frozenset[str] | None = None
    joint: bool = True
    resource: str | None = None

    def __post_init__(self) -> None:
        require_count(self.min_group, "min_group")
        require_count(self.max_group, "max_group", least=self.min_group)
        if not self.tiers:
            raise InvalidError("tiers", "is empty", "at least one tier")
        for lower, upper in pairwise(self.tiers):
            if upper.seats <= lower.seats or upper.price > lower.price:
                raise InvalidError("tiers", "are out of order", "more seats in each tier, and no higher price")
        if self.grade not in (*GRADES, *CLOSED):
            raise InvalidError("grade", f"{self.grade!r} is unknown", f"one of {', '.join((*GRADES, *CLOSED))}")

    @property
    def keeper(self) -> str:
        """What cannot be in two places at once."""
        return self.resource or self.supplier

    def price_at(self, people: int) -> int:
        """Return the price per seat that so many people reach; below the first tier it is that of the first."""
        reached = [tier.price for tier in self.tiers if tier.seats <= people]
        return reached[-1] if reached else self.tiers[0].price


@dataclass(frozen=True, slots=True)
class PoolCard:
    """A pool that waits: ``people`` by community, who meet within ``area`` for ``minutes`` in one of ``windows``.

    ``ceiling`` is the most that each pays (None: any price). ``offers`` are the only ones that it may get (None: all).
    ``grades`` are those it accepts (None: all that are open).
    """

    id: str
    category: str
    people: Mapping[str, int]
    area: Area
    windows: tuple[Timespan, ...]
    minutes: int
    ceiling: int | None = None
    offers: frozenset[str] | None = None
    grades: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not self.people or any(count < 1 for count in self.people.values()):
            raise InvalidError("people", f"{dict(self.people)!r} has nobody", "at least one person for each community")

    def those_who_may_use(self, offer: OfferCard) -> int:
        """Return how many of the people are of communities that may use the offer."""
        allowed = offer.communities
        return sum(n for community, n in self.people.items() if allowed is None or community in allowed)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a supplier of a grade may take in one round: ``pools`` in all, and groups of ``people`` (None: any)."""

    pools: int | None = None
    people: int | None = None


@dataclass(frozen=True)
class Problem:
    """One round, in one ``currency``. Everything is kept in the order of ids, so that its order changes nothing.

    ``limits`` are by grade; one that stands under the id of a supplier goes before that of its grade.
    """

    pools: tuple[PoolCard, ...]
    offers: tuple[OfferCard, ...]
    currency: str = "CNY"
    limits: Mapping[str, Limit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pools", tuple(sorted(self.pools, key=lambda pool: pool.id)))
        object.__setattr__(self, "offers", tuple(sorted(self.offers, key=lambda offer: offer.id)))
        for name, ids in (
            ("pools", [pool.id for pool in self.pools]),
            ("offers", [offer.id for offer in self.offers]),
            ("slots", [slot.id for _, slot in self.slots()]),
        ):
            twice = next((one for one, other in pairwise(sorted(ids)) if one == other), None)
            if twice is not None:
                raise InvalidError(name, f"has {twice!r} twice", "each id once")
        grades: dict[str, str] = {}
        for offer in self.offers:
            if grades.setdefault(offer.supplier, offer.grade) != offer.grade:
                problem = f"of supplier {offer.supplier!r} is {offer.grade} and {grades[offer.supplier]}"
                raise InvalidError("grade", problem, "one grade of a supplier")

    def slots(self) -> Iterator[tuple[OfferCard, SlotCard]]:
        """Yield every slot with its offer."""
        return ((offer, slot) for offer in self.offers for slot in offer.slots)

    def limit_of(self, offer: OfferCard) -> Limit:
        """Return what the supplier of an offer may take."""
        return self.limits.get(offer.supplier) or self.limits.get(offer.grade, Limit())

    @cached_property
    def pool_by_id(self) -> Mapping[str, PoolCard]:
        """The pools by their ids."""
        return {pool.id: pool for pool in self.pools}


@dataclass(frozen=True, slots=True)
class Why:
    """The same in Chinese and English, with a stable code and data for programs."""

    code: str
    zh: str
    en: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A pool got a slot: ``people`` of it at ``price`` each, in a group of ``group`` people with ``together``."""

    pool: str
    offer: str
    slot: str
    people: int
    group: int
    price: int
    together: tuple[str, ...]
    why: Why


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A pool got none. ``hurdles`` counts the slots of its category that each hurdle ruled out.

    ``competitors`` are the pools that have the slots which it could have had.
    """

    pool: str
    why: Why
    hurdles: Mapping[str, int]
    competitors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """Who got what.

    ``served`` people are at most ``served_bound`` in any assignment; who serves ``served`` or more people pays at least
    ``cost_bound`` in all. Each gap is the distance between the two as a share of the bound (of people) or of what was
    found (of cost). ``optimal``: both gaps are proved to be 0 and ties are broken as documented.
    """

    assigned: tuple[Assigned, ...]
    unassigned: tuple[Unassigned, ...]
    currency: str
    served: int
    served_bound: int
    cost: int
    cost_bound: int
    optimal: bool
    seconds: float
    method: str

    @property
    def gap(self) -> float:
        """What share of the people that could be served at best is not."""
        return (self.served_bound - self.served) / self.served_bound if self.served_bound else 0.0

    @property
    def cost_gap(self) -> float:
        """What share of the cost could be saved at best without serving fewer people."""
        return (self.cost - self.cost_bound) / self.cost if self.cost else 0.0
