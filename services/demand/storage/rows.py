"""Rows to domain objects and back."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import RowMapping

from services.demand.domain.consenting import Decision, MergePolicy
from services.demand.domain.model import Community, CommunityKind, Locale, Member, MemberRole
from services.demand.domain.pool import Pool, PoolState
from services.demand.domain.reach import Box
from services.demand.domain.signals import Signal, SignalState
from services.demand.storage import sharing_rows
from services.kernel.geo import Area, Place
from services.kernel.ids import CommunityId, MemberId, SignalId
from services.kernel.money import Money
from services.kernel.timespan import Timespan

Row = dict[str, Any]


def community_of(row: RowMapping) -> Community:
    """Read a row of ``communities``."""
    return Community(
        community_id=CommunityId(row["community_id"]),
        name=row["name"],
        kind=CommunityKind(row["kind"]),
        place=Place(row["lat"], row["lon"]),
        time_zone=row["time_zone"],
        locale=Locale(row["locale"]),
        merge_policy=MergePolicy(row["merge_policy"]),
        version=row["version"],
        created_at=row["created_at"],
        merge_rules=sharing_rows.rules_of(row),
        consent_hours=row["consent_hours"],
        silence=Decision(row["silence"]),
        recognise=row["recognise"],
        keep_raw=row["keep_raw"],
    )


def row_of_community(community: Community) -> Row:
    """Write a row of ``communities``."""
    return {
        "community_id": community.community_id,
        "name": community.name,
        "kind": str(community.kind),
        "lat": community.place.lat,
        "lon": community.place.lon,
        "time_zone": community.time_zone,
        "locale": str(community.locale),
        "merge_policy": str(community.merge_policy),
        "version": community.version,
        "created_at": community.created_at,
        "merge_rules": [sharing_rows.row_of_rule(rule) for rule in community.merge_rules],
        "consent_hours": community.consent_hours,
        "silence": str(community.silence),
        "recognise": community.recognise,
        "keep_raw": community.keep_raw,
    }


def member_of(row: RowMapping) -> Member:
    """Read a row of ``members``."""
    return Member(
        member_id=MemberId(row["member_id"]),
        community_id=CommunityId(row["community_id"]),
        name=row["name"],
        roles=tuple(MemberRole(role) for role in row["roles"]),
        contact=row["contact"],
        household=row["household"],
        version=row["version"],
        created_at=row["created_at"],
        person=row["person"],
    )


def row_of_member(member: Member) -> Row:
    """Write a row of ``members``."""
    return {
        "member_id": member.member_id,
        "community_id": member.community_id,
        "name": member.name,
        "roles": [str(role) for role in member.roles],
        "contact": member.contact,
        "household": member.household,
        "version": member.version,
        "created_at": member.created_at,
        "person": member.person,
    }


def signal_of(row: RowMapping) -> Signal:
    """Read a row of ``signals``."""
    return Signal(
        signal_id=SignalId(row["signal_id"]),
        community_id=CommunityId(row["community_id"]),
        member_id=MemberId(row["member_id"]),
        text=row["text"],
        category=row["category"],
        people=row["people"],
        ceiling=_ceiling_of(row),
        place=Place(row["lat"], row["lon"]),
        radius_km=row["radius_km"],
        windows=_windows_of(row),
        minutes=row["minutes"],
        expires_at=row["expires_at"],
        state=SignalState(row["state"]),
        pool_id=row["pool_id"],
        created_at=row["created_at"],
        version=row["version"],
        partition=row["partition"],
        answers=row["answers"],
    )


def row_of_signal(signal: Signal) -> Row:
    """Write a row of ``signals``."""
    return {
        "signal_id": signal.signal_id,
        "community_id": signal.community_id,
        "member_id": signal.member_id,
        "text": signal.text,
        "category": signal.category,
        "people": signal.people,
        **_row_of_ceiling(signal.ceiling),
        "lat": signal.place.lat,
        "lon": signal.place.lon,
        "radius_km": signal.radius_km,
        "windows": [window.to_wire() for window in signal.windows],
        "minutes": signal.minutes,
        "expires_at": signal.expires_at,
        "state": str(signal.state),
        "pool_id": signal.pool_id,
        "created_at": signal.created_at,
        "version": signal.version,
        "partition": signal.partition,
        "answers": dict(signal.answers),
    }


def pool_of(row: RowMapping, parts: Iterable[RowMapping]) -> Pool:
    """Read a row of ``pools`` and its rows of ``pool_communities``, these in the order of their places."""
    return Pool(
        pool_id=row["pool_id"],
        category=row["category"],
        state=PoolState(row["state"]),
        communities=tuple(sharing_rows.part_of(one) for one in parts),
        area=Area(Place(row["lat"], row["lon"]), row["radius_km"]),
        windows=_windows_of(row),
        minutes=row["minutes"],
        ceiling=_ceiling_of(row),
        gather_until=row["gather_until"],
        campaign_id=row["campaign_id"],
        unmatched=row["unmatched"],
        unmatched_version=row["unmatched_version"],
        rounds=row["rounds"],
        version=row["version"],
        created_at=row["created_at"],
        twice=row["twice"],
        partition=row["partition"],
        reach=Box(row["south"], row["west"], row["north"], row["east"]),
    )


def row_of_pool(pool: Pool) -> Row:
    """Write a row of ``pools``."""
    return {
        "pool_id": pool.pool_id,
        "category": pool.category,
        "state": str(pool.state),
        "lat": pool.area.centre.lat,
        "lon": pool.area.centre.lon,
        "radius_km": pool.area.radius_km,
        "windows": [window.to_wire() for window in pool.windows],
        "minutes": pool.minutes,
        **_row_of_ceiling(pool.ceiling),
        "gather_until": pool.gather_until,
        "campaign_id": pool.campaign_id,
        "unmatched": None if pool.unmatched is None else dict(pool.unmatched),
        "unmatched_version": pool.unmatched_version,
        "rounds": pool.rounds,
        "version": pool.version,
        "created_at": pool.created_at,
        "partition": pool.partition,
        "people": pool.people,
        "twice": pool.twice,
        "south": pool.reach.south,
        "west": pool.reach.west,
        "north": pool.reach.north,
        "east": pool.reach.east,
        "opens": pool.windows[0].start,
        "closes": max(window.end for window in pool.windows),
    }


def _windows_of(row: RowMapping) -> tuple[Timespan, ...]:
    return tuple(Timespan.from_wire(window) for window in row["windows"])


def _ceiling_of(row: RowMapping) -> Money | None:
    return None if row["ceiling_minor"] is None else Money(row["ceiling_minor"], row["ceiling_currency"])


def _row_of_ceiling(ceiling: Money | None) -> Row:
    return {
        "ceiling_minor": None if ceiling is None else ceiling.minor,
        "ceiling_currency": None if ceiling is None else ceiling.currency,
    }
