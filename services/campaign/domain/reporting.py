"""A campaign together with what decides how much of it is shown."""

from dataclasses import dataclass

from services.campaign.domain.asking import Inquiry
from services.campaign.domain.model import Campaign, Share
from services.campaign.domain.outlook import Outlook
from services.kernel.caller import Caller


@dataclass(frozen=True, slots=True)
class Report:
    """A campaign with all that is needed to show it to its caller."""

    campaign: Campaign
    shares: tuple[Share, ...]
    caller: Caller
    k: int


@dataclass(frozen=True, slots=True)
class OutlookReport:
    """What would happen to a campaign, and the campaign as its caller sees it."""

    outlook: Outlook
    report: Report


@dataclass(frozen=True, slots=True)
class InquiryReport:
    """An inquiry in the campaign called ``title``, with what decides how much of it is shown."""

    inquiry: Inquiry
    title: str
    caller: Caller
    k: int
