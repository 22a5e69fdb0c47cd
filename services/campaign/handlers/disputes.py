"""What the parties of a dispute do. Each locks the campaign first, as everything does that concerns money."""

from services.campaign.domain import disputing, executing
from services.campaign.domain.dispute_commands import AcceptSettlement, OfferSettlement, OpenDispute, Speak
from services.campaign.domain.dispute_privacy import Case, party_of
from services.campaign.domain.disputes import Dispute, Side
from services.campaign.domain.errors import NotPartyError, StatementLimitError
from services.campaign.domain.privacy import MANAGERS
from services.campaign.handlers.executing import close
from services.campaign.handlers.joining import lock_commitment
from services.campaign.handlers.keeping import case_of, keep, lock_dispute
from services.campaign.handlers.mediating import with_mediator
from services.campaign.handlers.recording import record
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role

PARTIES = (Role.MEMBER, *MANAGERS, Role.SUPPLIER)
MOST_STATEMENTS = 100


def open_dispute(command: OpenDispute, uow: CampaignUnitOfWork) -> Case:
    """Open a dispute for the member of a commitment, by itself or by who manages its community, and freeze it."""
    caller = command.caller
    caller.require(Role.MEMBER, *MANAGERS)
    campaign, commitment = lock_commitment(command.commitment_id, caller, uow)
    if caller.is_node_operator:  # who may have to decide it
        raise NotPartyError("the member, or who manages its community, opens a dispute", allowed=[str(Side.CLAIMANT)])
    earlier = uow.disputes.of_commitment(commitment.commitment_id)
    wanted = (command.reason, command.claim, command.text)
    turn = disputing.open_dispute(campaign, commitment, earlier, *wanted, uow.clock.now())
    campaign = record(executing.freeze(campaign, commitment), uow).campaign
    return case_of(keep(None, turn, uow), campaign, caller, uow)


def answer_dispute(command: Speak, uow: CampaignUnitOfWork) -> Case:
    """Answer for the supplier, in its term."""
    command.caller.require(*PARTIES)
    campaign, dispute = lock_dispute(command.dispute_id, command.caller, uow)
    party_of(dispute, command.caller, Side.SUPPLIER)
    turn = disputing.answer(campaign, dispute, command.text, command.files, uow.clock.now())
    return case_of(keep(dispute, turn, uow), campaign, command.caller, uow)


def add_evidence(command: Speak, uow: CampaignUnitOfWork) -> Case:
    """Put a text, and the hashes of files, on record for one side."""
    command.caller.require(*PARTIES)
    campaign, dispute = lock_dispute(command.dispute_id, command.caller, uow)
    side = party_of(dispute, command.caller)
    _require_room(dispute, side, uow)
    turn = disputing.add_evidence(dispute, side, command.text, command.files, uow.clock.now())
    return case_of(keep(dispute, turn, uow), campaign, command.caller, uow)


def offer_settlement(command: OfferSettlement, uow: CampaignUnitOfWork) -> Case:
    """Offer to end the dispute for an amount."""
    command.caller.require(*PARTIES)
    campaign, dispute = lock_dispute(command.dispute_id, command.caller, uow)
    side = party_of(dispute, command.caller)
    _require_room(dispute, side, uow)
    turn = disputing.offer(campaign, dispute, side, command.amount, command.text, uow.clock.now())
    return case_of(keep(dispute, turn, uow), campaign, command.caller, uow)


def _require_room(dispute: Dispute, side: Side, uow: CampaignUnitOfWork) -> None:
    if uow.disputes.count_said(dispute.dispute_id, side) >= MOST_STATEMENTS:
        message = f"a side makes {MOST_STATEMENTS} statements at most"
        raise StatementLimitError(message, state=str(dispute.state), limit=MOST_STATEMENTS)


def accept_settlement(command: AcceptSettlement, uow: CampaignUnitOfWork) -> Case:
    """Accept what the other side offers; it is executed at once."""
    command.caller.require(*PARTIES)
    campaign, dispute = lock_dispute(command.dispute_id, command.caller, uow)
    side = party_of(dispute, command.caller)
    turn, amount = disputing.accept(campaign, dispute, side, command.offer_id, uow.clock.now())
    return case_of(close(campaign, dispute, turn, amount, uow), campaign, command.caller, uow)


def withdraw_dispute(command: Speak, uow: CampaignUnitOfWork) -> Case:
    """Give the claim up: nothing goes back, and the money goes its way."""
    command.caller.require(*PARTIES)
    campaign, dispute = lock_dispute(command.dispute_id, command.caller, uow)
    party_of(dispute, command.caller, Side.CLAIMANT)
    turn = disputing.withdraw(campaign, dispute, command.text, uow.clock.now())
    nothing = dispute.claim - dispute.claim
    return case_of(close(campaign, dispute, turn, nothing, uow), campaign, command.caller, uow)


def ask_mediation(command: Speak, uow: CampaignUnitOfWork) -> Case:
    """Ask for a mediator, once the supplier has answered or was silent in its term."""
    command.caller.require(*PARTIES)
    campaign, dispute = lock_dispute(command.dispute_id, command.caller, uow)
    party_of(dispute, command.caller)
    turn = with_mediator(campaign, disputing.ask(dispute, uow.clock.now()), uow)
    return case_of(keep(dispute, turn, uow), campaign, command.caller, uow)


def appeal_dispute(command: Speak, uow: CampaignUnitOfWork) -> Case:
    """Appeal the first decision; another mediator decides, finally."""
    command.caller.require(*PARTIES)
    campaign, dispute = lock_dispute(command.dispute_id, command.caller, uow)
    side = party_of(dispute, command.caller)
    turn = disputing.appeal(campaign, dispute, side, command.text, uow.clock.now())
    return case_of(keep(dispute, with_mediator(campaign, turn, uow), uow), campaign, command.caller, uow)
