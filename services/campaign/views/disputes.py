"""Disputes and mediators: each caller finds those that concern it, and of them only what it may know."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from services.campaign import outbound
from services.campaign.domain.dispute_privacy import Case, known
from services.campaign.domain.errors import DisputeUnknownError, MediatorUnknownError
from services.campaign.storage.dispute_rows import dispute_of, named_of
from services.campaign.storage.dispute_tables import disputes, mediators
from services.campaign.storage.disputes import NAMED
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import OneDispute, SomeDisputes, SomeMediators
from services.chassis.paging import page_of
from services.kernel.caller import Caller, Role
from services.kernel.ids import parse_id


def get_dispute(question: OneDispute, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return one dispute with its file; ``campaign.dispute_unknown`` when the caller has no part in it."""
    dispute = known(uow.disputes.find(question.dispute_id), question.caller)
    campaign, commitment = uow.campaigns.find(dispute.campaign_id), uow.commitments.find(dispute.commitment_id)
    if campaign is None or commitment is None:
        raise DisputeUnknownError("there is no such dispute")
    said = uow.disputes.said(dispute)
    return outbound.dispute(Case(dispute, said, campaign, commitment, question.caller, uow.clock.now()))


def list_disputes(question: SomeDisputes, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return a page of the disputes in which the caller has a part, the newest first."""
    caller, table = question.caller, disputes.c
    query = select(disputes).where(visible(caller))
    if question.state is not None:
        query = query.where(table.state == question.state)
    if question.campaign_id is not None:
        query = query.where(table.campaign_id == question.campaign_id)
    if question.page.after is not None:
        query = query.where(table.dispute_id < parse_id(question.page.after, "cursor"))
    query = query.order_by(table.dispute_id.desc()).limit(question.page.limit + 1)
    found = [dispute_of(row) for row in uow.connection.execute(query).mappings()]
    return page_of(found, question.page, lambda one: outbound.brief(one, caller), lambda one: str(one.dispute_id))


def visible(caller: Caller) -> ColumnElement[bool]:
    """Return the condition of the disputes in which a caller has a part; the same rule as ``seat_of``."""
    table = disputes.c
    if caller.is_node_operator:
        return true()
    if caller.supplier_id is not None:
        return table.supplier_id == caller.supplier_id
    if caller.community_id is None:
        return false()
    own = table.community_id == caller.community_id
    if caller.role is Role.MEMBER:
        own = and_(own, table.member_id == caller.member_id)
    if caller.member_id is None:
        return own
    mine = and_(table.mediator_id == caller.member_id, table.mediator_community_id == caller.community_id)
    return or_(own, mine)


def list_mediators(question: SomeMediators, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return a page of the mediators that a community has named, those that were ended too."""
    question.caller.require(Role.COMMUNITY_OPERATOR)
    if not question.caller.sees(question.community_id):
        raise MediatorUnknownError("there is no such community")
    query = NAMED.where(mediators.c.community_id == question.community_id)
    if question.page.after is not None:
        query = query.where(mediators.c.member_id > parse_id(question.page.after, "cursor"))
    query = query.order_by(mediators.c.member_id).limit(question.page.limit + 1)
    found = [named_of(row) for row in uow.connection.execute(query).mappings()]
    return page_of(found, question.page, outbound.mediator, lambda one: str(one.member_id))
