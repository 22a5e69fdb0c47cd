"""Who reads the terms of a campaign, and who accepts them for its supplier."""

from dataclasses import dataclass

from services.campaign.domain.model import Campaign
from services.campaign.domain.terms_document import CampaignTerms
from services.kernel.caller import Caller
from services.kernel.ids import CommunityId


@dataclass(frozen=True, slots=True)
class TermsReport:
    """The terms of a campaign with who reads them."""

    terms: CampaignTerms
    caller: Caller


def accepts_for_supplier(campaign: Campaign, registered_by: CommunityId | None, caller: Caller) -> str | None:
    """Return as what a caller accepts: supplier, community (which registered it), node_operator, or None."""
    if caller.is_node_operator:
        return "node_operator"
    if caller.supplier_id is not None:
        return "supplier" if caller.supplier_id == campaign.terms.supplier_id else None
    registered = registered_by is not None and registered_by == caller.community_id
    return "community" if registered and caller.manages else None
