"""Points, organisers, turns and askings, as their own community may see them. Nobody else sees any of it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from services.chassis.paging import Page, page_of
from services.kernel.caller import Caller, Role
from services.kernel.ids import CampaignId, CommunityId, parse_id
from services.reputation import outbound
from services.reputation.domain.people.commands import OfCommunity, OfMember, SomeWeary
from services.reputation.domain.people.errors import CommunityUnknownError, MemberUnknownError, NoRotaError
from services.reputation.domain.people.fatigue import Guard
from services.reputation.domain.people.fatigue_policy import policy_from
from services.reputation.domain.people.honours import record_of
from services.reputation.domain.people.points import POINTS, Deed
from services.reputation.domain.people.rota import Roster, TurnState
from services.reputation.storage.people import organised_from, organised_of
from services.reputation.storage.people_tables import fatigue, honours, organised, points, turns
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

MANAGERS = (Role.ORGANISER, Role.COMMUNITY_OPERATOR, Role.PARTNER)
# Stands for a campaign that nobody was asked about, where the question is about none in particular.
ANY_CAMPAIGN = CampaignId(parse_id("00000000-0000-0000-0000-000000000000", "campaign_id"))


def get_member_points(question: OfMember, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the points and the level of a member: its own, or for those who manage its community."""
    _require_member(question, uow)
    counts = or_(points.c.campaign_id.is_(None), organised.c.settled_at.is_not(None))
    query = (
        select(
            points.c.deed,
            func.count().filter(counts).label("settled"),
            func.count().filter(~counts).label("waiting"),
        )
        .select_from(points.outerjoin(organised, organised.c.campaign_id == points.c.campaign_id))
        .where(points.c.member_id == question.member_id)
        .group_by(points.c.deed)
    )
    found = {Deed(row.deed): row for row in uow.connection.execute(query)}
    deeds = [
        {
            "deed": str(deed),
            "times": found[deed].settled,
            "waiting": found[deed].waiting,
            "points": found[deed].settled * POINTS[deed],
        }
        for deed in Deed
        if deed in found
    ]
    settled = sum(one["points"] for one in deeds)
    waiting = sum(one["waiting"] * POINTS[Deed(one["deed"])] for one in deeds)
    return outbound.standing_of_member(question.member_id, settled, waiting, deeds)


def list_organisers(question: OfCommunity, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return who organises in a community: load and honours for all of it, income for those who manage it."""
    _require_community(question.community_id, question.caller)
    caller, now = question.caller, uow.clock.now()
    by_member: dict[Any, list] = {}
    for row in uow.connection.execute(organised_of(question.community_id).where(organised.c.member_id.is_not(None))):
        by_member.setdefault(row.member_id, []).append(organised_from(row))
    done = _duties(question.community_id, uow)
    awarded = _honours(question.community_id, uow)
    items = []
    for member_id in sorted({*by_member, *done}):
        record = record_of(by_member.get(member_id, []), done.get(member_id, 0), now)
        # What somebody earned is seen by those who manage, and by itself.
        money = caller.role is not Role.MEMBER or caller.member_id == member_id
        items.append(outbound.organiser(member_id, record, awarded.get(member_id, {}), money=money))
    return {"items": items, "next_cursor": None}


def get_rota(question: OfCommunity, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the rota of a community: who is on duty, who comes next, and who was."""
    _require_community(question.community_id, question.caller)
    rota = uow.rotas.find_rota(question.community_id)
    if rota is None:
        raise NoRotaError("the community has no rota")
    return outbound.roster(Roster(rota, tuple(uow.rotas.turns(question.community_id)), uow.clock.now()))


def get_fatigue_policy(question: OfCommunity, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return how often the members of a community may be asked; members may know it."""
    _require_community(question.community_id, question.caller)
    query = select(fatigue).where(fatigue.c.community_id == question.community_id)
    row = uow.connection.execute(query).one_or_none()
    return outbound.fatigue_policy((policy_from(row.policy if row else {}), row.version if row else 0))


def list_fatigue(question: SomeWeary, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return how often members were asked and answered, and whether each may be asked now."""
    question.caller.require(*MANAGERS)
    _require_community(question.community_id, question.caller)
    zone = uow.people.time_zone(question.community_id)
    if zone is None:
        raise CommunityUnknownError("there is no such community")
    now, page = uow.clock.now(), Page(question.limit)
    found = uow.askings.members(question.community_id, now, page.limit + 1, question.after)
    histories = uow.askings.histories(found, now)
    guard = _guard(question.community_id, zone, uow)
    recent = now - timedelta(days=guard.policy.per_days)

    def item(member_id: Any) -> dict[str, Any]:
        history = histories[member_id]
        within = sum(one.at > recent for one in history.askings)
        return outbound.weariness(member_id, history, guard.decide(history, ANY_CAMPAIGN, now), within)

    return page_of(found, page, item, str)


def _guard(community_id: CommunityId, zone: str, uow: ReputationUnitOfWork) -> Guard:
    row = uow.connection.execute(select(fatigue.c.policy).where(fatigue.c.community_id == community_id)).one_or_none()
    rounds = tuple(uow.askings.rounds(community_id, uow.clock.now()))
    return Guard(policy_from(row.policy if row else {}), ZoneInfo(zone), rounds)


def _duties(community_id: CommunityId, uow: ReputationUnitOfWork) -> dict[Any, int]:
    done = (turns.c.community_id == community_id, turns.c.state == TurnState.DONE.value)
    query = select(turns.c.member_id, func.count().label("times")).where(*done).group_by(turns.c.member_id)
    return {row.member_id: row.times for row in uow.connection.execute(query)}


def _honours(community_id: CommunityId, uow: ReputationUnitOfWork) -> dict[Any, dict[str, Any]]:
    found: dict[Any, dict[str, Any]] = {}
    for row in uow.connection.execute(select(honours).where(honours.c.community_id == community_id)):
        found.setdefault(row.member_id, {})[row.honour] = row.awarded_at
    return found


def _require_community(community_id: CommunityId, caller: Caller) -> None:
    if not caller.sees(community_id) or caller.role is Role.SUPPLIER:
        raise CommunityUnknownError("there is no such community")


def _require_member(question: OfMember, uow: ReputationUnitOfWork) -> None:
    caller = question.caller
    community_id = uow.people.community_of(question.member_id)
    own = caller.manages or caller.member_id == question.member_id
    if community_id is None or not caller.sees(community_id) or not own:
        raise MemberUnknownError("there is no such member")
