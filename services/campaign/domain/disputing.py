"""What the parties of a dispute do: open it, answer, bring evidence, seek consent, give it up, appeal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.campaign.domain import dispute_notices as notices
from services.campaign.domain.dispute_events import DisputeAnswered, DisputeAppealed, DisputeEvent, DisputeOpened
from services.campaign.domain.dispute_lifecycle import Act, step
from services.campaign.domain.disputes import (
    Dispute,
    DisputeState,
    File,
    Kind,
    Offer,
    Reason,
    Side,
    Statement,
    disputable,
)
from services.campaign.domain.errors import (
    CommitmentStateError,
    DisputedError,
    DisputeOverError,
    OfferUnknownError,
    TooLateError,
    WrongStateError,
)
from services.campaign.domain.model import Campaign, Commitment, Standing, State
from services.campaign.domain.notices import Notice
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.ids import DisputeId, StatementId, new_id
from services.kernel.money import Money

OPENABLE = (State.CONFIRMED, State.DELIVERING, State.DELIVERED)
FINAL = (DisputeState.SETTLED, DisputeState.DECIDED, DisputeState.DECIDED_FINALLY)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one step of a dispute leads to; what it does to the money is an outcome of its campaign beside it."""

    dispute: Dispute
    statements: tuple[Statement, ...] = ()
    events: tuple[DisputeEvent, ...] = ()
    notices: tuple[Notice, ...] = ()

    def then(self, later: "Turn") -> "Turn":
        """Return both steps as one."""
        return Turn(
            later.dispute,
            (*self.statements, *later.statements),
            (*self.events, *later.events),
            (*self.notices, *later.notices),
        )


def open_dispute(
    campaign: Campaign,
    commitment: Commitment,
    earlier: Sequence[Dispute],
    reason: Reason,
    claim: Money,
    text: str,
    now: datetime,
) -> Turn:
    """Open a dispute on a commitment, whose money is frozen with it."""
    _require_window(campaign, now)
    _require_disputable(commitment, earlier, reason, claim)
    hours, none = campaign.rules.disputes, Money.zero(claim.currency)
    dispute = Dispute(
        dispute_id=DisputeId(new_id()),
        campaign_id=campaign.campaign_id,
        commitment_id=commitment.commitment_id,
        community_id=commitment.community_id,
        member_id=commitment.member_id,
        supplier_id=campaign.terms.supplier_id,
        state=DisputeState.OPENED,
        reason=reason,
        claim=claim,
        offers=(),
        decisions=(),
        answer_until=now + timedelta(hours=hours.answer_hours),
        consent_until=now + timedelta(hours=max(hours.consent_hours, hours.answer_hours)),
        answered_at=None,
        due_at=now + timedelta(hours=hours.answer_hours),
        mediator=None,
        past=(),
        appealed_by=None,
        outcome=None,
        refunded=none,
        opened_at=now,
        closed_at=None,
        version=0,
    )
    said = say(dispute, Kind.CLAIM, Side.CLAIMANT, text, now, claim)
    return Turn(dispute, (said,), (DisputeOpened(dispute),), (notices.opened(campaign, dispute),))


def _require_window(campaign: Campaign, now: datetime) -> None:
    if campaign.state not in OPENABLE:
        allowed = [str(state) for state in OPENABLE]
        message = f"a campaign in state {campaign.state} has no disputes"
        raise WrongStateError(message, state=str(campaign.state), allowed=allowed)
    if campaign.settles_at is not None and now >= campaign.settles_at:
        until = format_time(campaign.settles_at)
        raise TooLateError("the acceptance window is over", state=str(campaign.state), settles_at=until)


def _require_disputable(commitment: Commitment, earlier: Sequence[Dispute], reason: Reason, claim: Money) -> None:
    if commitment.frozen:
        raise DisputedError("a dispute of this commitment is open", state=str(commitment.state))
    left, states = disputable(commitment), (Standing.PAID, Standing.DELIVERED, Standing.REFUNDED)
    if commitment.state not in states or not left:
        allowed = [str(state) for state in states]
        message = "nothing is left of this commitment that could be given back"
        raise CommitmentStateError(message, state=str(commitment.state), allowed=allowed)
    if any(one.reason is reason and one.outcome in FINAL for one in earlier):
        message = f"a dispute of this commitment over {reason} has been decided or settled"
        raise DisputeOverError(message, state=str(commitment.state), reason=str(reason))
    if claim.currency != left.currency or not 0 < claim.minor <= left.minor:
        raise InvalidError("claim", f"{claim} is not possible", f"more than nothing, at most {left}")


def say(
    dispute: Dispute,
    kind: Kind,
    side: Side,
    text: str,
    now: datetime,
    amount: Money | None = None,
    files: tuple[File, ...] = (),
) -> Statement:
    """Return a statement for the file of the case."""
    return Statement(StatementId(new_id()), dispute.dispute_id, kind, side, text, amount, files, now)


def answer(campaign: Campaign, dispute: Dispute, text: str, files: tuple[File, ...], now: datetime) -> Turn:
    """Let the supplier answer: once, and in its term."""
    dispute = replace(step(dispute, Act.ANSWER, now), answered_at=now, due_at=dispute.consent_until)
    said = say(dispute, Kind.ANSWER, Side.SUPPLIER, text, now, files=files)
    return Turn(dispute, (said,), (DisputeAnswered(dispute),), (notices.answered(campaign, dispute),))


def add_evidence(dispute: Dispute, side: Side, text: str, files: tuple[File, ...], now: datetime) -> Turn:
    """Put a text, and the hashes of files, on record."""
    return Turn(step(dispute, Act.EVIDENCE, now), (say(dispute, Kind.EVIDENCE, side, text, now, files=files),))


def offer(campaign: Campaign, dispute: Dispute, side: Side, amount: Money, text: str, now: datetime) -> Turn:
    """Offer a settlement; it takes the place of an earlier offer of the same side."""
    dispute = step(dispute, Act.OFFER, now)
    require_within(dispute, amount)
    said = say(dispute, Kind.OFFER, side, text, now, amount)
    made = Offer(said.statement_id, side, amount)
    dispute = replace(dispute, offers=(*(one for one in dispute.offers if one.side is not side), made))
    told = (notices.offered(campaign, dispute, made),) if side is Side.SUPPLIER else ()
    return Turn(dispute, (said,), notices=told)


def require_within(dispute: Dispute, amount: Money) -> None:
    """Refuse an amount that is not between nothing and the claim."""
    if amount.currency != dispute.claim.currency or not 0 <= amount.minor <= dispute.claim.minor:
        raise InvalidError("amount", f"{amount} is not possible", f"at most the claim, {dispute.claim}")


def accept(campaign: Campaign, dispute: Dispute, side: Side, offer_id: UUID, now: datetime) -> tuple[Turn, Money]:
    """Accept the standing offer of the other side; return with it the amount that goes back."""
    settled = step(dispute, Act.ACCEPT, now)
    found = dispute.offer(offer_id, side.other)
    if found is None:
        message = "the other side has no such offer, or has made another since"
        raise OfferUnknownError(message, state=str(dispute.state), offers=[str(one.offer_id) for one in dispute.offers])
    said = say(dispute, Kind.ACCEPTANCE, side, "", now, found.amount)
    return Turn(settled, (said,), notices=_discharged(campaign, dispute)), found.amount


def withdraw(campaign: Campaign, dispute: Dispute, text: str, now: datetime) -> Turn:
    """Give the claim up; before anything is decided only."""
    withdrawn = step(dispute, Act.WITHDRAW, now)
    said = say(dispute, Kind.WITHDRAWAL, Side.CLAIMANT, text, now)
    return Turn(withdrawn, (said,), notices=_discharged(campaign, dispute))


def _discharged(campaign: Campaign, dispute: Dispute) -> tuple[Notice, ...]:
    if dispute.mediator is None:
        return ()
    return (notices.discharged(campaign, dispute, dispute.mediator, notices.NOT_NEEDED),)


def ask(dispute: Dispute, now: datetime) -> Turn:
    """Ask for a mediator before the time for consent is over; one has to be assigned next."""
    return Turn(step(dispute, Act.ASK, now))


def remind(campaign: Campaign, dispute: Dispute, now: datetime) -> Turn:
    """Note that the supplier was silent: it has lost its turn, and the time for consent goes on."""
    silent = replace(step(dispute, Act.REMIND, now), due_at=dispute.consent_until)
    return Turn(silent, notices=(notices.unanswered(campaign, silent),))


def appeal(campaign: Campaign, dispute: Dispute, side: Side, text: str, now: datetime) -> Turn:
    """Appeal a decision, once; another mediator has to be assigned next."""
    appealed = replace(step(dispute, Act.APPEAL, now), appealed_by=side)
    said = say(dispute, Kind.APPEAL, side, text, now)
    told = [notices.appealed(campaign, appealed)]
    if dispute.mediator is not None:
        told.append(notices.discharged(campaign, dispute, dispute.mediator, notices.APPEALED))
    return Turn(appealed, (said,), (DisputeAppealed(appealed),), tuple(told))
