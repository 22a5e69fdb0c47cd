"""What the service can be asked to do about terms."""

from dataclasses import dataclass

from services.campaign.domain.templates import Text
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId


@dataclass(frozen=True, slots=True)
class AddTerms:
    """Add a version of a template: the first of its name, or the next."""

    caller: Caller
    name: str
    title: Text
    organiser: Text
    supplier: Text
    participant: Text


@dataclass(frozen=True, slots=True)
class AcceptTerms:
    """Accept the terms of a campaign for its supplier; the digest says which."""

    caller: Caller
    campaign_id: CampaignId
    terms_digest: str
