"""Pools and open questions of consent, as one community may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from services.demand import outbound
from services.demand.domain.disclosure import (
    OWN_ANSWERS,
    LeftOut,
    PoolAsSeen,
    own_consent,
    require_sight,
    seen_by,
    seen_by_node,
)
from services.demand.domain.explaining import explain, say_gain, say_shares, say_words, words_in_common
from services.demand.domain.merging import CHOSE_ANOTHER, POLICY, Candidate, Misfit
from services.demand.domain.pins import noted
from services.demand.domain.pool import Pool, PoolState
from services.demand.domain.releases import Release, Shape, last_tick
from services.demand.domain.sharing import Consent, Participation, Sentence, smallest_ceiling
from services.demand.domain.signals import Signal
from services.demand.storage import tables
from services.demand.views.asking import AskMany, AskOne, bound, filtered, page
from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError

if TYPE_CHECKING:
    from services.demand.storage.unit_of_work import DemandUnitOfWork

Wire = dict[str, Any]
Own = Mapping[UUID, tuple[Signal, ...]]
# In which prices are told where nobody has named a ceiling.
DEFAULT_CURRENCY = "CNY"
# How many of a community's signals in other pools a pool explains.
LEFT_OUT_LIMIT = 50


def get_pool(question: AskOne, uow: "DemandUnitOfWork") -> Wire:
    """Return a pool in which the caller's community takes part."""
    found = require_sight(uow.pools.find(question.subject_id), question.caller)
    return outbound.pool(show_pool(found, question.caller, uow))


def list_pools(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the pools in which the caller's community takes part, oldest first, to the hour."""
    table, parts, caller = tables.pools, tables.pool_communities.c, question.caller
    statement = filtered(select(table.c.pool_id), table.c, question)
    community_id = bound(question)
    if not (caller.is_node_operator and community_id is None):
        # One that it refused is still found by its id; a filter by state would tell what became of it.
        mine = (parts.community_id == community_id, parts.consent != "refused")
        statement = statement.where(table.c.pool_id.in_(select(parts.pool_id).where(*mine)))
    answer = page(uow, statement, table.c.pool_id, question, lambda row: row["pool_id"])
    pools = uow.pools.many(answer["items"])
    return {**answer, "items": [outbound.pool(seen) for seen in show_pools(pools, caller, uow)]}


def list_consents(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the questions of consent that a community has still to answer, oldest pool first."""
    caller, parts, pools = question.caller, tables.pool_communities.c, tables.pools.c
    caller.require(Role.ORGANISER, Role.COMMUNITY_OPERATOR, Role.PARTNER)
    community_id = bound(question)
    if community_id is None:
        raise InvalidError("community_id", "is missing", "the community whose open questions are asked for")
    statement = select(parts.pool_id).where(parts.community_id == community_id, parts.consent_by.is_not(None))
    statement = statement.where(parts.pool_id.in_(select(pools.pool_id).where(pools.state == "gathering")))
    answer = page(uow, statement, parts.pool_id, question, lambda row: row["pool_id"])
    terms = uow.communities.policies([community_id])[community_id]
    asked = replace(caller, role=Role.ORGANISER, community_id=community_id)
    found = show_pools(uow.pools.many(answer["items"]), asked, uow)
    own = [next(part for part in seen.communities if part.own) for seen in found]
    shown = [outbound.consent(seen, part, str(terms.silence)) for seen, part in zip(found, own, strict=True)]
    return {**answer, "items": shown}


def show_pool(pool: Pool, caller: Caller, uow: "DemandUnitOfWork") -> PoolAsSeen:
    """Return a pool as the caller may see it, with what it needs to understand it."""
    return show_pools([pool], caller, uow)[0]


def show_pools(pools: Sequence[Pool], caller: Caller, uow: "DemandUnitOfWork") -> list[PoolAsSeen]:
    """Return pools as the caller may see them, with the own signals that each of them left out."""
    ids = [pool.pool_id for pool in pools]
    pins = uow.pins.of_pools(ids, caller.community_id)
    notes = {pool_id: noted(of_pool) for pool_id, of_pool in pins.items()}
    if caller.is_node_operator:
        return [
            replace(seen_by_node(caller, pool), why=(*explain(pool), *notes.get(pool.pool_id, ()))) for pool in pools
        ]
    releases = uow.releases.of_pools(ids)
    own = uow.signals.own_in(ids, caller.community_id) if caller.community_id else {}
    apart = _own_gathering(pools, caller, uow)
    found = [_seen(pool, releases.get(pool.pool_id, Release()), own, apart, caller, uow) for pool in pools]
    return [replace(seen, why=(*seen.why, *notes.get(seen.pool.pool_id, ()))) for seen in found]


def _seen(
    pool: Pool, release: Release, own: Own, apart: Sequence[Signal], caller: Caller, uow: "DemandUnitOfWork"
) -> PoolAsSeen:
    part = pool.part_of(caller.community_id)
    if part is None:
        raise AssertionError("require_sight comes first")
    mine = own.get(pool.pool_id, ())
    tick = last_tick(pool.pool_id, pool.created_at, uow.policy.release_every)
    seen = seen_by(part, pool, release, _shape_of(mine, part, uow), tick, uow.policy.privacy_k)
    own_only = () if seen.shape is None or seen.is_joint else (OWN_ANSWERS,)
    why = (*_why(seen, mine, uow), *own_only, *own_consent(part))
    return replace(seen, why=why, left_out=_left_out(pool, part, mine, apart, uow))


def _why(seen: PoolAsSeen, own: Sequence[Signal], uow: "DemandUnitOfWork") -> tuple[Sentence, ...]:
    """Explain with what is shown anyway, the own signals, and published offers."""
    shape = seen.shape
    if shape is None:
        return ()
    shown = replace(seen.pool, area=shape.area, windows=shape.windows, minutes=shape.minutes, ceiling=shape.ceiling)
    agreed = (Consent.NOT_NEEDED, Consent.GIVEN)
    mine = sum(one.people or 0 for one in seen.communities if one.own and one.consent in agreed)
    counted = [one.community_id for one in seen.communities if one.people]
    currency = DEFAULT_CURRENCY if shape.ceiling is None else shape.ceiling.currency
    return (
        *explain(shown),
        *say_words(words_in_common(signal.text for signal in own)),
        *say_shares(mine, seen.people - mine, exact=seen.people_exact),
        *say_gain(uow.prices.of(seen.pool.category), seen.people, counted, currency),
    )


def _shape_of(own: Sequence[Signal], part: Participation, uow: "DemandUnitOfWork") -> Shape | None:
    common = uow.merger.common(own) if own else None
    if common is None or isinstance(common, Misfit):
        return None
    ceiling = smallest_ceiling(own, [replace(part, consent=Consent.NOT_NEEDED)])
    return Shape(common.area, common.windows, common.minutes, ceiling)


def _left_out(
    pool: Pool, part: Participation, mine: Sequence[Signal], apart: Sequence[Signal], uow: "DemandUnitOfWork"
) -> tuple[LeftOut, ...]:
    if pool.state is not PoolState.GATHERING or not (mine or part.consent is Consent.REFUSED):
        return ()
    candidate = Candidate(pool, tuple(mine))
    others = [one for one in apart if one.category == pool.category and one.pool_id != pool.pool_id]
    return tuple(LeftOut(one.signal_id, one.pool_id, _why_apart(one, part, candidate, uow)) for one in others)


def _why_apart(signal: Signal, part: Participation, candidate: Candidate, uow: "DemandUnitOfWork") -> Sentence:
    """Say why in the light of the own signals only: what others want and allow is not to be found out like this."""
    if part.consent is Consent.REFUSED:
        return POLICY
    misfit = uow.merger.misfit(signal, candidate, uow.clock.now())
    return CHOSE_ANOTHER if misfit is None else misfit.why


def _own_gathering(pools: Sequence[Pool], caller: Caller, uow: "DemandUnitOfWork") -> Sequence[Signal]:
    categories = {pool.category for pool in pools if pool.state is PoolState.GATHERING}
    if caller.community_id is None or not categories:
        return ()
    return uow.signals.gathering(caller.community_id, categories, LEFT_OUT_LIMIT)
