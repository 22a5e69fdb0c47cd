"""The read side of a delivery: sessions, and who was there."""

from typing import Any

from services.campaign import outbound
from services.campaign.domain import sessions
from services.campaign.domain.delivery_reports import Schedule, SheetReport
from services.campaign.domain.errors import CommitmentUnknownError
from services.campaign.domain.model import Campaign, State
from services.campaign.domain.privacy import MANAGERS, known, may_see
from services.campaign.domain.sessions import Session
from services.campaign.domain.sheets import sheet_of
from services.campaign.storage.facts import attended_by
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import OneCampaign, OneCommitment, OneSession
from services.kernel.caller import Role

_ENDED = (State.FAILED, State.CANCELLED)


def list_sessions(question: OneCampaign, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return the sessions of a campaign to everybody who takes part in it."""
    campaign = known(uow.campaigns.find(question.campaign_id), question.caller)
    return outbound.schedule(Schedule(campaign, _sessions(campaign, uow)))


def _sessions(campaign: Campaign, uow: CampaignUnitOfWork) -> tuple[Session, ...]:
    """Return the sessions; before the group is formed those that there would be."""
    found = uow.sessions.of(campaign.campaign_id)
    return found if found or campaign.state in _ENDED else sessions.plan(campaign)


def get_attendance(question: OneSession, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return the sheet of a session: people of one's own community, and of all others numbers."""
    question.caller.require(*MANAGERS, Role.SUPPLIER)
    campaign = known(uow.campaigns.find(question.campaign_id), question.caller)
    session = sessions.find(uow.sessions.of(campaign.campaign_id), question.number)
    register, expected = uow.attendance.register(campaign.campaign_id), uow.attendance.expected(campaign.campaign_id)
    sheet = sheet_of(campaign, session, register, expected, question.caller, uow.policy.privacy_k)
    corrections = (one for one in uow.attendance.corrections(campaign.campaign_id) if one.session == session.number)
    return outbound.sheet(SheetReport(sheet, tuple(corrections)))


def get_commitment_attendance(question: OneCommitment, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return how a commitment stands in each session, and what the delivery came to for it."""
    commitment = uow.commitments.find(question.commitment_id)
    campaign = None if commitment is None else uow.campaigns.find(commitment.campaign_id)
    if commitment is None or campaign is None or not may_see(commitment, question.caller):
        raise CommitmentUnknownError("there is no such commitment")
    return outbound.attended(attended_by(campaign, commitment, question.caller, uow))
