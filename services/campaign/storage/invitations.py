"""Loading and saving invitations."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.campaign.domain.inviting import Invitation, InvitationState
from services.campaign.storage.invitation_tables import invitations
from services.campaign.storage.tables import commitments, members
from services.kernel.ids import CampaignId, CommunityId, MemberId

_KEPT = (
    "invitation_id",
    "round_id",
    "campaign_id",
    "community_id",
    "member_id",
    "why",
    "not_before",
    "asked_at",
    "invited_at",
    "declined_at",
)
_table = invitations.c
# Whatever became of the commitment: who has joined has answered.
_joined = exists().where(commitments.c.campaign_id == _table.campaign_id, commitments.c.member_id == _table.member_id)


class Invitations:
    """Whom communities wanted to ask, and what became of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def members_of(self, community_id: CommunityId) -> list[MemberId]:
        """Return the members of a community that are known here."""
        query = select(members.c.member_id).where(members.c.community_id == community_id)
        return list(self._connection.execute(query.order_by(members.c.member_id)).scalars())

    def joined(self, campaign_id: CampaignId, community_id: CommunityId) -> set[MemberId]:
        """Return the members of a community who have joined the campaign already."""
        query = select(commitments.c.member_id).where(
            commitments.c.campaign_id == campaign_id, commitments.c.community_id == community_id
        )
        return set(self._connection.execute(query).scalars())

    def lock_of(self, campaign_id: CampaignId, community_id: CommunityId) -> dict[MemberId, Invitation]:
        """Return and lock the invitations of a community to a campaign."""
        where = (_table.campaign_id == campaign_id, _table.community_id == community_id)
        return {one.member_id: one for one in self._all(seen().where(*where).order_by(_table.invitation_id), lock=True)}

    def lock_round(self, round_id: UUID) -> list[Invitation]:
        """Return and lock the invitations that wait for the guard's answer to this question."""
        where = (_table.round_id == round_id, _table.state == InvitationState.ASKING.value)
        return self._all(seen().where(*where).order_by(_table.invitation_id), lock=True)

    def lock(self, invitation_id: UUID) -> Invitation | None:
        """Return and lock an invitation."""
        found = self._all(seen().where(_table.invitation_id == invitation_id), lock=True)
        return found[0] if found else None

    def save(self, changed: Sequence[Invitation]) -> None:
        """Keep invitations, new or changed."""
        if not changed:
            return
        rows = [{**{name: getattr(one, name) for name in _KEPT}, "state": one.state.value} for one in changed]
        statement = insert(invitations)
        set_ = {name: statement.excluded[name] for name in (*_KEPT, "state") if name != "invitation_id"}
        self._connection.execute(statement.on_conflict_do_update(index_elements=["invitation_id"], set_=set_), rows)

    def tell_answers(self, community_id: CommunityId) -> list[tuple[CampaignId, MemberId]]:
        """Return which invitations were answered since the last time this was asked, and note that it is told."""
        answered = (
            update(invitations)
            .where(_table.community_id == community_id, _table.invited_at.is_not(None), ~_table.told)
            .where(_joined | _table.declined_at.is_not(None))
            .values(told=True)
            .returning(_table.campaign_id, _table.member_id)
        )
        return sorted((row.campaign_id, row.member_id) for row in self._connection.execute(answered))

    def _all(self, query: Select, *, lock: bool = False) -> list[Invitation]:
        query = query.with_for_update(of=invitations) if lock else query
        return [invitation_of(row) for row in self._connection.execute(query).mappings()]


def seen() -> Select:
    """Return the query after invitations, with whether their members have joined."""
    return select(invitations, _joined.label("joined"))


def counted(campaign_id: CampaignId, community_ids: Collection[CommunityId] | None) -> Select:
    """Return the query after how many invitations there are by state and answer."""
    answer = func.count().filter(_joined).label("joined")
    query = select(_table.state, func.count().label("all"), answer).where(_table.campaign_id == campaign_id)
    return (query if community_ids is None else query.where(_table.community_id.in_(community_ids))).group_by(
        _table.state
    )


def invitation_of(row: Any) -> Invitation:
    """Make an invitation of its row."""
    return Invitation(**{name: row[name] for name in _KEPT}, state=InvitationState(row["state"]), joined=row["joined"])
