"""The read side of demand: every question is bound to what the caller may know of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Column, Select, select

from services.chassis.paging import Page, page_of
from services.demand import outbound
from services.demand.domain.disclosure import LeftOut, PoolAsSeen, own_consent, require_sight, seen_by
from services.demand.domain.errors import CommunityNotFoundError, MemberNotFoundError, SignalNotFoundError
from services.demand.domain.merging import CHOSE_ANOTHER, POLICY, Candidate, explain
from services.demand.domain.pool import Pool, PoolState
from services.demand.domain.signals import Signal
from services.demand.storage import rows, tables
from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id

if TYPE_CHECKING:
    from services.demand.storage.unit_of_work import DemandUnitOfWork

Wire = dict[str, Any]
# How many of a community's signals in other pools a pool explains.
LEFT_OUT_LIMIT = 50


@dataclass(frozen=True, slots=True)
class AskOne:
    """A question for one thing; ``community_id`` is set where the path has it."""

    caller: Caller
    subject_id: UUID
    community_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AskMany:
    """A question for a page of things; ``filters`` are column names and values."""

    caller: Caller
    page: Page
    community_id: UUID | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


def get_community(question: AskOne, uow: "DemandUnitOfWork") -> Wire:
    """Return the community, if it is the caller's own."""
    found = uow.communities.find(question.subject_id)
    if found is None or not question.caller.sees(found.community_id):
        raise CommunityNotFoundError("there is no such community")
    return outbound.community(found)


def list_communities(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the communities that the caller sees: its own, or all for the node operator."""
    table = tables.communities
    statement = _of_community(select(table), table.c.community_id, question)
    return _page(uow, statement, table.c.community_id, question, lambda row: outbound.community(rows.community_of(row)))


def get_member(question: AskOne, uow: "DemandUnitOfWork") -> Wire:
    """Return a member of the caller's community; a plain member gets only itself."""
    found, caller = uow.members.find(question.subject_id), question.caller
    if (
        found is None
        or found.community_id != question.community_id
        or not caller.sees(found.community_id)
        or not (caller.manages or caller.member_id == found.member_id)
    ):
        raise MemberNotFoundError("there is no such member")
    return outbound.member(found)


def list_members(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the members of a community; a plain member gets only itself."""
    table, caller = tables.members, question.caller
    statement = _of_community(select(table), table.c.community_id, question)
    if not caller.manages:
        statement = statement.where(table.c.member_id == caller.member_id)
    return _page(uow, statement, table.c.member_id, question, lambda row: outbound.member(rows.member_of(row)))


def get_signal(question: AskOne, uow: "DemandUnitOfWork") -> Wire:
    """Return a signal of the caller's community."""
    found = uow.signals.find(question.subject_id)
    if found is None or not question.caller.sees(found.community_id):
        raise SignalNotFoundError("there is no such signal")
    return outbound.signal(found)


def list_signals(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the signals of the caller's community, oldest first."""
    table = tables.signals
    statement = _of_community(_filtered(select(table), table.c, question), table.c.community_id, question)
    return _page(uow, statement, table.c.signal_id, question, lambda row: outbound.signal(rows.signal_of(row)))


def get_pool(question: AskOne, uow: "DemandUnitOfWork") -> Wire:
    """Return a pool in which the caller's community takes part."""
    found = require_sight(uow.pools.find(question.subject_id), question.caller)
    return outbound.pool(show_pool(found, question.caller, uow))


def list_pools(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the pools in which the caller's community takes part, oldest first."""
    table, parts, caller = tables.pools, tables.pool_communities.c, question.caller
    statement = _filtered(select(table.c.pool_id), table.c, question)
    community_id = _bound(question)
    if not (caller.is_node_operator and community_id is None):
        statement = statement.where(
            table.c.pool_id.in_(select(parts.pool_id).where(parts.community_id == community_id))
        )
    answer = _page(uow, statement, table.c.pool_id, question, lambda row: row["pool_id"])
    pools = uow.pools.many(answer["items"])
    return {**answer, "items": [outbound.pool(seen) for seen in show_pools(pools, caller, uow)]}


def list_consents(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the questions of consent that a community has still to answer, oldest pool first."""
    caller, parts, pools = question.caller, tables.pool_communities.c, tables.pools.c
    caller.require(Role.ORGANISER, Role.COMMUNITY_OPERATOR, Role.PARTNER)
    community_id = _bound(question)
    if community_id is None:
        raise InvalidError("community_id", "is missing", "the community whose open questions are asked for")
    statement = select(parts.pool_id).where(parts.community_id == community_id, parts.consent == "asked")
    statement = statement.where(
        parts.consent_by.is_not(None), parts.pool_id.in_(select(pools.pool_id).where(pools.state == "gathering"))
    )
    answer = _page(uow, statement, parts.pool_id, question, lambda row: row["pool_id"])
    terms = uow.communities.policies([community_id])[community_id]
    asked = replace(caller, community_id=community_id)
    found = show_pools(uow.pools.many(answer["items"]), asked, uow)
    own = [next(part for part in seen.communities if part.community_id == community_id) for seen in found]
    shown = [outbound.consent(seen, part, str(terms.silence)) for seen, part in zip(found, own, strict=True)]
    return {**answer, "items": shown}


def show_pool(pool: Pool, caller: Caller, uow: "DemandUnitOfWork") -> PoolAsSeen:
    """Return a pool as the caller may see it, with what it needs to understand it."""
    return show_pools([pool], caller, uow)[0]


def show_pools(pools: Sequence[Pool], caller: Caller, uow: "DemandUnitOfWork") -> list[PoolAsSeen]:
    """Return pools as the caller may see them, with the own signals that each of them left out."""
    own = _own_gathering(pools, caller, uow)
    signals = uow.signals.of_pools(pool.pool_id for pool in pools) if own else {}
    communities = {caller.community_id} | {one for pool in pools for one in pool.present()}
    policies = uow.communities.policies(one for one in communities if one is not None) if own else {}

    def left_out(pool: Pool) -> tuple[LeftOut, ...]:
        candidate = Candidate(pool, tuple(signals.get(pool.pool_id, ())))
        if pool.state is not PoolState.GATHERING or not candidate.signals:
            return ()
        apart = [one for one in own if one.category == pool.category and one.pool_id != pool.pool_id]
        return tuple(LeftOut(one.signal_id, one.pool_id, why(one, candidate)) for one in apart)

    def why(signal: Signal, candidate: Candidate) -> dict[str, str]:
        if not candidate.pool.admits(signal.community_id, policies):
            return POLICY
        misfit = uow.merger.misfit(signal, candidate, uow.clock.now())
        return CHOSE_ANOTHER if misfit is None else misfit.why

    k = uow.policy.privacy_k
    return [seen_by(caller, pool, k, (*explain(pool), *own_consent(caller, pool)), left_out(pool)) for pool in pools]


def _own_gathering(pools: Sequence[Pool], caller: Caller, uow: "DemandUnitOfWork") -> Sequence[Signal]:
    categories = {pool.category for pool in pools if pool.state is PoolState.GATHERING}
    if caller.community_id is None or not categories:
        return ()
    return uow.signals.gathering(caller.community_id, categories, LEFT_OUT_LIMIT)


def _bound(question: AskMany) -> UUID | None:
    """Return the community that a list is bound to; None means all of them, or none for who has no community."""
    if question.community_id is None:
        return question.caller.community_id
    if not question.caller.sees(question.community_id):
        raise CommunityNotFoundError("there is no such community")
    return question.community_id


def _of_community(statement: Select, column: Column, question: AskMany) -> Select:
    community_id = _bound(question)
    if community_id is None and question.caller.is_node_operator:
        return statement
    # A supplier has no community: comparing with NULL finds nothing, which is what it may see.
    return statement.where(column == community_id)


def _filtered(statement: Select, columns: Any, question: AskMany) -> Select:
    for name, value in question.filters.items():
        statement = statement.where(columns[name] == value)
    return statement


def _page(
    uow: "DemandUnitOfWork", statement: Select, key: Column, question: AskMany, item: Callable[[Any], Any]
) -> Wire:
    page = question.page
    if page.after is not None:
        statement = statement.where(key > parse_id(page.after, "cursor"))
    found = uow.connection.execute(statement.order_by(key).limit(page.limit + 1)).mappings().all()
    return page_of(found, page, item, lambda row: str(row[key.name]))
