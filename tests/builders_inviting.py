"""A campaign whose community asks members to join, and a guard that says what the test wants."""

from services.campaign.domain.inviting import CAMPAIGN_OVER
from services.kernel.clock import format_time
from services.kernel.ids import new_id
from tests.builders_campaign import Town, news

QUIET = {"code": "quiet_hours", "zh": "社群静默时段不邀请", "en": "the community has quiet hours"}
TOO_SOON = {"code": "too_soon", "zh": "距上次邀请太近", "en": "the last invitation was too recent"}
OVER = CAMPAIGN_OVER["code"]


class InvitingTown(Town):
    """An open campaign of a community with four members that the service knows."""

    def __init__(self, desk, **match):
        super().__init__(desk, **match)
        self.members = [new_id() for _ in range(4)]
        for member_id in self.members:
            self.know(member_id)
        self.open()

    def invite(self, *indexes, who=None):
        """Ask about these members, or about all; returns the answer."""
        named = {"member_ids": [str(self.members[index]) for index in indexes]} if indexes else {}
        return self.act("invite_members", who, **named)

    def decide(self, round_id, held_back=(), why=TOO_SOON, not_before=None):
        """Let the guard allow everybody but those who are ``held_back``."""
        members = [self._decision(index, index in held_back, why, not_before) for index in range(len(self.members))]
        data = {"round_id": round_id, "campaign_id": self.campaign_id, "community_id": str(self.a), "members": members}
        self.desk.hear(news("reputation", "invitations_decided.v1", round_id, data))

    def _decision(self, index, held, why, not_before):
        when = None if not_before is None else format_time(not_before)
        who = {"member_id": str(self.members[index]), "allowed": not held}
        return {**who, "why": why if held else None, "not_before": when if held else None}

    def member_at(self, index):
        return {"role": "member", "community_id": self.a, "member_id": self.members[index]}

    def decline(self, invitation_id, who):
        return self.desk.do("decline_invitation", {"invitation_id": str(invitation_id)}, **who)
