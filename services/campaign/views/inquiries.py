"""What members are and were asked: for all who take part in the campaign, each with its own answers."""

from typing import Any

from services.campaign import outbound
from services.campaign.domain.privacy import known
from services.campaign.domain.reporting import InquiryReport
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import SomeInquiries
from services.chassis.paging import page_of
from services.kernel.ids import parse_id


def list_inquiries(question: SomeInquiries, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return a page of the inquiries of a campaign, the newest first."""
    campaign = known(uow.campaigns.find(question.campaign_id), question.caller)
    before = None if question.page.after is None else parse_id(question.page.after, "cursor")
    found = uow.inquiries.page(campaign.campaign_id, before, question.page.limit + 1)

    def show(one: Any) -> dict[str, Any]:
        return outbound.inquiry(InquiryReport(one, campaign.terms.title, question.caller, uow.policy.privacy_k))

    return page_of(found, question.page, show, lambda one: str(one.inquiry_id))
