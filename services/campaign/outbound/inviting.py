"""Invitations as answers of RPCs."""

from typing import Any
from uuid import UUID

from services.campaign.domain.inviting import Invitation
from services.campaign.domain.model import Campaign
from services.campaign.outbound import wire
from services.kernel.clock import format_time
from services.kernel.ids import CampaignId
from services.kernel.money import Money


def asked(answer: tuple[CampaignId, UUID | None, int, int]) -> dict[str, Any]:
    """Return about how many members the guard is being asked, and how many have joined or answered already."""
    campaign_id, round_id, count, left_out = answer
    return {"campaign_id": str(campaign_id), "round_id": wire.text(round_id), "asking": count, "left_out": left_out}


def invitation(one: Invitation) -> dict[str, Any]:
    """Return an invitation, for its member or for those who manage its community."""
    return {
        "invitation_id": str(one.invitation_id),
        "campaign_id": str(one.campaign_id),
        "community_id": str(one.community_id),
        "member_id": str(one.member_id),
        "state": str(one.state),
        "answer": one.answer,
        "why": one.why,
        "not_before": wire.time(one.not_before),
        "asked_at": format_time(one.asked_at),
        "invited_at": wire.time(one.invited_at),
    }


def earned(campaign: Campaign, income: Money) -> dict[str, Any]:
    """Return the payload of organiser_earned.v1."""
    organiser = campaign.organiser
    return {
        "campaign_id": str(campaign.campaign_id),
        "community_id": str(organiser.community_id),
        "member_id": wire.text(organiser.member_id),
        "income": income.to_wire(),
    }
