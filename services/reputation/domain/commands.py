"""What the service is asked to do and to tell, and what it is told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MemberId, SupplierId
from services.reputation.domain.grading.commands import NoteSettlement
from services.reputation.domain.model import Scores, SupplierCopy
from services.reputation.domain.orders import Order
from services.reputation.domain.people.commands import NoteCampaign
from services.reputation.domain.score import Weights


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
    category: str | None = None
    sessions: int | None = None
    sessions_held: int | None = None


@dataclass(frozen=True, slots=True)
class RecordSettlement:
    """Note how it ended for the commitments of a settled campaign, what of it counts for people, and for the grade."""

    supplier_id: SupplierId
    category: str | None
    orders: tuple[Order, ...]
    of_people: NoteCampaign
    of_grade: NoteSettlement | None = None


@dataclass(frozen=True, slots=True)
class ListReceipts:
    """Ask for the receipts of a supplier, newest first; ``current`` leaves out those that were superseded."""

    caller: Caller
    supplier_id: SupplierId
    current: bool
    limit: int
    before: UUID | None


@dataclass(frozen=True, slots=True)
class CheckReceipt:
    """Ask whether a receipt is what it claims to be; whatever is asked about, the answer is a verdict."""

    caller: Caller
    document: object
    key_id: object
    signature: object


@dataclass(frozen=True, slots=True)
class SetWeights:
    """Say under which weights a community reads evidence."""

    caller: Caller
    community_id: CommunityId
    weights: Weights


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
