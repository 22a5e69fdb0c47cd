"""What the supplier's match promised: prices, sizes, times, and by which plan the money is released."""

from dataclasses import dataclass, field
from datetime import datetime

from services.kernel.geo import Place
from services.kernel.ids import AgreementId, CommunityId, MatchId, OfferId, PoolId, SlotId, SupplierId
from services.kernel.money import Money
from services.kernel.timespan import Timespan

FULL_BP = 10_000  # basis points: all of it


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``seats`` paid seats on, each seat costs ``price``."""

    seats: int
    price: Money


@dataclass(frozen=True, slots=True)
class ReleaseStage:
    """At ``stage`` (confirmed, session, delivered, accepted) ``share_bp`` basis points of the net price are released.

    The share of ``session`` is spread evenly over the sessions, each when it was held.
    """

    stage: str
    share_bp: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Who gets which part of everything that is released, in basis points that sum to 10 000."""

    supplier_bp: int = FULL_BP
    organiser_bp: int = 0
    community_bp: int = 0
    platform_bp: int = 0

    @property
    def weights(self) -> tuple[int, int, int, int]:
        """The parts of supplier, organiser, community funds and platform."""
        return self.supplier_bp, self.organiser_bp, self.community_bp, self.platform_bp


@dataclass(frozen=True, slots=True)
class RefundStep:
    """Who leaves a confirmed campaign at least ``hours_before`` its start gets ``refund_bp`` back."""

    hours_before: float
    refund_bp: int


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What comes back when a group that was formed does not take place for somebody, by time and by cause.

    ``steps`` descend; later than the last one nothing comes back. A fault of the supplier gives everything back.
    """

    steps: tuple[RefundStep, ...] = (RefundStep(72, FULL_BP), RefundStep(24, FULL_BP // 2))
    weather_bp: int = FULL_BP
    illness_bp: int = FULL_BP // 2
    no_show_bp: int = 0


@dataclass(frozen=True, slots=True)
class AgreementRef:
    """What a tender came to: the document lies with the supplier service, and ``hash`` is the SHA-256 of it."""

    agreement_id: AgreementId
    hash: str


@dataclass(frozen=True, slots=True)
class Adapted:
    """What holds of an option of the offer, in words for people: the syllabus, the language, the age."""

    key: str
    title: tuple[str, str]
    chosen: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the match promised. Only a move that members were asked about, or a new supplier, changes it."""

    match_id: MatchId
    pool_id: PoolId | None
    communities: tuple[CommunityId, ...]
    supplier_id: SupplierId
    supplier_name: str
    offer_id: OfferId
    title: str
    category: str
    where: str
    place: Place
    slot_id: SlotId
    slot: Timespan
    tiers: tuple[Tier, ...]
    min_group: int
    held_seats: int
    held_until: datetime
    release: tuple[ReleaseStage, ...]
    acceptance_hours: float
    sessions: tuple[Timespan, ...] = ()
    fallback_tiers: tuple[Tier, ...] = ()
    shares: Shares = field(default_factory=Shares)
    cancellation: Cancellation = field(default_factory=Cancellation)
    agreement: AgreementRef | None = None
    options: tuple[Adapted, ...] = ()

    @property
    def currency(self) -> str:
        """The one currency of the campaign."""
        return self.tiers[0].price.currency

    @property
    def times(self) -> tuple[Timespan, ...]:
        """When it takes place: the sessions of a course, or the slot itself."""
        return self.sessions or (self.slot,)

    @property
    def start(self) -> datetime:
        """When the first of it begins."""
        return self.times[0].start
