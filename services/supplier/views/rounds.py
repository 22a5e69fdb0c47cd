"""Matching rounds, each with the pools that the caller may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, false, func, or_, select, true

from services.kernel.caller import Caller
from services.supplier import outbound
from services.supplier.domain.errors import RoundNotFoundError
from services.supplier.domain.rounds import RoundCard
from services.supplier.storage.round_tables import round_pools, rounds
from services.supplier.storage.rounds import pool_of, round_of
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.views.suppliers import ById, Listing

Answer = dict[str, Any]


def round_pool_is_visible_to(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the caller may see the row of ``round_pools``: ``RoundPool.is_visible_to`` in SQL."""
    if caller.is_node_operator:
        return true()
    mine = caller.manages and caller.community_id
    return round_pools.c.community_ids.contains([caller.community_id]) if mine else false()


def round_is_visible_to(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the caller may know of the row of ``rounds``: its community asked for it, or has a pool in it."""
    if caller.is_node_operator:
        return true()
    if not caller.manages or caller.community_id is None:
        return false()
    mine = exists().where(round_pools.c.round_id == rounds.c.round_id, round_pool_is_visible_to(caller))
    return or_(rounds.c.community_id == caller.community_id, mine)


def get_round(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show one round; raise ``RoundNotFoundError``."""
    wanted = (rounds.c.round_id == question.id, round_is_visible_to(question.caller))
    row = uow.connection.execute(select(rounds).where(*wanted)).one_or_none()
    if row is None:
        raise RoundNotFoundError("there is no such matching round", round_id=str(question.id))
    return outbound.matching_round(_cards(uow, [row], question.caller)[row.round_id])


def list_rounds(question: Listing, uow: SupplierUnitOfWork) -> Answer:
    """Show the rounds in which the caller's community has or had a pool."""
    statement = select(rounds).where(round_is_visible_to(question.caller))
    found = list(uow.connection.execute(question.narrow(statement, rounds.c.round_id, category=rounds.c.category)))
    cards = _cards(uow, found, question.caller)
    return question.answer(found, lambda row: outbound.matching_round(cards[row.round_id]), "round_id")


def _cards(uow: SupplierUnitOfWork, found: list[Row], caller: Caller) -> dict[UUID, RoundCard]:
    ids = [row.round_id for row in found]
    of_these = round_pools.c.round_id.in_(ids)
    counted = select(round_pools.c.round_id, func.count().label("pools")).where(of_these)
    counts = {row.round_id: row.pools for row in uow.connection.execute(counted.group_by(round_pools.c.round_id))}
    mine = select(round_pools).where(of_these, round_pool_is_visible_to(caller)).order_by(round_pools.c.pool_id)
    pools = [pool_of(row) for row in uow.connection.execute(mine)]
    return {
        row.round_id: RoundCard(
            round_of(row),
            caller,
            tuple(pool for pool in pools if pool.round_id == row.round_id),
            counts.get(row.round_id, 0),
        )
        for row in found
    }
