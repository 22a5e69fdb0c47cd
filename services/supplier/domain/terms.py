"""What an offer promises: a service, tiered prices, a group size, and the conditions of the money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.quantity import require_count, require_number
from services.supplier.domain.conditions import (
    ALL_TO_THE_SUPPLIER,
    DEFAULT_CANCELLATION,
    DEFAULT_RELEASE,
    Cancellation,
    ReleaseStage,
    Shares,
    check_release,
)
from services.supplier.domain.options import Option, adapted, check_options

MAX_MINUTES = 14 * 24 * 60
MAX_SESSIONS = 100
MAX_ACCEPTANCE_HOURS = 90 * 24
MAX_TRAVEL_KM = 20_000
MAX_TIERS = 50
MAX_FALLBACK_TIERS = 10
DEFAULT_ACCEPTANCE_HOURS = 48


# What an offer says about money: those who may edit an offer that is not their own leave it alone.
MONEY_CONDITIONS = frozenset({"tiers", "fallback_tiers", "release", "shares", "cancellation", "acceptance_hours"})


class Where(StrEnum):
    """Who travels: the people to the supplier, or the supplier to the community."""

    SUPPLIER = "supplier"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``seats`` seats on, each seat costs ``price``."""

    seats: int
    price: Money


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised. A value: an offer that is revised gets others, and a match keeps those that it was made with.

    ``minutes`` is the least length of each session. ``fallback_tiers`` are smaller groups than ``min_group`` that the
    supplier would still serve, none of them for less than the first tier.
    """

    title: str
    category: str
    where: Where
    place: Place
    travel_km: float | None
    tiers: tuple[Tier, ...]
    min_group: int
    max_group: int
    minutes: int
    release: tuple[ReleaseStage, ...] = DEFAULT_RELEASE
    acceptance_hours: float = DEFAULT_ACCEPTANCE_HOURS
    required_qualifications: tuple[str, ...] = ()
    shares: Shares = ALL_TO_THE_SUPPLIER
    cancellation: Cancellation = DEFAULT_CANCELLATION
    fallback_tiers: tuple[Tier, ...] = ()
    options: tuple[Option, ...] = ()

    def __post_init__(self) -> None:
        require_count(self.min_group, "min_group")
        require_count(self.max_group, "max_group", least=self.min_group)
        require_count(self.minutes, "minutes", most=MAX_MINUTES)
        require_number(self.acceptance_hours, "acceptance_hours", most=MAX_ACCEPTANCE_HOURS)
        _check_travel(self.where, self.travel_km)
        _check_tiers(self.tiers, self.min_group, self.max_group)
        _check_fallback(self.fallback_tiers, self.tiers[0], self.min_group)
        check_release(self.release)
        check_options(self.options)

    @property
    def currency(self) -> str:
        """The one currency of all its prices."""
        return self.tiers[0].price.currency

    @property
    def own_conditions(self) -> list[str]:
        """The names of its conditions of the money that are not the usual ones."""
        usual = {
            "release": DEFAULT_RELEASE,
            "shares": ALL_TO_THE_SUPPLIER,
            "cancellation": DEFAULT_CANCELLATION,
            "acceptance_hours": DEFAULT_ACCEPTANCE_HOURS,
        }
        return [name for name, value in usual.items() if getattr(self, name) != value]

    def adapted(self, choices: Mapping[str, Any]) -> "Terms":
        """Return them with what a community has chosen of the options; raise ``InvalidError``."""
        return replace(self, options=adapted(self.options, choices)) if choices else self

    def price_at(self, people: int) -> Money:
        """Return the price per seat that so many people reach; below the first tier it is that of the first tier."""
        reached = [tier.price for tier in self.tiers if tier.seats <= people]
        return reached[-1] if reached else self.tiers[0].price


def _check_travel(where: Where, travel_km: float | None) -> None:
    if where is Where.SUPPLIER and travel_km is not None:
        raise InvalidError("travel_km", "is given", "nothing when the people come to the supplier")
    if where is Where.COMMUNITY and (travel_km is None or not 0 < travel_km <= MAX_TRAVEL_KM):
        raise InvalidError("travel_km", f"{travel_km!r} is not possible", f"kilometres above 0, up to {MAX_TRAVEL_KM}")


def _check_tiers(tiers: Sequence[Tier], min_group: int, max_group: int) -> None:
    if not 1 <= len(tiers) <= MAX_TIERS:
        raise InvalidError("tiers", f"has {len(tiers)} tiers", f"1 to {MAX_TIERS} tiers")
    for index, tier in enumerate(tiers):
        # A tier beyond the largest group would promise a price that nobody can reach.
        _check_tier(tier, min_group if index == 0 else max_group, f"tiers.{index}")
    _check_order(tiers, tiers[0], "tiers")


def _check_fallback(tiers: Sequence[Tier], first: Tier, min_group: int) -> None:
    if len(tiers) > MAX_FALLBACK_TIERS:
        raise InvalidError("fallback_tiers", f"has {len(tiers)} tiers", f"at most {MAX_FALLBACK_TIERS} tiers")
    if tiers and min_group == 1:
        raise InvalidError("fallback_tiers", "has tiers", "none, as no group is smaller than a min_group of 1")
    for index, tier in enumerate(tiers):
        _check_tier(tier, min_group - 1, f"fallback_tiers.{index}")
    _check_order(tiers, first, "fallback_tiers")
    for index, tier in enumerate(tiers):
        if tier.price < first.price:
            # Else a group would do better by losing somebody.
            problem, expected = f"{tier.price} is below the first tier", f"at least {first.price}"
            raise InvalidError(f"fallback_tiers.{index}.price", problem, expected)


def _check_tier(tier: Tier, most: int, field: str) -> None:
    require_count(tier.seats, f"{field}.seats", most=most)
    if tier.price.minor <= 0:
        raise InvalidError(f"{field}.price", f"{tier.price} is not positive", "a price above zero")


def _check_order(tiers: Sequence[Tier], first: Tier, field: str) -> None:
    """Seats ascend, prices do not, and all are in the currency of the ``first`` tier of the offer."""
    for index, tier in enumerate(tiers):
        if tier.price.currency != first.price.currency:
            problem, expected = f"{tier.price.currency} differs", f"{first.price.currency} throughout"
            raise InvalidError(f"{field}.{index}.price.currency", problem, expected)
    for index, (before, tier) in enumerate(pairwise(tiers), start=1):
        if tier.seats <= before.seats:
            problem, expected = f"{tier.seats} does not ascend", f"more than {before.seats} seats"
            raise InvalidError(f"{field}.{index}.seats", problem, expected)
        if tier.price > before.price:
            raise InvalidError(f"{field}.{index}.price", f"{tier.price} rises", f"at most {before.price}")
