"""Invitations: members see their own that were really sent; who manages a community also sees why others were not."""

from typing import Any

from services.campaign import outbound
from services.campaign.domain.privacy import MANAGERS, known
from services.campaign.storage.invitation_tables import invitations
from services.campaign.storage.invitations import invitation_of, seen
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import SomeInvitations
from services.chassis.paging import page_of
from services.kernel.caller import Role
from services.kernel.ids import parse_id


def list_invitations(question: SomeInvitations, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return a page of invitations, the newest first: of one campaign, or of all."""
    caller, table = question.caller, invitations.c
    caller.require(Role.MEMBER, *MANAGERS)
    query = seen()
    if question.campaign_id is not None:
        campaign = known(uow.campaigns.find(question.campaign_id), caller)
        query = query.where(table.campaign_id == campaign.campaign_id)
    if not caller.is_node_operator:
        query = query.where(table.community_id == caller.community_id)
    if caller.role is Role.MEMBER:
        query = query.where(table.member_id == caller.member_id, table.invited_at.is_not(None))
    if question.page.after is not None:
        query = query.where(table.invitation_id < parse_id(question.page.after, "cursor"))
    query = query.order_by(table.invitation_id.desc()).limit(question.page.limit + 1)
    found = [invitation_of(row) for row in uow.connection.execute(query).mappings()]
    return page_of(found, question.page, outbound.invitation, lambda one: str(one.invitation_id))
