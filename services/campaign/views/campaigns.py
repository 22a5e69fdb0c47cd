"""Campaigns as their communities, their supplier and the node operator see them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.campaign import outbound
from services.campaign.domain.errors import WrongStateError
from services.campaign.domain.model import JOINING
from services.campaign.domain.outlook import foresee
from services.campaign.domain.privacy import known
from services.campaign.domain.reporting import OutlookReport, Report
from services.campaign.storage.facts import facts_of
from services.campaign.storage.rows import campaign_of
from services.campaign.storage.tables import campaign_communities, campaigns
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import OneCampaign, SomeCampaigns
from services.chassis.paging import page_of
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, parse_id


def get_campaign(question: OneCampaign, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return one campaign; ``campaign.unknown`` when the caller takes no part in it."""
    campaign = known(uow.campaigns.find(question.campaign_id), question.caller)
    shares = uow.campaigns.shares([campaign.campaign_id])[campaign.campaign_id]
    return outbound.campaign(Report(campaign, shares, question.caller, uow.policy.privacy_k))


def get_outlook(question: OneCampaign, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return what would happen to an open campaign if it closed now, and what is missing; nothing is changed.

    It is the function that decides at the deadline; ``campaign.wrong_state`` where there is nothing to decide any more.
    """
    campaign = known(uow.campaigns.find(question.campaign_id), question.caller)
    if campaign.state not in JOINING:
        message = f"a campaign in state {campaign.state} is not open"
        raise WrongStateError(message, state=str(campaign.state), allowed=[str(state) for state in JOINING])
    shares = uow.campaigns.shares([campaign.campaign_id])[campaign.campaign_id]
    seen = foresee(campaign, facts_of(campaign, uow), uow.clock.now())
    return outbound.outlook(OutlookReport(seen, Report(campaign, shares, question.caller, uow.policy.privacy_k)))


def list_campaigns(question: SomeCampaigns, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return a page of the campaigns that the caller takes part in, the oldest first."""
    query = visible(select(campaigns), question.caller)
    if question.state is not None:
        query = query.where(campaigns.c.state == question.state)
    if question.match_id is not None:
        query = query.where(campaigns.c.match_id == question.match_id)
    if question.pool_id is not None:
        query = query.where(campaigns.c.pool_id == question.pool_id)
    if question.page.after is not None:
        query = query.where(campaigns.c.campaign_id > parse_id(question.page.after, "cursor"))
    query = query.order_by(campaigns.c.campaign_id).limit(question.page.limit + 1)
    found = [campaign_of(row) for row in uow.connection.execute(query).mappings()]
    shares = uow.campaigns.shares([campaign.campaign_id for campaign in found])

    def show(campaign: Any) -> dict[str, Any]:
        return outbound.campaign(Report(campaign, shares[campaign.campaign_id], question.caller, uow.policy.privacy_k))

    return page_of(found, question.page, show, lambda campaign: str(campaign.campaign_id))


def visible(query: Select, caller: Caller) -> Select:
    """Bind a query of campaigns to those that the caller takes part in; the same rule as ``privacy.takes_part``."""
    if caller.is_node_operator:
        return query
    if caller.supplier_id is not None:
        return query.where(campaigns.c.supplier_id == caller.supplier_id)
    return query.where(campaigns.c.campaign_id.in_(_of_community(caller.community_id)))


def _of_community(community_id: UUID | None) -> Select[tuple[CampaignId]]:
    return select(campaign_communities.c.campaign_id).where(campaign_communities.c.community_id == community_id)
