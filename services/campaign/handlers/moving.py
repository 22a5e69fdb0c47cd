"""Moving: organiser or supplier propose another time or place, and each member accepts or is refunded."""

from services.campaign.domain import moving
from services.campaign.domain.asking import Conclusion, Inquiry, staying
from services.campaign.domain.asking_commands import MoveCampaign
from services.campaign.domain.lifecycle import Action
from services.campaign.domain.model import About, Campaign, Explanation
from services.campaign.domain.privacy import MANAGERS
from services.campaign.domain.replacing import seats_of
from services.campaign.domain.reporting import InquiryReport
from services.campaign.handlers.ending import end
from services.campaign.handlers.inquiring import begin, finish
from services.campaign.handlers.keeping import call_off_disputes
from services.campaign.handlers.queueing import serve, set_passing
from services.campaign.handlers.recording import Book, lock, record, require_organiser
from services.campaign.storage.facts import crowd_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role
from services.kernel.errors import InvalidError


def move_campaign(command: MoveCampaign, uow: CampaignUnitOfWork) -> InquiryReport:
    """Ask the members; only the supplier can say that it comes for fewer than its smallest group."""
    caller, move = command.caller, command.move
    caller.require(*MANAGERS, Role.SUPPLIER)
    campaign = lock(command.campaign_id, caller, uow)
    if caller.role is not Role.SUPPLIER:
        require_organiser(campaign, caller)
        if move.even_if_fewer and not caller.is_node_operator:
            raise InvalidError("even_if_fewer", "is the supplier's to decide", "false, or a request of the supplier")
    inquiry, outcome = moving.propose(campaign, crowd_of(campaign, uow), move, uow.clock.now())
    begin(inquiry, uow)
    campaign = record(outcome, uow).campaign
    return InquiryReport(inquiry, campaign.terms.title, caller, uow.policy.privacy_k)


def conclude_move(inquiry: Inquiry, campaign: Campaign, uow: CampaignUnitOfWork) -> Campaign:
    """Move with those who accepted, or call the group off if they are too few."""
    if not campaign.is_paused_for(About.MOVE):
        finish(inquiry, Conclusion.CALLED_OFF, uow)
        return campaign
    crowd = crowd_of(campaign, uow)
    stay = staying(inquiry, crowd.live)
    if seats_of(stay) < inquiry.minimum:
        finish(inquiry, Conclusion.TOO_FEW, uow)
        return end(campaign, Action.DISBAND, uow, decision=_TOO_FEW).campaign
    finish(inquiry, Conclusion.MOVED, uow)
    book = Book(uow)
    planned = uow.sessions.of(campaign.campaign_id)
    moved = book.enter(moving.relocate(campaign, inquiry, crowd, stay, planned, uow.clock.now())).campaign
    campaign = serve(moved, uow, book)
    book.flush()
    uow.campaigns.save_terms(campaign)
    call_off_disputes(campaign, uow)
    set_passing(campaign, uow)
    return campaign


_TOO_FEW = Explanation(
    "cancel",
    "改期后留下的人数不足供应商的最低人数：全额退款",
    "too few stay after the move for the supplier's smallest group: everything is refunded",
)
