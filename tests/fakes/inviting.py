"""Invitations in memory."""

from dataclasses import replace

from services.campaign.domain.inviting import InvitationState


class FakeInvitations:
    def __init__(self, commitments, members):
        self.rows, self.told = {}, set()
        self._commitments, self._members = commitments, members

    def members_of(self, community_id):
        return sorted(one for one, (community, *_) in self._members.rows.items() if community == community_id)

    def joined(self, campaign_id, community_id):
        return {
            one.member_id
            for one in self._commitments.rows.values()
            if (one.campaign_id, one.community_id) == (campaign_id, community_id)
        }

    def _seen(self, wanted):
        found = [one for _, one in sorted(self.rows.items()) if wanted(one)]
        return [replace(one, joined=one.member_id in self.joined(one.campaign_id, one.community_id)) for one in found]

    def lock_of(self, campaign_id, community_id):
        mine = self._seen(lambda one: (one.campaign_id, one.community_id) == (campaign_id, community_id))
        return {one.member_id: one for one in mine}

    def lock_round(self, round_id):
        return self._seen(lambda one: one.round_id == round_id and one.state is InvitationState.ASKING)

    def lock(self, invitation_id):
        return next(iter(self._seen(lambda one: one.invitation_id == invitation_id)), None)

    def save(self, changed):
        for one in changed:
            same = [
                old
                for old in self.rows.values()
                if (old.campaign_id, old.member_id) == (one.campaign_id, one.member_id)
            ]
            assert all(old.invitation_id == one.invitation_id for old in same), "one invitation per campaign and member"
            self.rows[one.invitation_id] = one

    def tell_answers(self, community_id):
        answered = [
            one
            for one in self._seen(lambda one: one.community_id == community_id and one.invited_at is not None)
            if one.answer is not None and one.invitation_id not in self.told
        ]
        self.told |= {one.invitation_id for one in answered}
        return sorted((one.campaign_id, one.member_id) for one in answered)
