"""What happened when members were asked: private to the service, like events.py."""

from dataclasses import dataclass

from services.campaign.domain.asking import Inquiry
from services.campaign.domain.model import Campaign, Commitment
from services.kernel.ids import CampaignId, MatchId


@dataclass(frozen=True, slots=True)
class InquiryOpened:
    """Members are asked."""

    inquiry: Inquiry


@dataclass(frozen=True, slots=True)
class InquiryClosed:
    """An inquiry has its conclusion."""

    inquiry: Inquiry


@dataclass(frozen=True, slots=True)
class CommitmentMoved:
    """A commitment went on in another campaign, as another commitment."""

    left: Commitment
    joined: Commitment


@dataclass(frozen=True, slots=True)
class CampaignVacated:
    """The supplier has withdrawn; another one is looked for."""

    campaign: Campaign
    reason: str


@dataclass(frozen=True, slots=True)
class CampaignRematched:
    """The campaign goes on with another match, with ``seats`` of it; ``formed`` tells whether these are sold."""

    campaign: Campaign
    replaces_match_id: MatchId
    seats: int
    formed: bool


@dataclass(frozen=True, slots=True)
class MatchDeclined:
    """The campaign does not want a match that was proposed to it."""

    match_id: MatchId
    campaign_id: CampaignId
    reason: str


@dataclass(frozen=True, slots=True)
class SlotMoved:
    """The group that stays meets at another time or place."""

    campaign: Campaign
    reason: str
