"""What the service is asked to do and to tell, and what it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MemberId, ReviewId, SupplierId
from services.reputation.domain.grading.commands import NoteSettlement
from services.reputation.domain.masking import Hidden
from services.reputation.domain.model import Scores, SupplierCopy
from services.reputation.domain.orders import Order
from services.reputation.domain.people.commands import NoteCampaign
from services.reputation.domain.phases import Author, Phase
from services.reputation.domain.score import Weights


@dataclass(frozen=True, slots=True)
class WriteReview:
    """Say what a service is worth: of a commitment, or as an organiser or supervisor of a campaign."""

    caller: Caller
    commitment_id: CommitmentId | None
    scores: Scores
    text: str
    campaign_id: CampaignId | None = None
    phase: Phase = Phase.AFTER
    again: bool | None = None


@dataclass(frozen=True, slots=True)
class AnswerReview:
    """Answer a review as the supplier that it is about."""

    caller: Caller
    review_id: ReviewId
    text: str


@dataclass(frozen=True, slots=True)
class HidePassage:
    """Hide a passage of a review from everybody, with a reason."""

    caller: Caller
    review_id: ReviewId
    passage: str
    kind: Hidden
    reason: str


@dataclass(frozen=True, slots=True)
class ShowPassages:
    """Show again what was hidden of a review: of one kind, or all of it."""

    caller: Caller
    review_id: ReviewId
    kind: Hidden | None
    reason: str


@dataclass(frozen=True, slots=True)
class SetAbuseWords:
    """Say which words a community does not want to read."""

    caller: Caller
    community_id: CommunityId
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteEngagement:
    """One piece of news about a campaign whose group is formed; ``people`` where it says who takes part."""

    campaign_id: CampaignId
    news: Mapping[str, Any]
    people: tuple[tuple[CommitmentId, CommunityId, MemberId], ...] = ()


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
    phase: Phase | None = None
    author: Author | None = None
