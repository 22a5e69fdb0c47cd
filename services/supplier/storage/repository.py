"""Loading and saving suppliers, their papers, and the copies of what others know.

Rows are locked with FOR NO KEY UPDATE, which does not stand in the way of foreign keys. Locks are taken in one order:
category, pool, supplier, offer, match, slot; within a table by id. Vacancies are guarded by their category.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.supplier.domain.model import Qualification, QualificationState, Score, Supplier
from services.supplier.domain.pools import PoolCopy, PoolState
from services.supplier.domain.procedures import Procedure
from services.supplier.storage import rows, tables
from services.supplier.storage.permissions import Permissions


class Suppliers:
    """The registered suppliers, each with the grants that are live."""

    def __init__(self, connection: Connection, permissions: Permissions) -> None:
        self._connection = connection
        self._permissions = permissions

    def add(self, supplier: Supplier) -> None:
        """Keep a new one."""
        self._connection.execute(insert(tables.suppliers).values(rows.supplier_values(supplier)))

    def find(self, supplier_id: UUID, *, lock: bool = False) -> Supplier | None:
        """Return it, locked until the commit if so wished, or None."""
        statement = select(tables.suppliers).where(tables.suppliers.c.supplier_id == supplier_id)
        return self._with_grants(_locked(statement, lock)).get(supplier_id)

    def keep(self, supplier_id: UUID) -> Supplier | None:
        """Return it, so locked that others may book it too but nobody takes a permission back before the commit."""
        statement = select(tables.suppliers).where(tables.suppliers.c.supplier_id == supplier_id)
        return self._with_grants(statement.with_for_update(read=True)).get(supplier_id)

    def save(self, supplier: Supplier) -> None:
        """Keep its new state."""
        statement = update(tables.suppliers).where(tables.suppliers.c.supplier_id == supplier.supplier_id)
        self._connection.execute(statement.values(rows.supplier_values(supplier)))

    def lock(self, supplier_ids: Collection[UUID]) -> None:
        """Lock them until the commit, by id."""
        table = tables.suppliers.c
        statement = select(table.supplier_id).where(table.supplier_id.in_(supplier_ids)).order_by(table.supplier_id)
        self._connection.execute(_locked(statement, True)).all()

    def many(self, supplier_ids: Collection[UUID]) -> dict[UUID, Supplier]:
        """Return those of the ids."""
        statement = select(tables.suppliers).where(tables.suppliers.c.supplier_id.in_(supplier_ids))
        return self._with_grants(statement)

    def _with_grants(self, statement: Select) -> dict[UUID, Supplier]:
        found = {row.supplier_id: row for row in self._connection.execute(statement)}
        # After the rows, which may have been waited for: a grant that ended meanwhile is not among them any more.
        grants = self._permissions.live_of(list(found))
        return {id_: rows.supplier_of(row, grants.get(id_, ())) for id_, row in found.items()}


class Qualifications:
    """The papers of suppliers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, qualification: Qualification) -> None:
        """Keep a new one."""
        self._connection.execute(insert(tables.qualifications).values(rows.qualification_values(qualification)))

    def find(self, qualification_id: UUID, *, lock: bool = False) -> Qualification | None:
        """Return it, locked until the commit if so wished, or None."""
        table = tables.qualifications
        statement = select(table).where(table.c.qualification_id == qualification_id)
        row = self._connection.execute(_locked(statement, lock)).one_or_none()
        return rows.qualification_of(row) if row else None

    def save(self, qualification: Qualification) -> None:
        """Keep its new state."""
        table = tables.qualifications
        statement = update(table).where(table.c.qualification_id == qualification.qualification_id)
        self._connection.execute(statement.values(rows.qualification_values(qualification)))

    def valid_kinds(self, supplier_ids: Collection[UUID], now: datetime) -> dict[UUID, frozenset[str]]:
        """Return the kinds of which each supplier has an approved paper that has not run out."""
        table = tables.qualifications
        statement = (
            select(table.c.supplier_id, func.array_agg(table.c.kind).label("kinds"))
            .where(table.c.supplier_id.in_(supplier_ids), table.c.expires_at > now)
            .where(table.c.state == str(QualificationState.APPROVED))
            .group_by(table.c.supplier_id)
        )
        return {row.supplier_id: frozenset(row.kinds) for row in self._connection.execute(statement)}

    def of_kind(self, supplier_id: UUID, kind: str) -> list[Qualification]:
        """Return the papers of a kind, unlocked, the oldest first."""
        table = tables.qualifications
        statement = select(table).where(table.c.supplier_id == supplier_id, table.c.kind == kind)
        return [rows.qualification_of(row) for row in self._connection.execute(statement.order_by(table.c.created_at))]


class Pools:
    """The copies of pools."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock_category(self, category: str) -> None:
        """Let nobody else match, or change what is offered, in the category before the commit.

        Without it a pool that becomes ready while an offer is published could miss the offer and be missed by it.
        """
        key = func.hashtextextended(f"supplier.category/{category}", 0)
        self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    def find(self, pool_id: UUID, *, lock: bool = False) -> PoolCopy | None:
        """Return the copy, locked until the commit if so wished, or None."""
        table = tables.pools
        row = self._connection.execute(_locked(select(table).where(table.c.pool_id == pool_id), lock)).one_or_none()
        return _pool_copy(row) if row else None

    def save(self, copy: PoolCopy) -> None:
        """Keep the copy, new or changed."""
        values = {
            "version": copy.version,
            "state": str(copy.state),
            "category": copy.category,
            "pool": rows.pool_values(copy.pool) if copy.pool else None,
            "reasons": dict(copy.reasons) if copy.reasons is not None else None,
            "procedure": str(copy.procedure),
        }
        statement = upsert(tables.pools).values(pool_id=copy.pool_id, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["pool_id"], set_=values))

    def open_in(self, categories: Iterable[str]) -> list[UUID]:
        """Return the pools of these categories that look for a supplier."""
        table = tables.pools
        statement = select(table.c.pool_id).where(table.c.category.in_(list(categories)), table.c.state == "open")
        return list(self._connection.execute(statement.order_by(table.c.pool_id)).scalars())

    def waiting_for_round(self, category: str) -> list[PoolCopy]:
        """Return the pools of a category that get their supplier in a matching round and have none, by id."""
        table = tables.pools
        waiting = (table.c.category == category, table.c.state == "open", table.c.procedure == str(Procedure.ROUND))
        statement = select(table).where(*waiting, table.c.pool.is_not(None)).order_by(table.c.pool_id)
        return [_pool_copy(row) for row in self._connection.execute(statement)]


class Communities:
    """The ids of the communities of this node, as far as word of them has come."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, community_id: UUID) -> None:
        """Remember one, new or known."""
        self._connection.execute(upsert(tables.communities).values(community_id=community_id).on_conflict_do_nothing())

    def unknown_among(self, community_ids: Collection[UUID]) -> list[UUID]:
        """Return those that are not known."""
        column = tables.communities.c.community_id
        known = set(self._connection.execute(select(column).where(column.in_(community_ids))).scalars())
        return sorted(set(community_ids) - known)


class Scores:
    """The copies of scores."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, score: Score) -> None:
        """Keep the score unless a newer one is known."""
        values = {name: getattr(score, name) for name in ("version", "score", "reviews", "low", "high")}
        statement = upsert(tables.scores).values(supplier_id=score.supplier_id, **values)
        newer = statement.on_conflict_do_update(
            index_elements=["supplier_id"], set_=values, where=tables.scores.c.version < statement.excluded.version
        )
        self._connection.execute(newer)

    def many(self, supplier_ids: Collection[UUID]) -> dict[UUID, Score]:
        """Return those of the suppliers that have one."""
        statement = select(tables.scores).where(tables.scores.c.supplier_id.in_(supplier_ids))
        return {row.supplier_id: rows.score_of(row) for row in self._connection.execute(statement)}


def _pool_copy(row: Row) -> PoolCopy:
    pool = rows.pool_of(row.pool_id, row.pool) if row.pool else None
    procedure = Procedure(row.procedure)
    return PoolCopy(row.pool_id, row.version, PoolState(row.state), row.category, pool, row.reasons, procedure)


def _locked(statement: Select, lock: bool) -> Select:
    return statement.with_for_update(key_share=True) if lock else statement
