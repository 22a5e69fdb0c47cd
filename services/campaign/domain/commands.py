"""What the service can be asked to do: imperative, one for each handler."""

from dataclasses import dataclass
from datetime import datetime

from services.campaign.domain.model import Share, Terms
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MatchId, MemberId
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class DraftCampaign:
    """A match was proposed: keep it as a draft."""

    terms: Terms
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class LapseMatch:
    """The supplier no longer holds the seats of the match."""

    match_id: MatchId
    reason: str


@dataclass(frozen=True, slots=True)
class MarkSlotConfirmed:
    """The supplier has booked the slot of a confirmed campaign."""

    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class KnowMember:
    """Keep a copy of who belongs to which community; ``version`` orders the copies."""

    member_id: MemberId
    community_id: CommunityId
    version: int


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """Open a draft for joining; what is None comes from the offer."""

    caller: Caller
    campaign_id: CampaignId
    deadline: datetime
    min_seats: int | None
    max_seats: int | None
    hold_minutes: int


@dataclass(frozen=True, slots=True)
class CloseCampaign:
    """Confirm a tipped campaign before its deadline."""

    caller: Caller
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class CancelCampaign:
    """Call the campaign off and refund everybody; ``reason`` is a sentence for people."""

    caller: Caller
    campaign_id: CampaignId
    reason: str


@dataclass(frozen=True, slots=True)
class DeliverCampaign:
    """Record that the service took place."""

    caller: Caller
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class ReserveSeats:
    """Hold seats for a member; with ``receipt`` they are paid in the same step."""

    caller: Caller
    campaign_id: CampaignId
    seats: int
    member_id: MemberId | None
    receipt: str | None


@dataclass(frozen=True, slots=True)
class PayCommitment:
    """Record a payment that was seen outside; ``amount`` is checked if it is given."""

    caller: Caller
    commitment_id: CommitmentId
    receipt: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class CancelCommitment:
    """Give the seats back."""

    caller: Caller
    commitment_id: CommitmentId
