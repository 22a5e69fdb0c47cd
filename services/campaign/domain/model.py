"""Campaigns and commitments: frozen values; whatever changes one returns another."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.kernel.geo import Place
from services.kernel.ids import (
    CampaignId,
    CommitmentId,
    CommunityId,
    MatchId,
    MemberId,
    OfferId,
    PoolId,
    SlotId,
    SupplierId,
)
from services.kernel.money import Money
from services.kernel.timespan import Timespan


class State(StrEnum):
    """The states of a campaign; domain/lifecycle.py has the transitions."""

    DRAFT = "draft"
    OPEN = "open"
    TIPPED = "tipped"
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """The states of a commitment."""

    RESERVED = "reserved"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``seats`` paid seats on, each seat costs ``price``."""

    seats: int
    price: Money


@dataclass(frozen=True, slots=True)
class ReleaseStage:
    """At ``stage`` (confirmed, delivered, accepted) the supplier gets ``share_bp`` basis points of the net price."""

    stage: str
    share_bp: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What the match promised when the campaign was drafted; it never changes."""

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

    @property
    def currency(self) -> str:
        """The one currency of the campaign."""
        return self.tiers[0].price.currency


@dataclass(frozen=True, slots=True)
class Organiser:
    """Who opened the campaign; a token that belongs to no member has no ``member_id``."""

    community_id: CommunityId
    member_id: MemberId | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something was decided, in both languages; stored with the decision."""

    action: str
    zh: str
    en: str

    def to_wire(self) -> dict[str, str]:
        """Return ``{"action": ..., "zh": ..., "en": ...}``."""
        return {"action": str(self.action), "zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Campaign:
    """One group buy. The counters are those of its commitments; ``seats.py`` and ``ledger.py`` move them."""

    campaign_id: CampaignId
    terms: Terms
    state: State
    reason: str | None
    organiser: Organiser | None
    min_seats: int
    max_seats: int
    deadline: datetime | None
    hold_minutes: int
    reserved_seats: int
    # Once a campaign has failed or was cancelled this stays what it was at that moment.
    paid_seats: int
    paid: Money
    refunded: Money
    released: Money
    price: Money | None
    decision: Explanation | None
    slot_confirmed_at: datetime | None
    delivered_at: datetime | None
    settles_at: datetime | None
    version: int
    created_at: datetime

    @property
    def escrow(self) -> Money:
        """What is held: paid, and neither given back nor given to the supplier."""
        return self.paid - self.refunded - self.released

    @property
    def taken_seats(self) -> int:
        """Seats that nobody else can have."""
        return self.reserved_seats + self.paid_seats

    @property
    def is_full(self) -> bool:
        """Whether every seat is paid."""
        return self.paid_seats == self.max_seats


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one community: people it expects, seats it holds now, and seats it ever paid for."""

    community_id: CommunityId
    people: int
    reserved_seats: int = 0
    paid_seats: int = 0
    joined_seats: int = 0


@dataclass(frozen=True, slots=True)
class Commitment:
    """The seats of one member; ``price`` is what was quoted per seat and is the most that they will cost."""

    commitment_id: CommitmentId
    campaign_id: CampaignId
    community_id: CommunityId
    member_id: MemberId
    seats: int
    state: Standing
    price: Money
    paid: Money | None
    refunded: Money
    final_price: Money | None
    hold_until: datetime | None
    receipt: str | None
    created_at: datetime

    @property
    def amount(self) -> Money:
        """What all the seats cost as quoted."""
        return self.price * self.seats
