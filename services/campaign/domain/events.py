"""What happened: past tense, private to the service. ``outbound.py`` turns them into contract payloads."""

from dataclasses import dataclass
from datetime import datetime

from services.campaign.domain.dispute_events import DisputeEvent
from services.campaign.domain.disputes import Dispute
from services.campaign.domain.model import Campaign, Commitment, Share
from services.campaign.domain.sessions import Session
from services.kernel.ids import CommitmentId
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class CampaignDrafted:
    """A match became a draft."""

    campaign: Campaign
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class CampaignOpened:
    """An organiser opened the campaign."""

    campaign: Campaign
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class CommitmentReserved:
    """Seats are held for a member."""

    commitment: Commitment


@dataclass(frozen=True, slots=True)
class CommitmentPaid:
    """Seats were paid; the money is in escrow."""

    commitment: Commitment


@dataclass(frozen=True, slots=True)
class CommitmentAuthorised:
    """A provider holds the money of the seats for us; it is taken when the group is formed."""

    commitment: Commitment


@dataclass(frozen=True, slots=True)
class CommitmentCancelled:
    """A member left; what was paid went back."""

    commitment: Commitment
    reason: str


@dataclass(frozen=True, slots=True)
class CommitmentExpired:
    """The hold ran out unpaid."""

    commitment: Commitment
    reason: str


@dataclass(frozen=True, slots=True)
class CommitmentQueued:
    """A member waits for seats."""

    commitment: Commitment


@dataclass(frozen=True, slots=True)
class SeatsOffered:
    """Seats became free and are held for one who waited."""

    commitment: Commitment


@dataclass(frozen=True, slots=True)
class CommitmentChanged:
    """A commitment has other seats, or another member, than before."""

    commitment: Commitment


@dataclass(frozen=True, slots=True)
class CampaignTipped:
    """The paid seats reached the minimum."""

    campaign: Campaign


@dataclass(frozen=True, slots=True)
class CampaignUntipped:
    """The paid seats fell below the minimum again."""

    campaign: Campaign


@dataclass(frozen=True, slots=True)
class CampaignExtended:
    """The minimum was missed and the deadline has moved."""

    campaign: Campaign


@dataclass(frozen=True, slots=True)
class CampaignConfirmed:
    """The group is formed at a final price."""

    campaign: Campaign
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class CampaignFailed:
    """The deadline passed below the minimum and everybody was refunded."""

    campaign: Campaign
    refunded: Money


@dataclass(frozen=True, slots=True)
class CampaignCancelled:
    """The campaign was called off and everybody was refunded."""

    campaign: Campaign
    refunded: Money


@dataclass(frozen=True, slots=True)
class CampaignBegun:
    """The first session was held, or the first person was there."""

    campaign: Campaign
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class SessionHeld:
    """A session took place, and its part was released."""

    campaign: Campaign
    session: Session


@dataclass(frozen=True, slots=True)
class SessionCancelled:
    """A session does not take place."""

    campaign: Campaign
    session: Session


@dataclass(frozen=True, slots=True)
class CampaignDelivered:
    """The service took place, for all but the no-shows; ``returned`` is the part of what was not held."""

    campaign: Campaign
    commitments: tuple[Commitment, ...]
    no_shows: frozenset[CommitmentId] = frozenset()
    returned: Money | None = None


@dataclass(frozen=True, slots=True)
class End:
    """A served commitment, with its money as it is in the end, and the disputes that there were of it."""

    commitment: Commitment
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignSettled:
    """The escrow is empty; ``ends`` is how it ended for each commitment that was served."""

    campaign: Campaign
    ends: tuple[End, ...] = ()


Event = (
    CampaignDrafted
    | CampaignOpened
    | CommitmentReserved
    | CommitmentPaid
    | CommitmentAuthorised
    | CommitmentCancelled
    | CommitmentExpired
    | CommitmentQueued
    | SeatsOffered
    | CommitmentChanged
    | CampaignTipped
    | CampaignUntipped
    | CampaignExtended
    | CampaignConfirmed
    | CampaignFailed
    | CampaignCancelled
    | CampaignBegun
    | SessionHeld
    | SessionCancelled
    | CampaignDelivered
    | CampaignSettled
    | DisputeEvent
)
