"""What the engine takes and gives: needs, rules, pools. Nothing here needs more than the standard library."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.timespan import Timespan

NeedId = Hashable


@dataclass(frozen=True, slots=True)
class Need:
    """``people`` of a community want one ``topic`` delivered within ``radius_km`` of ``place``, in one of ``windows``.

    ``persons`` are opaque keys of those among the people who can be recognised in other communities too (at most as
    many as people); ``minutes`` is how long the delivery has to be at least; ``ceiling`` is what one of them pays at
    most, None when they did not say. ``text`` only explains; that needs are alike is told by their topic.
    """

    id: NeedId
    community: str
    topic: str
    people: int
    place: Place
    radius_km: float
    windows: tuple[Timespan, ...]
    minutes: int
    ceiling: Money | None = None
    persons: frozenset[str] = frozenset()
    text: str = ""
    locale: str = "zh"

    def __post_init__(self) -> None:
        if self.people < 1:
            raise InvalidError("people", f"{self.people} is nobody", "at least 1")
        if len(self.persons) > self.people:
            raise InvalidError("persons", f"{len(self.persons)} keys for {self.people} people", "at most one for each")

    def content(self) -> tuple:
        """Return what orders needs by what they say, so that neither the order of input nor ids decide anything."""
        money = (self.ceiling.currency, self.ceiling.minor) if self.ceiling else ("", 0)
        where = (self.place.lat, self.place.lon, self.radius_km)
        who = (-self.people, self.community, self.text, self.locale, tuple(sorted(self.persons)))
        return (self.topic, *where, self.windows, self.minutes, money, *who, str(self.id))


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``seats`` people on, each pays ``price``."""

    seats: int
    price: Money


class Prices:
    """What is known of prices: for each topic its tiers, the more people the cheaper."""

    def __init__(self, tiers: Mapping[str, Iterable[Tier]] | None = None) -> None:
        self._tiers = {
            topic: _checked(topic, sorted(found, key=lambda tier: tier.seats)) for topic, found in (tiers or {}).items()
        }

    def tiers(self, topic: str) -> tuple[Tier, ...]:
        """Return the tiers of a topic by seats, none when nothing is known."""
        return self._tiers.get(topic, ())

    def at(self, topic: str, people: int) -> Money | None:
        """Return the price at a head count: the last tier reached, or the first while none is; None when unknown."""
        tiers = self.tiers(topic)
        reached = [tier for tier in tiers if tier.seats <= people] or tiers[:1]
        return reached[-1].price if reached else None


def _checked(topic: str, tiers: list[Tier]) -> tuple[Tier, ...]:
    for lower, upper in pairwise(tiers):
        if lower.seats == upper.seats or lower.price.currency != upper.price.currency or lower.price < upper.price:
            expected = "one currency, and for more seats a price that is not higher"
            raise InvalidError(f"tiers.{topic}", f"{upper.price} from {upper.seats} seats on does not follow", expected)
    return tuple(tiers)


@dataclass(frozen=True, slots=True)
class Rules:
    """How to merge. ``minimum`` people of a topic (``minimum_of`` it, else the first tier) make a delivery.

    Where no minimum is known at all, at least two needs have to come together. A re-optimisation moves needs only if
    at least ``gain`` people more are served by it, or if no fewer are and the pools of those concerned become larger
    by the share ``joined`` (for one of them, on average).
    """

    minimum: int | None = None
    minimum_of: Mapping[str, int] = field(default_factory=dict)
    prices: Prices = field(default_factory=Prices)
    gain: int = 1
    joined: float = 0.1

    def least(self, topic: str) -> int | None:
        """Return how many people a delivery of the topic takes, or None when that is not known."""
        tiers = self.prices.tiers(topic)
        return self.minimum_of.get(
            topic, self.minimum if self.minimum is not None else tiers[0].seats if tiers else None
        )

    def reached(self, topic: str, needs: int, people: int) -> bool:
        """Tell whether ``needs`` signals of ``people`` people are enough for a delivery."""
        least = self.least(topic)
        return needs >= 2 if least is None else people >= least


class Pins:
    """What organisers decided by hand: needs that stay ``together``, and needs that are kept ``apart``."""

    def __init__(self, together: Iterable[Iterable[NeedId]] = (), apart: Iterable[tuple[NeedId, NeedId]] = ()) -> None:
        self._group: dict[NeedId, set[NeedId]] = {}
        self._apart: dict[NeedId, set[NeedId]] = {}
        for group in together:
            self.tie(group)
        for one, other in apart:
            self.part(one, other)

    def tie(self, ids: Iterable[NeedId]) -> None:
        """Keep ``ids``, and all who are tied to any of them, in one pool."""
        joint = set(ids)
        for one in list(joint):
            joint |= self._group.get(one, set())
        for one in joint:
            self._group[one] = joint

    def part(self, one: NeedId, other: NeedId) -> None:
        """Never have ``one`` and ``other`` in the same pool."""
        self._apart.setdefault(one, set()).add(other)
        self._apart.setdefault(other, set()).add(one)

    def forget(self, need_id: NeedId) -> None:
        """Drop what was decided about a need that is gone."""
        self.release(need_id)
        for other in self._apart.pop(need_id, set()):
            self._apart[other].discard(need_id)

    def release(self, need_id: NeedId) -> None:
        """Tie a need to nobody any longer."""
        self._group.pop(need_id, set()).discard(need_id)

    def tied(self, need_id: NeedId) -> frozenset[NeedId]:
        """Return all that stay together with a need, itself among them."""
        return frozenset(self._group.get(need_id, ())) | {need_id}

    def avoids(self, need_id: NeedId) -> frozenset[NeedId]:
        """Return all from which a need is kept apart."""
        return frozenset(self._apart.get(need_id, ()))

    def __bool__(self) -> bool:
        return bool(self._group or self._apart)


@dataclass(frozen=True, slots=True)
class Pool:
    """Needs that one delivery at ``place`` during ``span`` can serve; ``people`` counts each known person once.

    ``price`` is what each would pay at this head count, None when no price is known. ``served`` tells whether it
    comes to a delivery: its minimum is reached, and everybody can pay.
    """

    topic: str
    needs: tuple[NeedId, ...]
    people: int
    communities: tuple[tuple[str, int], ...]
    place: Place
    span: Timespan
    price: Money | None
    served: bool


@dataclass(frozen=True, slots=True)
class Solution:
    """The pools of a batch, each need in exactly one, the largest first; ``refused`` pins could not be kept."""

    pools: tuple[Pool, ...]
    refused: tuple[frozenset[NeedId], ...] = ()

    @property
    def served(self) -> int:
        """How many people are in pools that come to a delivery."""
        return sum(pool.people for pool in self.pools if pool.served)


def count_people(needs: Sequence[Need]) -> int:
    """Return how many people ``needs`` are, each recognised person once."""
    known = sum(len(need.persons) for need in needs)
    if not known:
        return sum(need.people for need in needs)
    return sum(need.people for need in needs) - known + len(frozenset().union(*(need.persons for need in needs)))


def payable(needs: Sequence[Need], topic: str, rules: Rules) -> bool:
    """Tell whether all ceilings are in one currency, and none below the price at the joint head count."""
    ceilings = [need.ceiling for need in needs if need.ceiling is not None]
    if len({ceiling.currency for ceiling in ceilings}) > 1:
        return False
    price = rules.prices.at(topic, count_people(needs))
    if price is None or not ceilings or ceilings[0].currency != price.currency:
        return True
    return min(ceiling.minor for ceiling in ceilings) >= price.minor
