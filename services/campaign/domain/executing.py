"""What came of a dispute is executed on the escrow: a part goes back, the commitment is free, the plan goes on."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.campaign.domain import dispute_notices as notices
from services.campaign.domain import purse
from services.campaign.domain.dispute_events import DisputeClosed
from services.campaign.domain.dispute_lifecycle import Act, step
from services.campaign.domain.disputes import CALLED_OFF, Dispute, disputable
from services.campaign.domain.disputing import Turn
from services.campaign.domain.model import Campaign, Commitment
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.releasing import reached_bp
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Execution:
    """The closed dispute, and what it did to the money of its campaign."""

    turn: Turn
    outcome: Outcome


def freeze(campaign: Campaign, commitment: Commitment) -> Outcome:
    """Keep everything of a commitment where it is: its money is neither released nor given back."""
    return Outcome(campaign, changed=(replace(commitment, frozen=True),), light=True)


def execute(
    campaign: Campaign,
    commitment: Commitment,
    dispute: Dispute,
    amount: Money,
    now: datetime,
    fund: Money | None = None,
) -> Execution:
    """Give ``amount`` back to the member, let the rest go its way by the plan, and close the dispute.

    What was released already comes back from those who got it; ``fund`` is what the community's fund can return.
    """
    closed = step(dispute, Act.EXECUTE, now)
    free = replace(commitment, frozen=False)
    back = min(amount, disputable(free))
    cause = f"dispute:{dispute.dispute_id}"
    moved = purse.give_back(campaign, free, back, "refund", cause, fund)
    left = disputable(moved.commitment)
    settled = replace(moved.commitment, kept=min(moved.commitment.kept, left))
    campaign, released, releases = purse.release(moved.campaign, [settled], cause, reached_bp(moved.campaign))
    outcome = Outcome(campaign, changed=released or (settled,), transfers=(*moved.transfers, *releases), light=True)
    ended = _ended(closed, str(dispute.state), back, now)
    told = (notices.closed(campaign, ended),)
    return Execution(Turn(ended, events=(DisputeClosed(ended),), notices=told), outcome)


def call_off(campaign: Campaign, dispute: Dispute, now: datetime) -> Turn:
    """Close a dispute whose campaign was called off: everything has gone back, there is nothing left to decide."""
    none = Money.zero(dispute.claim.currency)
    ended = _ended(step(dispute, Act.CALL_OFF, now), CALLED_OFF, none, now)
    told = [notices.closed(campaign, ended)]
    if dispute.mediator is not None:
        told.append(notices.discharged(campaign, dispute, dispute.mediator, notices.NOT_NEEDED))
    return Turn(ended, events=(DisputeClosed(ended),), notices=tuple(told))


def _ended(dispute: Dispute, outcome: str, refunded: Money, now: datetime) -> Dispute:
    return replace(dispute, outcome=outcome, refunded=refunded, due_at=None, closed_at=now)
