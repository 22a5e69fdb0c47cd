"""What can be asked. Each question carries its caller, because every answer depends on it."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, DisputeId, TermsId


@dataclass(frozen=True, slots=True)
class OneCampaign:
    """One campaign, or its ledger."""

    caller: Caller
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class OneSession:
    """One session of a campaign."""

    caller: Caller
    campaign_id: CampaignId
    number: int


@dataclass(frozen=True, slots=True)
class SomeCampaigns:
    """The campaigns that the caller takes part in; filters that are None do not filter."""

    caller: Caller
    page: Page
    state: str | None
    match_id: UUID | None
    pool_id: UUID | None


@dataclass(frozen=True, slots=True)
class OneCommitment:
    """One commitment."""

    caller: Caller
    commitment_id: CommitmentId


@dataclass(frozen=True, slots=True)
class SomeCommitments:
    """The commitments of a campaign that the caller may see."""

    caller: Caller
    page: Page
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class PaymentsOf:
    """What providers were asked to do for a commitment."""

    caller: Caller
    page: Page
    commitment_id: CommitmentId


@dataclass(frozen=True, slots=True)
class SomeNotices:
    """What members were told, of one campaign or of all."""

    caller: Caller
    page: Page
    campaign_id: CampaignId | None


@dataclass(frozen=True, slots=True)
class OneFund:
    """The common fund of a community, with a page of what came and went."""

    caller: Caller
    page: Page
    community_id: CommunityId


@dataclass(frozen=True, slots=True)
class WholeLedger:
    """The ledger of the node."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class OneDispute:
    """One dispute with its file."""

    caller: Caller
    dispute_id: DisputeId


@dataclass(frozen=True, slots=True)
class SomeDisputes:
    """The disputes in which the caller has a part; filters that are None do not filter."""

    caller: Caller
    page: Page
    state: str | None
    campaign_id: CampaignId | None


@dataclass(frozen=True, slots=True)
class SomeMediators:
    """The mediators that a community has named."""

    caller: Caller
    page: Page
    community_id: CommunityId


@dataclass(frozen=True, slots=True)
class OneTerms:
    """One version of a template."""

    caller: Caller
    terms_id: TermsId


@dataclass(frozen=True, slots=True)
class SomeTerms:
    """The templates that the caller may use, those of one name or all."""

    caller: Caller
    page: Page
    name: str | None


@dataclass(frozen=True, slots=True)
class SomeInquiries:
    """What the members of a campaign were asked."""

    caller: Caller
    page: Page
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class SomeInvitations:
    """The invitations that the caller may see, of one campaign or of all."""

    caller: Caller
    page: Page
    campaign_id: CampaignId | None
