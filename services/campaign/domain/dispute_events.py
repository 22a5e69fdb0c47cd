"""What happened to a dispute; what consumers need of it holds nothing personal."""

from dataclasses import dataclass

from services.campaign.domain.disputes import Dispute


@dataclass(frozen=True, slots=True)
class DisputeOpened:
    """A participant disputes a commitment; its money is frozen."""

    dispute: Dispute


@dataclass(frozen=True, slots=True)
class DisputeAnswered:
    """The supplier has answered."""

    dispute: Dispute


@dataclass(frozen=True, slots=True)
class DisputeDecided:
    """A mediator, or the node operator, has decided."""

    dispute: Dispute


@dataclass(frozen=True, slots=True)
class DisputeAppealed:
    """A side does not accept the decision."""

    dispute: Dispute


@dataclass(frozen=True, slots=True)
class DisputeClosed:
    """It is over and what came of it was executed."""

    dispute: Dispute


DisputeEvent = DisputeOpened | DisputeAnswered | DisputeDecided | DisputeAppealed | DisputeClosed
