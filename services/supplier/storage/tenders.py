"""Loading and saving tenders, negotiations and agreements."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from services.supplier.domain.agreements import Agreement
from services.supplier.domain.negotiations import Negotiation
from services.supplier.domain.tender_life import LIVE, OPEN_TALKS
from services.supplier.domain.tender_ranking import Ranked
from services.supplier.domain.tenders import Tender
from services.supplier.storage import tender_rows as rows
from services.supplier.storage import tender_tables as tables


class Tenders:
    """Tenders, each guarded by its category and its own row."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, tender: Tender) -> None:
        """Keep a new one."""
        self._connection.execute(insert(tables.tenders).values(rows.tender_values(tender)))

    def find(self, tender_id: UUID, *, lock: bool = False) -> Tender | None:
        """Return it, locked until the commit if so wished, or None."""
        statement = select(tables.tenders).where(tables.tenders.c.tender_id == tender_id)
        row = self._connection.execute(_locked(statement, lock)).one_or_none()
        return rows.tender_of(row) if row else None

    def save(self, tender: Tender) -> None:
        """Keep its new state."""
        statement = update(tables.tenders).where(tables.tenders.c.tender_id == tender.tender_id)
        self._connection.execute(statement.values(rows.tender_values(tender)))

    def live_of(self, pool_id: UUID) -> Tender | None:
        """Return the tender of a pool that is under way, unlocked, or None."""
        table = tables.tenders.c
        live = table.state.in_([str(state) for state in LIVE])
        row = self._connection.execute(select(tables.tenders).where(table.pool_id == pool_id, live)).one_or_none()
        return rows.tender_of(row) if row else None

    def count_of(self, pool_id: UUID) -> int:
        """Return how many tenders the pool has had."""
        statement = select(func.count()).where(tables.tenders.c.pool_id == pool_id)
        return self._connection.execute(statement).scalar_one()

    def keep_ranking(self, tender_id: UUID, ranking: Sequence[Ranked]) -> None:
        """Keep in which order the bids were, and why."""
        statement = update(tables.tenders).where(tables.tenders.c.tender_id == tender_id)
        self._connection.execute(statement.values(ranking=[rows.ranked_values(ranked) for ranked in ranking]))

    def ranking_of(self, tender_id: UUID) -> tuple[Ranked, ...]:
        """Return the ranking, empty until bids are opened."""
        statement = select(tables.tenders.c.ranking).where(tables.tenders.c.tender_id == tender_id)
        found = self._connection.execute(statement).scalar_one_or_none()
        return tuple(rows.ranked_of(json) for json in found or ())


class Negotiations:
    """Negotiations, each guarded by its tender."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, negotiation: Negotiation) -> None:
        """Keep a new one."""
        self._connection.execute(insert(tables.negotiations).values(rows.negotiation_values(negotiation)))

    def find(self, negotiation_id: UUID) -> Negotiation | None:
        """Return it or None."""
        return self._one(tables.negotiations.c.negotiation_id == negotiation_id)

    def about(self, bid_id: UUID) -> Negotiation | None:
        """Return that about a bid, or None."""
        return self._one(tables.negotiations.c.bid_id == bid_id)

    def save(self, negotiation: Negotiation) -> None:
        """Keep its new state."""
        table = tables.negotiations
        statement = update(table).where(table.c.negotiation_id == negotiation.negotiation_id)
        self._connection.execute(statement.values(rows.negotiation_values(negotiation)))

    def open_of(self, tender_id: UUID) -> list[Negotiation]:
        """Return those of a tender that can still come to something, by id."""
        table = tables.negotiations
        is_open = table.c.state.in_([str(state) for state in OPEN_TALKS])
        statement = select(table).where(table.c.tender_id == tender_id, is_open).order_by(table.c.negotiation_id)
        return [rows.negotiation_of(row) for row in self._connection.execute(statement)]

    def of(self, tender_id: UUID) -> dict[UUID, Negotiation]:
        """Return all of a tender by the bid that they are about."""
        table = tables.negotiations
        found = self._connection.execute(select(table).where(table.c.tender_id == tender_id))
        return {row.bid_id: rows.negotiation_of(row) for row in found}

    def _one(self, condition: ColumnElement[bool]) -> Negotiation | None:
        row = self._connection.execute(select(tables.negotiations).where(condition)).one_or_none()
        return rows.negotiation_of(row) if row else None


class Agreements:
    """What was agreed; it is added once and never changed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, agreement: Agreement) -> None:
        """Keep a new one."""
        self._connection.execute(insert(tables.agreements).values(rows.agreement_values(agreement)))

    def find(self, agreement_id: UUID) -> Agreement | None:
        """Return it or None."""
        return self._one(tables.agreements.c.agreement_id == agreement_id)

    def of(self, tender_id: UUID) -> Agreement | None:
        """Return that to which a tender came, or None."""
        return self._one(tables.agreements.c.tender_id == tender_id)

    def _one(self, condition: ColumnElement[bool]) -> Agreement | None:
        row = self._connection.execute(select(tables.agreements).where(condition)).one_or_none()
        return rows.agreement_of(row) if row else None


def _locked(statement: Select, lock: bool) -> Select:
    return statement.with_for_update(key_share=True) if lock else statement
