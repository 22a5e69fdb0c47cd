"""What the service can be asked to do: imperative, one for each handler."""

from dataclasses import dataclass
from datetime import datetime

from services.campaign.domain.cancelling import Cause
from services.campaign.domain.model import Share
from services.campaign.domain.rules import Rules
from services.campaign.domain.terms import Terms
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MatchId, MemberId, TermsId
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
    """Keep a copy of who belongs to which community and household; ``version`` orders the copies."""

    member_id: MemberId
    community_id: CommunityId
    household_id: MemberId | None
    version: int


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """Open a draft for joining; what is None comes from the offer. Terms: a template's, the standard ones, or none."""

    caller: Caller
    campaign_id: CampaignId
    deadline: datetime
    min_seats: int | None
    max_seats: int | None
    hold_minutes: int
    rules: Rules
    terms_id: TermsId | None = None
    standard_terms: bool = False


@dataclass(frozen=True, slots=True)
class CloseCampaign:
    """Confirm a tipped campaign before its deadline."""

    caller: Caller
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class CancelCampaign:
    """Call the campaign off and refund everybody; ``reason`` is a sentence for people.

    Only ``weather`` is a cause to call off a group that was formed.
    """

    caller: Caller
    campaign_id: CampaignId
    reason: str
    cause: str = "organiser"


@dataclass(frozen=True, slots=True)
class DeliverCampaign:
    """Record that the service took place."""

    caller: Caller
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class ReserveSeats:
    """Hold seats for a member; with ``receipt`` they are paid in the same step.

    ``upto_seats`` are taken if that reaches a tier; ``wait`` puts the party on the waiting list where seats are short.
    """

    caller: Caller
    campaign_id: CampaignId
    seats: int
    member_id: MemberId | None
    receipt: str | None
    upto_seats: int | None = None
    party: tuple[tuple[str, int], ...] = ()
    terms_digest: str | None = None
    wait: bool = False


@dataclass(frozen=True, slots=True)
class PayCommitment:
    """Record a payment that was seen outside; ``amount`` is checked if it is given."""

    caller: Caller
    commitment_id: CommitmentId
    receipt: str
    amount: Money | None
    terms_digest: str | None = None


@dataclass(frozen=True, slots=True)
class CancelCommitment:
    """Give the seats back; a cause other than ``own`` is a manager's to say."""

    caller: Caller
    commitment_id: CommitmentId
    cause: Cause = Cause.OWN


@dataclass(frozen=True, slots=True)
class ChangeSeats:
    """Have ``seats`` from now on, more or fewer."""

    caller: Caller
    commitment_id: CommitmentId
    seats: int


@dataclass(frozen=True, slots=True)
class StartPayment:
    """Ask a provider for the payment of held seats; ``later``: authorise now, take it when the group is formed."""

    caller: Caller
    commitment_id: CommitmentId
    provider: str
    later: bool
    terms_digest: str | None


@dataclass(frozen=True, slots=True)
class RetryRefund:
    """Try once more to give back what a provider could not; ``in_cash``: those who got it did, by hand."""

    caller: Caller
    commitment_id: CommitmentId
    in_cash: bool


@dataclass(frozen=True, slots=True)
class TakeCallback:
    """What a provider called us with, as it came."""

    provider: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class UndoPayment:
    """Take back a payment that was recorded by mistake; ``reason`` is kept with the correction."""

    caller: Caller
    commitment_id: CommitmentId
    reason: str


@dataclass(frozen=True, slots=True)
class ContributeToFund:
    """Record what somebody gave to the common fund of a community."""

    caller: Caller
    community_id: CommunityId
    amount: Money
    receipt: str
    member_id: MemberId | None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Let another member of the campaign's communities have the seats and what was paid for them."""

    caller: Caller
    commitment_id: CommitmentId
    member_id: MemberId
