"""What the service can be asked to do about disputes and mediators: imperative, one for each handler."""

from dataclasses import dataclass

from services.campaign.domain.disputes import File, Reason
from services.kernel.caller import Caller
from services.kernel.ids import CommitmentId, CommunityId, DisputeId, MemberId, StatementId
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """Dispute a commitment: ``claim`` is to be given back."""

    caller: Caller
    commitment_id: CommitmentId
    reason: Reason
    claim: Money
    text: str


@dataclass(frozen=True, slots=True)
class Speak:
    """Say something in a dispute: an answer, evidence, an appeal, a withdrawal; some need no words, some have files."""

    caller: Caller
    dispute_id: DisputeId
    text: str = ""
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferSettlement:
    """Offer to end a dispute by giving ``amount`` back."""

    caller: Caller
    dispute_id: DisputeId
    amount: Money
    text: str


@dataclass(frozen=True, slots=True)
class AcceptSettlement:
    """Accept what the other side offers."""

    caller: Caller
    dispute_id: DisputeId
    offer_id: StatementId


@dataclass(frozen=True, slots=True)
class DecideDispute:
    """Decide that ``amount``, or ``share_bp`` basis points of the claim, go back."""

    caller: Caller
    dispute_id: DisputeId
    amount: Money | None
    share_bp: int | None
    text: str


@dataclass(frozen=True, slots=True)
class NameMediator:
    """Let a member of a community decide disputes of others."""

    caller: Caller
    community_id: CommunityId
    member_id: MemberId


@dataclass(frozen=True, slots=True)
class EndMediator:
    """Take that back; open cases go to others."""

    caller: Caller
    community_id: CommunityId
    member_id: MemberId
