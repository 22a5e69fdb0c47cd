"""The log: entries as the caller may read them, and proofs for everybody."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.reputation import outbound
from services.reputation.domain.log_commands import ListEntries, ListHeads, ProveConsistency, ProveInclusion
from services.reputation.domain.log_entries import KINDS, Audience
from services.reputation.domain.merkle import EMPTY, Span, consistency_spans, inclusion_spans, prove
from services.reputation.domain.tiles import Tiles, node_from, tiles_of
from services.reputation.storage.log_tables import log_entries, log_heads
from services.reputation.storage.tables import suppliers
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from services.reputation.views.sight import sees_supplier

PAGE = 1_000  # entries or heads of one answer


def list_log_entries(question: ListEntries, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return entries, each with its leaf; what it says is told to who may read it."""
    size = uow.log.size()
    wanted = size if question.end is None else min(question.end, size)
    first, end = question.first, min(wanted, question.first + PAGE)
    columns = log_entries.c
    query = (
        select(columns.index, columns.commitment, columns.record, columns.salt, may_read(question.caller).label("may"))
        .where(columns.index >= first, columns.index < end)
        .order_by(columns.index)
    )
    rows = uow.connection.execute(query).mappings()
    items = [outbound.log.entry(row, readable=row["may"]) for row in rows]
    return {"from": first, "to": max(first, end), "size": size, "items": items}


def list_log_heads(question: ListHeads, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the signed heads of trees larger than ``beyond``, the smallest first."""
    query = select(log_heads).where(log_heads.c.size > question.beyond).order_by(log_heads.c.size).limit(PAGE + 1)
    rows = uow.connection.execute(query).mappings().all()
    return outbound.log.heads(rows[:PAGE], more=len(rows) > PAGE)


def get_inclusion_proof(question: ProveInclusion, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the hashes that prove an entry to be in a tree."""
    index, size = question.index, _size(question.size, "size", uow)
    if index >= size:
        problem = f"is {index}, and the tree has {size} entries"
        raise InvalidError("index", problem, f"a whole number from 0 to {size - 1}" if size else "an entry first")
    spans = inclusion_spans(index, size)
    tiles = uow.log.tiles(tiles_of([*spans, Span(index, index + 1), Span(0, size)]))
    return {
        "index": index,
        "size": size,
        "leaf_hash": _hash(Span(index, index + 1), tiles).hex(),
        "root": _hash(Span(0, size), tiles).hex(),
        "hashes": _proof(spans, tiles),
    }


def get_consistency_proof(question: ProveConsistency, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the hashes that prove a tree to be the start of another one."""
    first, second = question.first, _size(question.second, "to", uow)
    if first > second:
        raise InvalidError("from", f"is {first}, more than {second}", f"a whole number from 0 to {second}")
    spans = consistency_spans(first, second) if first else []
    tiles = uow.log.tiles(tiles_of([*spans, Span(0, first), Span(0, second)]))
    return {
        "from": first,
        "to": second,
        "from_root": _hash(Span(0, first), tiles).hex(),
        "to_root": _hash(Span(0, second), tiles).hex(),
        "hashes": _proof(spans, tiles),
    }


def may_read(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the caller may read what the row of ``log_entries`` says."""
    if caller.is_node_operator:
        return true()
    columns = log_entries.c
    watches = caller.manages or caller.role is Role.QUALITY_SUPERVISOR
    ours = columns.community_id == caller.community_id if watches and caller.community_id else false()
    supplier = exists().where(suppliers.c.supplier_id == columns.supplier_id, sees_supplier(caller))
    return or_(
        and_(columns.kind.in_(_kinds(Audience.COMMUNITY)), ours),
        and_(columns.kind.in_(_kinds(Audience.SUPPLIER)), supplier),
        columns.kind.in_(_kinds(Audience.EVERYBODY)),
    )


def _kinds(audience: Audience) -> list[str]:
    return [name for name, kind in KINDS.items() if kind.audience is audience]


def _size(asked: int | None, field: str, uow: ReputationUnitOfWork) -> int:
    if asked is None:
        head = uow.log.latest_head()
        return 0 if head is None else head["size"]
    if asked > (known := uow.log.size()):
        raise InvalidError(field, f"is {asked}, and the log has {known} entries", f"a whole number from 0 to {known}")
    return asked


def _hash(span: Span, tiles: Tiles) -> bytes:
    return span.hashed(lambda node: node_from(tiles, node)) if span.end > span.start else EMPTY


def _proof(spans: list[Span], tiles: Tiles) -> list[str]:
    return [one.hex() for one in prove(spans, lambda node: node_from(tiles, node))]
