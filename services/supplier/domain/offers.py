"""Offers: a tiered price, a group size, and the slots in which the service takes place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.ids import OfferId, SlotId, SupplierId
from services.kernel.money import Money
from services.kernel.quantity import require_count, require_number
from services.kernel.timespan import Timespan
from services.supplier.domain.errors import OfferWithdrawnError
from services.supplier.domain.model import require_future

WHOLE_BP = 10_000  # basis points: 100 %
MAX_MINUTES = 14 * 24 * 60
MAX_ACCEPTANCE_HOURS = 90 * 24
MAX_TRAVEL_KM = 20_000
MAX_TIERS = 50


class Where(StrEnum):
    """Who travels: the people to the supplier, or the supplier to the community."""

    SUPPLIER = "supplier"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``seats`` seats on, each seat costs ``price``."""

    seats: int
    price: Money


class Stage(StrEnum):
    """When money is released to the supplier, in this order."""

    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class ReleaseStage:
    """At ``stage`` the supplier gets ``share_bp`` basis points."""

    stage: Stage
    share_bp: int


DEFAULT_RELEASE = (
    ReleaseStage(Stage.CONFIRMED, 3000),
    ReleaseStage(Stage.DELIVERED, 5000),
    ReleaseStage(Stage.ACCEPTED, 2000),
)
DEFAULT_ACCEPTANCE_HOURS = 48


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised. Terms never change once published, so that a match may keep them as they are."""

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

    def __post_init__(self) -> None:
        require_count(self.min_group, "min_group")
        require_count(self.max_group, "max_group", least=self.min_group)
        require_count(self.minutes, "minutes", most=MAX_MINUTES)
        require_number(self.acceptance_hours, "acceptance_hours", most=MAX_ACCEPTANCE_HOURS)
        _check_travel(self.where, self.travel_km)
        _check_tiers(self.tiers, self.min_group, self.max_group)
        _check_release(self.release)

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
        most = min_group if index == 0 else max_group
        require_count(tier.seats, f"tiers.{index}.seats", most=most)
        if tier.price.minor <= 0:
            raise InvalidError(f"tiers.{index}.price", f"{tier.price} is not positive", "a price above zero")
    for index, (before, tier) in enumerate(pairwise(tiers), start=1):
        if tier.seats <= before.seats:
            raise InvalidError(
                f"tiers.{index}.seats", f"{tier.seats} does not ascend", f"more than {before.seats} seats"
            )
        if tier.price.currency != before.price.currency:
            raise InvalidError(
                f"tiers.{index}.price.currency", f"{tier.price.currency} differs", f"{before.price.currency} throughout"
            )
        if tier.price > before.price:
            raise InvalidError(f"tiers.{index}.price", f"{tier.price} rises", f"at most {before.price}")


def _check_release(release: Sequence[ReleaseStage]) -> None:
    stages = [part.stage for part in release]
    if not stages or stages != [stage for stage in Stage if stage in stages]:
        raise InvalidError("release", "repeats a stage or has them out of order", "confirmed, delivered, accepted")
    for index, part in enumerate(release):
        require_count(part.share_bp, f"release.{index}.share_bp", least=0, most=WHOLE_BP)
    total = sum(part.share_bp for part in release)
    if total != WHOLE_BP:
        raise InvalidError("release", f"adds up to {total} basis points", f"{WHOLE_BP} basis points")


class OfferState(StrEnum):
    """published -> withdrawn."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Offer:
    """Terms that a supplier has published; ``version`` counts its withdrawals and added slots."""

    offer_id: OfferId
    supplier_id: SupplierId
    terms: Terms
    state: OfferState
    version: int
    created_at: datetime

    def require_published(self) -> None:
        """Raise ``OfferWithdrawnError`` if nothing can be booked on it any more."""
        if self.state is not OfferState.PUBLISHED:
            raise OfferWithdrawnError("the offer was withdrawn", state=str(self.state), offer_id=str(self.offer_id))

    def withdraw(self) -> "Offer":
        """Take it from the market; what is booked stays booked."""
        self.require_published()
        return replace(self, state=OfferState.WITHDRAWN, version=self.version + 1)

    def with_slot(self) -> "Offer":
        """Count one more slot as a new version."""
        self.require_published()
        return replace(self, version=self.version + 1)

    @property
    def snapshot(self) -> "Snapshot":
        """The offer as it is now, to be kept in a match."""
        return Snapshot(self.offer_id, self.version, self.terms)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The offer as it was when a match was made."""

    offer_id: OfferId
    version: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Slot:
    """A time with ``capacity`` seats, of which some are held for matches and some are sold."""

    slot_id: SlotId
    offer_id: OfferId
    span: Timespan
    capacity: int
    held: int = 0
    confirmed: int = 0

    @property
    def free(self) -> int:
        """How many seats can still be held."""
        return self.capacity - self.held - self.confirmed


def check_slot(terms: Terms, span: Timespan, capacity: int, now: datetime, field: str = "") -> None:
    """Raise ``InvalidError`` (naming the part of ``field``) unless a slot is ahead, long and large enough."""
    require_future(span.start, now, f"{field}start")
    if span.length < timedelta(minutes=terms.minutes):
        raise InvalidError(f"{field}end", "leaves too little time", f"at least {terms.minutes} minutes after the start")
    # A slot that cannot hold the smallest group would never be matched, and nobody would know why.
    require_count(capacity, f"{field}capacity", least=terms.min_group)
