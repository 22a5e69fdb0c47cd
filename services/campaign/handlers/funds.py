"""The common funds of communities, and corrections of payments that were recorded by mistake."""

from services.campaign.domain import correcting
from services.campaign.domain.commands import ContributeToFund, UndoPayment
from services.campaign.domain.errors import FundUnknownError, MemberUnknownError
from services.campaign.domain.funds import Gift, contribute
from services.campaign.domain.model import Commitment
from services.campaign.domain.privacy import MANAGERS
from services.campaign.handlers.joining import census_of, lock_commitment
from services.campaign.handlers.queueing import serve
from services.campaign.handlers.recording import Book
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.ids import MemberId


def contribute_to_fund(command: ContributeToFund, uow: CampaignUnitOfWork) -> Gift:
    """Record money that a member, or the community itself, gave to its common fund."""
    caller = command.caller
    caller.require(*MANAGERS)
    if not caller.sees(command.community_id):
        raise FundUnknownError("there is no such community", community_id=str(command.community_id))
    giver = command.member_id
    if giver is not None and uow.members.many([giver]).get(giver, (None,))[0] != command.community_id:
        raise MemberUnknownError("the member is not known here yet", member_id=str(giver))
    gift = contribute(command.community_id, giver or MemberId(command.community_id), command.amount, command.receipt)
    uow.ledger.give(gift.transfer)
    return gift


def undo_payment(command: UndoPayment, uow: CampaignUnitOfWork) -> Commitment:
    """Take back a payment that was recorded by mistake: its seats are held by a new commitment, to be paid."""
    command.caller.require(*MANAGERS)
    campaign, commitment = lock_commitment(command.commitment_id, command.caller, uow)
    census = census_of(campaign, uow)
    if census is not None:
        census.count(commitment.member_id, commitment.household_id, -commitment.upto_seats, paid=True)
    households = frozenset() if census is None else census.around(*_who(commitment)).paid_households
    book = Book(uow)
    undone = book.enter(correcting.undo(campaign, commitment, command.reason, uow.clock.now(), households))
    serve(undone.campaign, uow, book)
    book.flush()
    return undone.commitment


def _who(commitment: Commitment) -> tuple[MemberId, MemberId]:
    return commitment.member_id, commitment.household_id
