"""Leaving, changing the number of seats, and handing them over to somebody else."""

from services.campaign.domain import handing, leaving
from services.campaign.domain.cancelling import Cause
from services.campaign.domain.commands import CancelCommitment, ChangeSeats, HandOver
from services.campaign.domain.errors import MemberUnknownError, PaymentOpenError
from services.campaign.domain.joining import ALONE, Neighbours, require
from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.privacy import MANAGERS
from services.campaign.handlers.answering import forget_answer, reconsider
from services.campaign.handlers.joining import census_of, lock_commitment
from services.campaign.handlers.keys import hold_key
from services.campaign.handlers.queueing import serve
from services.campaign.handlers.recording import Book
from services.campaign.storage.facts import fund_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role
from services.kernel.ids import CommunityId, MemberId


def cancel_commitment(command: CancelCommitment, uow: CampaignUnitOfWork) -> Commitment:
    """Give seats back: by the member, or by those who manage its community, who alone may name another cause."""
    caller = command.caller
    caller.require(Role.MEMBER, *MANAGERS)
    if command.cause is not Cause.OWN:
        caller.require(*MANAGERS)
    uow.timers.cancel(hold_key(command.commitment_id))  # before the lock, see joining.py
    campaign, commitment = lock_commitment(command.commitment_id, caller, uow)
    reason = "member_cancelled" if caller.member_id == commitment.member_id else "organiser_cancelled"
    others = _without(campaign, commitment, uow)
    now = uow.clock.now()
    authorised = [commitment.commitment_id] if commitment.state is Standing.AUTHORISED else []
    pending = uow.ledger.payments(authorised).get(commitment.commitment_id)
    left = leaving.leave(
        campaign,
        commitment,
        reason,
        now,
        cause=command.cause,
        neighbours=others,
        pending=pending,
        fund=fund_of(campaign, commitment, uow),
    )
    return _saved(left, uow)


def change_seats(command: ChangeSeats, uow: CampaignUnitOfWork) -> Commitment:
    """Have more or fewer seats: unpaid ones are held anew at once, paid ones can only become fewer.

    Who wants more than it has paid for reserves them as a commitment of their own, and pays that.
    """
    command.caller.require(Role.MEMBER, *MANAGERS)
    campaign, commitment = lock_commitment(command.commitment_id, command.caller, uow)
    now = uow.clock.now()
    if commitment.state is Standing.PAID and command.seats < commitment.seats:
        fund = fund_of(campaign, commitment, uow)
        return _saved(leaving.shrink(campaign, commitment, command.seats, now, fund=fund), uow)
    require(commitment, Standing.RESERVED)
    _require_no_payment(commitment, uow)
    census = census_of(campaign, uow)
    around = ALONE if census is None else census.around(commitment.member_id, commitment.household_id)
    return _saved(leaving.resize(campaign, commitment, command.seats, now, around), uow)


def hand_over(command: HandOver, uow: CampaignUnitOfWork) -> Commitment:
    """Let another member have the seats; a manager of the community that gives them away says so."""
    command.caller.require(*MANAGERS)
    members = uow.members.many([command.member_id])
    campaign, commitment = lock_commitment(command.commitment_id, command.caller, uow)
    _require_no_payment(commitment, uow)
    community_id, household_id = members.get(command.member_id, (None, None))
    if community_id not in campaign.terms.communities or household_id is None:
        raise MemberUnknownError("the member is not known in this campaign", member_id=str(command.member_id))
    to = (CommunityId(community_id), command.member_id, household_id)
    around = _for_new_member(campaign, commitment, household_id, command.member_id, uow)
    outcome = handing.hand_over(campaign, commitment, *to, uow.clock.now(), around)
    forget_answer(campaign, commitment.commitment_id, uow)
    return _saved(outcome, uow)


def _require_no_payment(commitment: Commitment, uow: CampaignUnitOfWork) -> None:
    """Refuse to change what a provider was asked to let somebody pay."""
    if commitment.state is Standing.RESERVED and uow.orders.paying(commitment.commitment_id) is not None:
        raise PaymentOpenError("a payment is under way; wait for its outcome", state=str(commitment.state))


def _without(campaign: Campaign, commitment: Commitment, uow: CampaignUnitOfWork) -> Neighbours:
    """Return who is there once this commitment is not."""
    census = census_of(campaign, uow)
    if census is None:
        return ALONE
    if commitment.state is Standing.PAID:
        census.count(commitment.member_id, commitment.household_id, -commitment.upto_seats, paid=True)
    return census.around(commitment.member_id, commitment.household_id)


def _for_new_member(
    campaign: Campaign, commitment: Commitment, household_id: MemberId, member_id: MemberId, uow: CampaignUnitOfWork
) -> Neighbours:
    census = census_of(campaign, uow)
    if census is None:
        return ALONE
    paid = commitment.state is Standing.PAID
    census.count(commitment.member_id, commitment.household_id, -commitment.upto_seats, paid=paid)
    return census.around(member_id, household_id)


def _saved(outcome: Outcome, uow: CampaignUnitOfWork) -> Commitment:
    """Save what was given up, and offer it to those who wait."""
    book = Book(uow)
    entered = book.enter(outcome)
    campaign = serve(entered.campaign, uow, book)
    book.flush()
    reconsider(campaign, uow)
    return entered.commitment
