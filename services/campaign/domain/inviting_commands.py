"""What is asked and told about invitations."""

from dataclasses import dataclass
from uuid import UUID

from services.campaign.domain.inviting import Decision
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommunityId, MemberId


@dataclass(frozen=True, slots=True)
class InviteMembers:
    """Ask these members of a community to join, or all of them if none is named."""

    caller: Caller
    campaign_id: CampaignId
    member_ids: tuple[MemberId, ...] | None
    community_id: CommunityId | None


@dataclass(frozen=True, slots=True)
class TakeDecisions:
    """What the guard says to one question."""

    round_id: UUID
    campaign_id: CampaignId
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class DeclineInvitation:
    """Say no to an invitation."""

    caller: Caller
    invitation_id: UUID
