"""Campaigns and commitments: frozen values; whatever changes one returns another."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.campaign.domain.rules import Rules
from services.campaign.domain.terms import Terms
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MemberId
from services.kernel.money import Money

OFFLINE = "offline"


class State(StrEnum):
    """The states of a campaign; domain/lifecycle.py has the transitions."""

    DRAFT = "draft"
    OPEN = "open"
    TIPPED = "tipped"
    CONFIRMED = "confirmed"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"


JOINING = (State.OPEN, State.TIPPED)
FORMED = (State.CONFIRMED, State.DELIVERING, State.DELIVERED, State.SETTLED)


class Standing(StrEnum):
    """The states of a commitment."""

    WAITING = "waiting"
    RESERVED = "reserved"
    AUTHORISED = "authorised"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    MOVED = "moved"
    DELIVERED = "delivered"


# Whoever is in one of these states has seats, or waits for some.
LIVE = (Standing.WAITING, Standing.RESERVED, Standing.AUTHORISED, Standing.PAID)


class About(StrEnum):
    """What members are asked about."""

    MERGE = "merge"
    REPLACEMENT = "replacement"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Pause:
    """Something has to be decided, ``until`` at the latest; meanwhile nobody joins and nobody pays."""

    about: About
    until: datetime


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
    """One group buy. The counters are those of its commitments; ``seats.py`` and ``purse.py`` move them.

    Money that was asked to be refunded or released counts as such at once; the ledger knows what is still pending.
    """

    campaign_id: CampaignId
    terms: Terms
    rules: Rules
    state: State
    reason: str | None
    organiser: Organiser | None
    min_seats: int
    max_seats: int
    deadline: datetime | None
    extensions: int
    extended_at: datetime | None
    # Since when it is closing: authorised payments are being taken, and what comes of them decides.
    closing_at: datetime | None
    hold_minutes: int
    reserved_seats: int
    authorised_seats: int
    # Once a campaign has failed or was cancelled these two stay what they were at that moment.
    paid_seats: int
    households: int
    waiting: int
    paid: Money
    refunded: Money
    released: Money
    moved: Money
    owed: Money
    price: Money | None
    decision: Explanation | None
    sessions_held: int
    slot_confirmed_at: datetime | None
    delivered_at: datetime | None
    settles_at: datetime | None
    version: int
    created_at: datetime
    pause: Pause | None = None
    # Seats of a group that were refunded because it moved: the tier that is lost with them is nobody's to bear.
    excused_seats: int = 0

    def is_paused_for(self, about: About) -> bool:
        """Tell whether the campaign waits for a decision about that."""
        return self.pause is not None and self.pause.about is about

    @property
    def escrow(self) -> Money:
        """What is held: paid, and neither given back, nor released, nor moved to another campaign."""
        return self.paid - self.refunded - self.released - self.moved

    @property
    def net(self) -> Money:
        """What was paid and not given back: the amount that a threshold of money counts."""
        return self.paid - self.refunded - self.moved

    @property
    def taken_seats(self) -> int:
        """Seats that nobody else can have."""
        return self.reserved_seats + self.authorised_seats + self.paid_seats

    @property
    def free_seats(self) -> int:
        """Seats that nobody has."""
        return self.max_seats - self.taken_seats


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one community: people it expects, seats it holds now, and seats it ever paid for."""

    community_id: CommunityId
    people: int
    reserved_seats: int = 0
    paid_seats: int = 0
    joined_seats: int = 0
    dropped_seats: int = 0


@dataclass(frozen=True, slots=True)
class Commitment:
    """The seats of one member.

    ``price`` is what was quoted per seat and the most that one will cost. ``upto_seats`` is more than ``seats`` when
    the member takes up to so many if that reaches a tier; all of them are paid at first. Of the money, ``kept`` stays
    whatever happens (a cancellation fee), ``withheld`` stays until the reckoning, ``owed`` is to be given back once the
    supplier has returned it.
    """

    commitment_id: CommitmentId
    campaign_id: CampaignId
    community_id: CommunityId
    member_id: MemberId
    household_id: MemberId
    seats: int
    upto_seats: int
    party: tuple[tuple[str, int], ...]
    state: Standing
    price: Money
    paid: Money | None
    refunded: Money
    released: Money
    moved: Money
    owed: Money
    kept: Money
    withheld: Money
    final_price: Money | None
    frozen: bool
    provider: str
    hold_until: datetime | None
    receipt: str | None
    terms_digest: str | None
    left_at: datetime | None
    created_at: datetime
    terms_accepted_at: datetime | None = None

    @property
    def amount(self) -> Money:
        """What has to be paid: all the seats that may be taken, as quoted."""
        return self.price * self.upto_seats

    @property
    def net(self) -> Money:
        """What was paid and is not given back, nor to be given back."""
        if self.paid is None:
            return Money.zero(self.price.currency)
        return self.paid - self.refunded - self.moved - self.owed

    @property
    def held(self) -> Money:
        """What of its money is in escrow."""
        if self.paid is None:
            return Money.zero(self.price.currency)
        return self.paid - self.refunded - self.moved - self.released
