"""What the service is asked to do and to tell, and what it is told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MemberId, SupplierId
from services.reputation.domain.model import Scores, SupplierCopy


@dataclass(frozen=True, slots=True)
class WriteReview:
    """Say what a delivered commitment was worth."""

    caller: Caller
    commitment_id: CommitmentId
    scores: Scores
    text: str


@dataclass(frozen=True, slots=True)
class DeliveredCommitment:
    """One commitment of a delivered campaign."""

    commitment_id: CommitmentId
    community_id: CommunityId
    member_id: MemberId
    seats: int
    attended: bool = True


@dataclass(frozen=True, slots=True)
class RecordDelivery:
    """Note that a campaign was delivered to these commitments."""

    campaign_id: CampaignId
    supplier_id: SupplierId
    delivered_at: datetime
    commitments: tuple[DeliveredCommitment, ...]


@dataclass(frozen=True, slots=True)
class CopySupplier:
    """Note who may see a supplier."""

    copy: SupplierCopy


@dataclass(frozen=True, slots=True)
class Question:
    """Ask for the one thing with this id."""

    caller: Caller
    id: UUID


@dataclass(frozen=True, slots=True)
class ListReviews:
    """Ask for reviews, newest first: those of a supplier, or those of the caller's own reach."""

    caller: Caller
    supplier_id: SupplierId | None
    limit: int
    before: UUID | None
