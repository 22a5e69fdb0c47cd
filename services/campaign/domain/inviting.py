"""Invitations: whom a community wants to ask to join, and what became of it.

Nobody is invited before the fatigue guard of the reputation service has said yes. ``asking`` waits for its answer;
``held_back`` says why not and from when on it could be. Who joined is not kept here: its commitment says so.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.campaign.domain.errors import InvitationStateError
from services.kernel.ids import CampaignId, CommunityId, MemberId

MOST_MEMBERS = 2000  # whom one question may ask about
# Reasons that pass by themselves within a day: the community asks again at that time without anybody's doing.
PASSING = ("quiet_hours", "quiet_days")
CAMPAIGN_OVER = {"code": "campaign_over", "zh": "团购已截止", "en": "nobody can join the campaign any more"}


class InvitationState(StrEnum):
    """asking -> invited | held_back; held_back -> asking; invited -> asking | declined."""

    ASKING = "asking"
    INVITED = "invited"
    HELD_BACK = "held_back"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One member and one campaign. ``why`` is ``{code, zh, en}`` as the guard said it."""

    invitation_id: UUID
    round_id: UUID
    campaign_id: CampaignId
    community_id: CommunityId
    member_id: MemberId
    state: InvitationState
    asked_at: datetime
    why: dict[str, Any] | None = None
    not_before: datetime | None = None
    invited_at: datetime | None = None
    declined_at: datetime | None = None
    joined: bool = False

    @property
    def answer(self) -> str | None:
        """What the member did: joined, declined, or nothing yet."""
        if self.joined:
            return "joined"
        return "declined" if self.declined_at is not None else None

    def ask_again(self, round_id: UUID, now: datetime) -> "Invitation":
        """Put the question to the guard once more."""
        return replace(self, round_id=round_id, state=InvitationState.ASKING, asked_at=now)

    def decide(self, decision: "Decision", now: datetime) -> "Invitation":
        """Take the guard's answer."""
        if decision.allowed:
            return replace(self, state=InvitationState.INVITED, why=None, not_before=None, invited_at=now)
        return replace(self, state=InvitationState.HELD_BACK, why=decision.why, not_before=decision.not_before)

    def decline(self, now: datetime) -> "Invitation":
        """Say no; that is an answer too."""
        if self.state is not InvitationState.INVITED or self.joined:
            state = "joined" if self.joined else str(self.state)
            raise InvitationStateError(f"the invitation is {state}", state=state)
        return replace(self, state=InvitationState.DECLINED, declined_at=now)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the guard says of one member."""

    member_id: MemberId
    allowed: bool
    why: dict[str, Any] | None = None
    not_before: datetime | None = None


def can_be_asked(invitation: Invitation | None) -> bool:
    """Tell whether the guard may be asked (again): who has answered, or is being asked about, is left alone."""
    if invitation is None:
        return True
    settled = invitation.joined or invitation.state in (InvitationState.ASKING, InvitationState.DECLINED)
    return not settled
