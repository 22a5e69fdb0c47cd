"""Loading and saving how often members were asked, under the lock of their community."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.bulk import insert_many
from services.kernel.ids import CampaignId, CommunityId, MemberId
from services.reputation.domain.people.fatigue import Asking, MemberHistory, Round
from services.reputation.storage.people_tables import askings, fatigue, quiet

# Older askings decide nothing: no policy looks back further than a year.
REMEMBERED = timedelta(days=366)


class Askings:
    """Who was asked when, who answered, and who wants to be left in peace."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock_policy(self, community_id: CommunityId) -> tuple[dict[str, Any], int]:
        """Return what a community has set, and its version, and lock it: of two rounds the second sees the first."""
        self._connection.execute(insert(fatigue).values(community_id=community_id).on_conflict_do_nothing())
        query = select(fatigue).where(fatigue.c.community_id == community_id).with_for_update()
        row = self._connection.execute(query).one()
        return row.policy, row.version

    def save_policy(self, community_id: CommunityId, policy: Mapping[str, Any], version: int) -> None:
        """Keep what a community has set."""
        where = fatigue.c.community_id == community_id
        self._connection.execute(update(fatigue).where(where).values(policy=dict(policy), version=version))

    def histories(self, member_ids: Collection[MemberId], now: datetime) -> dict[MemberId, MemberHistory]:
        """Return how often each member was asked."""
        wanted = list(member_ids)
        found: dict[MemberId, list[Asking]] = {member_id: [] for member_id in wanted}
        query = select(askings.c.member_id, askings.c.campaign_id, askings.c.asked_at, askings.c.answered)
        mine = (askings.c.member_id == func.any(wanted), askings.c.asked_at > now - REMEMBERED)
        for row in self._connection.execute(query.where(*mine).order_by(askings.c.asked_at, askings.c.round_id)):
            found[row.member_id].append(Asking(row.campaign_id, row.asked_at, row.answered))
        peace = select(quiet.c.member_id, quiet.c.until).where(quiet.c.member_id == func.any(wanted))
        until = {row.member_id: row.until for row in self._connection.execute(peace)}
        return {one: MemberHistory(tuple(times), until.get(one)) for one, times in found.items()}

    def rounds(self, community_id: CommunityId, now: datetime) -> list[Round]:
        """Return the rounds of a community, oldest first."""
        answered = func.count().filter(askings.c.answered)
        asked_at = func.min(askings.c.asked_at)
        query = (
            select(asked_at.label("at"), func.count().label("asked"), answered.label("answered"))
            .where(askings.c.community_id == community_id, askings.c.asked_at > now - REMEMBERED)
            .group_by(askings.c.round_id)
            .order_by(asked_at, askings.c.round_id)
        )
        return [Round(row.at, row.asked, row.answered) for row in self._connection.execute(query)]

    def add(
        self,
        round_id: UUID,
        community_id: CommunityId,
        campaign_id: CampaignId,
        member_ids: Iterable[MemberId],
        at: datetime,
    ) -> None:
        """Keep whom a round asked."""
        same = {"round_id": round_id, "community_id": community_id, "campaign_id": campaign_id, "asked_at": at}
        insert_many(self._connection, askings, [{**same, "member_id": member_id} for member_id in member_ids])

    def note_answers(self, community_id: CommunityId, answered: Collection[tuple[CampaignId, MemberId]]) -> None:
        """Note that members have answered what they were asked about a campaign."""
        if answered:
            pairs = tuple_(askings.c.campaign_id, askings.c.member_id).in_(list(answered))
            where = (askings.c.community_id == community_id, pairs)
            self._connection.execute(update(askings).where(*where).values(answered=True))

    def set_quiet(self, member_id: MemberId, community_id: CommunityId, until: datetime | None) -> None:
        """Keep a member's wish to be left in peace; None ends it."""
        if until is None:
            self._connection.execute(delete(quiet).where(quiet.c.member_id == member_id))
            return
        values = {"community_id": community_id, "until": until}
        statement = insert(quiet).values(member_id=member_id, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=values))

    def members(self, community_id: CommunityId, now: datetime, limit: int, after: MemberId | None) -> list[MemberId]:
        """Return members who were asked or want peace, in the order of their ids."""
        asked = select(askings.c.member_id).where(askings.c.community_id == community_id)
        peace = select(quiet.c.member_id).where(quiet.c.community_id == community_id, quiet.c.until > now)
        either = asked.union(peace).subquery()
        query = select(either.c.member_id).order_by(either.c.member_id).limit(limit)
        return list(
            self._connection.execute(query if after is None else query.where(either.c.member_id > after)).scalars()
        )
