"""Answers: by the member, or by who manages its community. The last answer, or the term, concludes the inquiry."""

from collections.abc import Callable

from services.campaign.domain.asking import Inquiry, answer, forget, is_answered
from services.campaign.domain.asking_commands import AnswerInquiry
from services.campaign.domain.errors import CommitmentUnknownError, InquiryUnknownError
from services.campaign.domain.model import JOINING, About, Campaign, Standing
from services.campaign.domain.privacy import MANAGERS, may_see, takes_part
from services.campaign.domain.reporting import InquiryReport
from services.campaign.handlers.ending import Payload
from services.campaign.handlers.inquiring import CLOSE
from services.campaign.handlers.merging import conclude_merge
from services.campaign.handlers.moving import conclude_move
from services.campaign.handlers.replacing import VACANCY, conclude_replacement, on_vacancy_over
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role
from services.kernel.ids import CampaignId, CommitmentId, InquiryId, parse_id

Locked = dict[CampaignId, Campaign]


def answer_inquiry(command: AnswerInquiry, uow: CampaignUnitOfWork) -> InquiryReport:
    """Note an answer; it may be changed until the term, or until everybody has answered."""
    caller = command.caller
    caller.require(Role.MEMBER, *MANAGERS)
    locked, inquiry = _lock(command.inquiry_id, uow)
    if inquiry is None or not takes_part(campaign := locked[inquiry.campaign_id], caller):
        raise InquiryUnknownError("there is no such inquiry")
    commitment = uow.commitments.find(command.commitment_id)
    if commitment is None or not may_see(commitment, caller):
        raise CommitmentUnknownError("there is no such commitment")
    inquiry = answer(inquiry, commitment, command.answer, uow.clock.now())
    uow.inquiries.save_answer(inquiry, commitment.commitment_id)
    title = campaign.terms.title
    if _is_complete(inquiry, uow):
        _conclude(inquiry, locked, uow)
        inquiry = uow.inquiries.find(inquiry.inquiry_id) or inquiry
    return InquiryReport(inquiry, title, caller, uow.policy.privacy_k)


def _lock(inquiry_id: InquiryId, uow: CampaignUnitOfWork) -> tuple[Locked, Inquiry | None]:
    """Lock the campaigns of an inquiry, and return it as it is then."""
    seen = uow.inquiries.find(inquiry_id)
    if seen is None:
        return {}, None
    locked = uow.campaigns.lock_many(one for one in (seen.campaign_id, seen.target_id) if one is not None)
    return locked, uow.inquiries.find(inquiry_id)


def _is_complete(inquiry: Inquiry, uow: CampaignUnitOfWork) -> bool:
    live = uow.commitments.live(inquiry.campaign_id)
    return is_answered(inquiry, {one.commitment_id for one in live if one.state is Standing.PAID})


def _conclude(inquiry: Inquiry, locked: Locked, uow: CampaignUnitOfWork) -> None:
    campaign = locked[inquiry.campaign_id]
    if inquiry.target_id is not None:
        conclude_merge(inquiry, campaign, locked[inquiry.target_id], uow)
    elif inquiry.about is About.REPLACEMENT:
        conclude_replacement(inquiry, campaign, uow)
    else:
        conclude_move(inquiry, campaign, uow)


def reconsider(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Conclude what the members of a paused campaign are asked, if with those who have left all have answered."""
    if campaign.pause is None or campaign.pause.about is About.MERGE:
        return
    inquiry = uow.inquiries.open_of(campaign.campaign_id)
    if inquiry is not None and _is_complete(inquiry, uow):
        _conclude(inquiry, {campaign.campaign_id: campaign}, uow)


def forget_answer(campaign: Campaign, commitment_id: CommitmentId, uow: CampaignUnitOfWork) -> None:
    """Let the new member of seats that were handed over answer for itself."""
    inquiry = uow.inquiries.open_of(campaign.campaign_id) if campaign.pause is not None else None
    if inquiry is not None and any(one.commitment_id == commitment_id for one in inquiry.asked):
        uow.inquiries.save_answer(forget(inquiry, commitment_id), commitment_id)


def on_term(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Conclude an inquiry at its term, or when one of its campaigns has ended; nothing happens when it is closed."""
    locked, inquiry = _lock(InquiryId(parse_id(payload["inquiry_id"], "inquiry_id")), uow)
    if inquiry is None or not inquiry.is_open:
        return
    if uow.clock.now() < inquiry.term and not _is_void(inquiry, locked):
        uow.timers.set(f"{CLOSE}:{inquiry.inquiry_id}", inquiry.term, CLOSE, payload)
        return
    _conclude(inquiry, locked, uow)


def _is_void(inquiry: Inquiry, locked: Locked) -> bool:
    if not locked[inquiry.campaign_id].is_paused_for(inquiry.about):
        return True
    target = locked.get(inquiry.target_id) if inquiry.target_id is not None else None
    return target is not None and (target.state not in JOINING or target.pause is not None)


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {CLOSE: on_term, VACANCY: on_vacancy_over}
