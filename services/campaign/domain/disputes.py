"""A dispute about one commitment: what the rules need to know of it, and what was said in it.

DISPUTES.md beside the service tells the whole of it to people.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.campaign.domain.model import Commitment
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, DisputeId, MemberId, StatementId, SupplierId
from services.kernel.money import Money


class DisputeState(StrEnum):
    """The states of a dispute; ``dispute_lifecycle.py`` has the transitions."""

    OPENED = "opened"
    ANSWERED = "answered"
    MEDIATION = "mediation"
    DECIDED = "decided"
    APPEALED = "appealed"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    DECIDED_FINALLY = "decided_finally"
    CLOSED = "closed"


IN_MEDIATION = (DisputeState.MEDIATION, DisputeState.APPEALED)
CALLED_OFF = "called_off"


class Reason(StrEnum):
    """What the dispute is about."""

    NOT_DELIVERED = "not_delivered"
    PARTLY_DELIVERED = "partly_delivered"
    NOT_AS_DESCRIBED = "not_as_described"
    QUALITY = "quality"
    LATE = "late"
    SAFETY = "safety"
    FEE = "fee"
    OTHER = "other"


class Side(StrEnum):
    """Who speaks. The claimant is the member, or who manages its community; an operator stands in for a mediator."""

    CLAIMANT = "claimant"
    SUPPLIER = "supplier"
    MEDIATOR = "mediator"
    OPERATOR = "node_operator"

    @property
    def other(self) -> "Side":
        """The other party."""
        return Side.SUPPLIER if self is Side.CLAIMANT else Side.CLAIMANT


class Kind(StrEnum):
    """What a statement is."""

    CLAIM = "claim"
    ANSWER = "answer"
    EVIDENCE = "evidence"
    OFFER = "offer"
    ACCEPTANCE = "acceptance"
    WITHDRAWAL = "withdrawal"
    DECISION = "decision"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class File:
    """A file that a party keeps: its name, size and SHA-256 are evidence, its content stays where it is."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that was said in a dispute; it is never changed. That of an offer has the id of the offer."""

    statement_id: StatementId
    dispute_id: DisputeId
    kind: Kind
    side: Side
    text: str
    amount: Money | None
    files: tuple[File, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A settlement that ``side`` would accept: ``amount`` goes back. One stands per side, the newest."""

    offer_id: StatementId
    side: Side
    amount: Money


@dataclass(frozen=True, slots=True)
class Decision:
    """``amount`` goes back to the member; the rest of its money is released as the plan says."""

    amount: Money
    side: Side
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Mediator:
    """A member of a community that has nothing to do with the case."""

    member_id: MemberId
    community_id: CommunityId


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute. ``due_at`` is the next deadline of its state.

    ``mediator`` is None where there is none who may decide: then the node operator does. ``past`` are those who had
    the case before and do not get it again. ``outcome`` is the state from which it was closed, or called_off.
    """

    dispute_id: DisputeId
    campaign_id: CampaignId
    commitment_id: CommitmentId
    community_id: CommunityId
    member_id: MemberId
    supplier_id: SupplierId
    state: DisputeState
    reason: Reason
    claim: Money
    offers: tuple[Offer, ...]
    decisions: tuple[Decision, ...]
    answer_until: datetime
    consent_until: datetime
    answered_at: datetime | None
    due_at: datetime | None
    mediator: Mediator | None
    past: tuple[MemberId, ...]
    appealed_by: Side | None
    outcome: str | None
    refunded: Money
    opened_at: datetime
    closed_at: datetime | None
    version: int

    @property
    def is_open(self) -> bool:
        """Whether the commitment is still frozen by it."""
        return self.state is not DisputeState.CLOSED

    def offer(self, offer_id: UUID, side: Side) -> Offer | None:
        """Return the standing offer of a side, if ``offer_id`` is it."""
        return next((one for one in self.offers if (one.offer_id, one.side) == (offer_id, side)), None)


def disputable(commitment: Commitment) -> Money:
    """Return how much of a commitment's money can be given back at all: its net price less what is withheld.

    What is withheld from a drop-out is nobody's until the reckoning.
    """
    return commitment.net - commitment.withheld
