"""Loading and saving what is known of members, organisers and turns of duty."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.bulk import insert_many
from services.kernel.ids import CampaignId, CommunityId, MemberId
from services.reputation.domain.people.honours import Honour, Organised
from services.reputation.domain.people.points import Entry
from services.reputation.domain.people.rota import CARRYING, Rota, Turn, TurnState
from services.reputation.storage.people_tables import communities, honours, members, organised, points, rotas, turns

# What a rota shows of turns that are over.
MOST_TURNS = 200


class People:
    """The copies of communities and members, and what members have done."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def know_community(self, community_id: CommunityId, time_zone: str, version: int) -> None:
        """Keep the newest copy."""
        statement = insert(communities).values(community_id=community_id, time_zone=time_zone, version=version)
        newer = communities.c.version < statement.excluded.version
        set_ = {"time_zone": time_zone, "version": version}
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["community_id"], set_=set_, where=newer)
        )

    def know_member(self, member_id: MemberId, community_id: CommunityId, version: int) -> None:
        """Keep the newest copy."""
        statement = insert(members).values(member_id=member_id, community_id=community_id, version=version)
        newer = members.c.version < statement.excluded.version
        set_ = {"community_id": community_id, "version": version}
        self._connection.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=set_, where=newer))

    def time_zone(self, community_id: CommunityId) -> str | None:
        """Return the time zone of a community; None if it is not known (yet)."""
        query = select(communities.c.time_zone).where(communities.c.community_id == community_id)
        return self._connection.execute(query).scalar_one_or_none()

    def community_of(self, member_id: MemberId) -> CommunityId | None:
        """Return the community of a member; None if the member is not known."""
        query = select(members.c.community_id).where(members.c.member_id == member_id)
        return self._connection.execute(query).scalar_one_or_none()

    def strangers(self, member_ids: Collection[MemberId], community_id: CommunityId) -> set[MemberId]:
        """Return those who are no members of the community."""
        query = select(members.c.member_id).where(
            members.c.member_id == func.any(list(member_ids)), members.c.community_id == community_id
        )
        return set(member_ids) - set(self._connection.execute(query).scalars())

    def credit(self, entries: Iterable[Entry], at: datetime) -> None:
        """Give points; a deed that counted already counts no second time."""
        rows = [
            {
                "member_id": entry.member_id,
                "deed": entry.deed.value,
                "about": entry.about,
                "community_id": entry.community_id,
                "campaign_id": entry.campaign_id,
                "points": entry.points,
                "at": at,
            }
            for entry in sorted(entries, key=lambda one: (one.member_id, one.deed, one.about))
        ]
        if rows:
            self._connection.execute(insert(points).on_conflict_do_nothing(), rows)

    def note_campaign(self, campaign_id: CampaignId, news: Mapping[str, Any]) -> Organised | None:
        """Keep what is told of a campaign; return it as it is known now, if it is known who organises it."""
        statement = insert(organised).values(campaign_id=campaign_id, **news)
        saved = statement.on_conflict_do_update(index_elements=["campaign_id"], set_=dict(news)).returning(organised)
        row = self._connection.execute(saved).one()
        return None if row.opened_at is None else organised_from(row)

    def organised_by(self, community_id: CommunityId, member_id: MemberId) -> list[Organised]:
        """Return the campaigns that a member has opened."""
        return [organised_from(row) for row in self._connection.execute(organised_of(community_id, member_id))]

    def duties_done(self, community_id: CommunityId, member_id: MemberId) -> int:
        """Return how many turns of duty a member has finished."""
        table = turns.c
        done = (table.community_id == community_id, table.member_id == member_id, table.state == TurnState.DONE.value)
        return self._connection.execute(select(func.count()).select_from(turns).where(*done)).scalar_one()

    def award(
        self, community_id: CommunityId, member_id: MemberId, earned: Sequence[Honour], at: datetime
    ) -> list[str]:
        """Keep honours; return the keys of those that are new."""
        if not earned:
            return []
        rows = [
            {"member_id": member_id, "honour": one.key, "community_id": community_id, "awarded_at": at}
            for one in earned
        ]
        statement = insert(honours).values(rows).on_conflict_do_nothing().returning(honours.c.honour)
        new = set(self._connection.execute(statement).scalars())
        return [one.key for one in earned if one.key in new]


class Rotas:
    """Who takes turns, and the turns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, community_id: CommunityId) -> Rota | None:
        """Return the rota and lock it until the commit: whatever changes its turns does so under this lock."""
        query = select(rotas).where(rotas.c.community_id == community_id).with_for_update()
        row = self._connection.execute(query).one_or_none()
        return row and _rota(row)

    def save(self, rota: Rota) -> None:
        """Keep a rota, new or changed."""
        values = {
            "member_ids": list(rota.member_ids),
            "days": rota.days,
            "starts_at": rota.starts_at,
            "version": rota.version,
        }
        statement = insert(rotas).values(community_id=rota.community_id, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["community_id"], set_=values))

    def turns(self, community_id: CommunityId) -> list[Turn]:
        """Return the latest turns, in their order."""
        query = select(turns).where(turns.c.community_id == community_id).order_by(turns.c.number.desc())
        return [turn_of(row) for row in self._connection.execute(query.limit(MOST_TURNS))][::-1]

    def find_rota(self, community_id: CommunityId) -> Rota | None:
        """Return the rota."""
        row = self._connection.execute(select(rotas).where(rotas.c.community_id == community_id)).one_or_none()
        return row and _rota(row)

    def carried(self, community_id: CommunityId) -> Turn | None:
        """Return the turn of whoever is on duty."""
        states = [state.value for state in CARRYING]
        return self._one(select(turns).where(turns.c.community_id == community_id, turns.c.state.in_(states)))

    def next_planned(self, community_id: CommunityId) -> Turn | None:
        """Return the first turn ahead."""
        query = select(turns).where(turns.c.community_id == community_id, turns.c.state == TurnState.PLANNED.value)
        return self._one(query.order_by(turns.c.number).limit(1))

    def find(self, turn_id: UUID, community_id: CommunityId) -> Turn | None:
        """Return a turn of the community."""
        return self._one(select(turns).where(turns.c.turn_id == turn_id, turns.c.community_id == community_id))

    def last_done(self, community_id: CommunityId) -> Turn | None:
        """Return the turn that ended last."""
        query = select(turns).where(turns.c.community_id == community_id, turns.c.state == TurnState.DONE.value)
        return self._one(query.order_by(turns.c.number.desc()).limit(1))

    def plan_anew(self, community_id: CommunityId, planned: Sequence[Turn]) -> None:
        """Put these turns in the place of all that are still ahead."""
        ahead = (turns.c.community_id == community_id, turns.c.state == TurnState.PLANNED.value)
        self._connection.execute(turns.delete().where(*ahead))
        self.add(planned)

    def add(self, planned: Sequence[Turn]) -> None:
        """Keep new turns."""
        insert_many(self._connection, turns, [_turn_row(turn) for turn in planned])

    def update(self, turn: Turn) -> None:
        """Save a turn that has changed."""
        self._connection.execute(update(turns).where(turns.c.turn_id == turn.turn_id).values(_turn_row(turn)))

    def _one(self, query: Select) -> Turn | None:
        row = self._connection.execute(query).one_or_none()
        return row and turn_of(row)


_TURN = ("turn_id", "community_id", "number", "member_id", "starts_at", "ends_at", "note", "handed_over_at")


def organised_of(community_id: CommunityId, member_id: MemberId | None = None) -> Select:
    """Return the query after the campaigns that members of a community have opened."""
    query = select(organised).where(organised.c.community_id == community_id, organised.c.opened_at.is_not(None))
    return query if member_id is None else query.where(organised.c.member_id == member_id)


def _rota(row: Row[Any]) -> Rota:
    return Rota(row.community_id, tuple(row.member_ids), row.days, row.starts_at, row.version)


def turn_of(row: Row[Any]) -> Turn:
    """Make a turn of its row."""
    fields = {name: row._mapping[name] for name in (*_TURN, "taken_over_at")}
    return Turn(**fields, state=TurnState(row.state))


def _turn_row(turn: Turn) -> dict[str, Any]:
    return {**{name: getattr(turn, name) for name in (*_TURN, "taken_over_at")}, "state": turn.state.value}


def organised_from(row: Row[Any]) -> Organised:
    """Make what is known of an organised campaign of its row."""
    names = ("campaign_id", "community_id", "member_id", "opened_at", "seats", "ended_at", "settled_at")
    fields = {name: row._mapping[name] for name in names}
    return Organised(**fields, income_minor=row.income_minor, currency=row.currency)
