"""What members were told: a member reads its own, those who manage a community read that community's."""

from typing import Any

from sqlalchemy import or_, select

from services.campaign import outbound
from services.campaign.domain.privacy import MANAGERS
from services.campaign.storage.entry_rows import notice_of
from services.campaign.storage.tables import notices
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import SomeNotices
from services.chassis.paging import page_of
from services.kernel.caller import Role
from services.kernel.clock import format_time
from services.kernel.ids import parse_id


def list_notices(question: SomeNotices, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return a page of the notices that the caller may read, the newest first."""
    caller, table = question.caller, notices.c
    caller.require(Role.MEMBER, *MANAGERS)
    query = select(notices)
    if caller.role is Role.MEMBER:
        query = query.where(table.member_id == caller.member_id)
    if not caller.is_node_operator:
        query = query.where(table.community_id == caller.community_id)
        # What a mediator is told of a case concerns nobody else of its community.
        query = query.where(or_(table.commitment_id.is_not(None), table.member_id == caller.member_id))
    if question.campaign_id is not None:
        query = query.where(table.campaign_id == question.campaign_id)
    if question.page.after is not None:
        query = query.where(table.notice_id < parse_id(question.page.after, "cursor"))
    query = query.order_by(table.notice_id.desc()).limit(question.page.limit + 1)
    found = [(notice_of(row), format_time(row["created_at"])) for row in uow.connection.execute(query).mappings()]
    return page_of(found, question.page, lambda one: outbound.notice(*one), lambda one: str(one[0].notice_id))
