"""What the service can be asked to do when something is put to the members: imperative, one for each handler."""

from dataclasses import dataclass

from services.campaign.domain.asking import Answer
from services.campaign.domain.moving import Move
from services.campaign.domain.sharing import SupplierCopy
from services.campaign.domain.terms import Terms
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommitmentId, InquiryId, MatchId


@dataclass(frozen=True, slots=True)
class AnswerInquiry:
    """Answer for one commitment: its member, or who manages its community."""

    caller: Caller
    inquiry_id: InquiryId
    commitment_id: CommitmentId
    answer: Answer


@dataclass(frozen=True, slots=True)
class MoveCampaign:
    """Ask the members of a group that was formed whether they come at another time or place."""

    caller: Caller
    campaign_id: CampaignId
    move: Move


@dataclass(frozen=True, slots=True)
class VacateCampaign:
    """The supplier has withdrawn from the match of a campaign."""

    campaign_id: CampaignId
    match_id: MatchId
    reason: str


@dataclass(frozen=True, slots=True)
class ProposeReplacement:
    """A match was proposed in place of the withdrawn one: ask the members."""

    campaign_id: CampaignId
    replaces_match_id: MatchId
    terms: Terms


@dataclass(frozen=True, slots=True)
class TellMissing:
    """No other supplier fits now; ``reasons`` counts why."""

    campaign_id: CampaignId
    match_id: MatchId
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class KnowSupplier:
    """Keep a copy of who may see a supplier."""

    supplier: SupplierCopy
