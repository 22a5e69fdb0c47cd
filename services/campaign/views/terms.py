"""Terms: the templates that a caller may use, and the terms of a campaign in which it has a part."""

from typing import Any

from sqlalchemy import or_, select

from services.campaign import outbound
from services.campaign.domain.dispute_privacy import is_mediator
from services.campaign.domain.errors import CampaignUnknownError, TermsUnknownError
from services.campaign.domain.privacy import takes_part
from services.campaign.domain.terms_reading import TermsReport, accepts_for_supplier
from services.campaign.domain.terms_texts import STANDARD, STANDARD_TERMS
from services.campaign.storage.dispute_rows import template_of
from services.campaign.storage.dispute_tables import terms_templates
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import OneCampaign, OneTerms, SomeTerms
from services.chassis.paging import page_of
from services.kernel.ids import parse_id


def get_terms(question: OneTerms, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return one version of a template; ``campaign.terms_unknown`` when it is another community's."""
    found = uow.terms.find(question.terms_id)
    if found is None or not found.visible_to(question.caller):
        raise TermsUnknownError("there are no such terms")
    return outbound.terms(found)


def list_terms(question: SomeTerms, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return a page of the templates that the caller may use: the standard one first, then the others by age."""
    caller, table, page = question.caller, terms_templates.c, question.page
    query = select(terms_templates)
    if not caller.is_node_operator:
        query = query.where(or_(table.community_id.is_(None), table.community_id == caller.community_id))
    if question.name is not None:
        query = query.where(table.name == question.name)
    if page.after is not None:
        query = query.where(table.terms_id > parse_id(page.after, "cursor"))
    first = [STANDARD_TERMS] if page.after is None and question.name in (None, STANDARD) else []
    query = query.order_by(table.terms_id).limit(page.limit + 1)
    found = [*first, *(template_of(row) for row in uow.connection.execute(query).mappings())]
    return page_of(found[: page.limit + 1], page, outbound.terms, lambda one: str(one.terms_id))


def get_campaign_terms(question: OneCampaign, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return the terms of a campaign: to those who take part, who registered its supplier, and who mediates in it."""
    campaign, caller = uow.campaigns.find(question.campaign_id), question.caller
    if campaign is None:
        raise CampaignUnknownError("there is no such campaign")
    registered_by = uow.suppliers.registered_by(campaign.terms.supplier_id)
    reads = takes_part(campaign, caller) or accepts_for_supplier(campaign, registered_by, caller) is not None
    if not reads and not any(is_mediator(one, caller) for one in uow.disputes.open_in(campaign.campaign_id)):
        raise CampaignUnknownError("there is no such campaign")
    terms = uow.terms.of_campaign(campaign.campaign_id)
    if terms is None:
        raise TermsUnknownError("this campaign was opened without terms")
    return outbound.campaign_terms(TermsReport(terms, caller))
