"""Loading and saving matching rounds and what became of their pools."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.supplier.domain.explanation import Sentence
from services.supplier.domain.rounds import Figures, Job, Outcome, Round, RoundPool, RoundState, Why
from services.supplier.storage.round_tables import round_pools, rounds

Values = dict[str, Any]
LIVE = (str(RoundState.QUEUED), str(RoundState.SOLVING))


class Rounds:
    """The matching rounds, within one transaction. ``changed`` tells that there may be something to search for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.changed = 0

    def begin(self, one: Round) -> bool:
        """Keep a new one; return False where one of its category and currency is under way."""
        statement = upsert(rounds).values(round_values(one)).on_conflict_do_nothing()
        self.changed += 1
        return self._connection.execute(statement.returning(rounds.c.round_id)).first() is not None

    def live_of(self, category: str, currency: str) -> Round | None:
        """Return the one that is under way, or None."""
        same = (rounds.c.category == category, rounds.c.currency == currency, rounds.c.state.in_(LIVE))
        row = self._connection.execute(select(rounds).where(*same)).one_or_none()
        return round_of(row) if row else None

    def find(self, round_id: UUID, *, lock: bool = False) -> Round | None:
        """Return it, locked until the commit if so wished, or None."""
        statement = select(rounds).where(rounds.c.round_id == round_id)
        statement = statement.with_for_update(key_share=True) if lock else statement
        row = self._connection.execute(statement).one_or_none()
        return round_of(row) if row else None

    def save(self, one: Round) -> None:
        """Keep its new state."""
        self._connection.execute(update(rounds).where(rounds.c.round_id == one.round_id).values(round_values(one)))
        self.changed += 1

    def take_due(self, now: datetime, most: int) -> list[Round]:
        """Return rounds that wait for a search, locked; those that others take are left out."""
        due = select(rounds).where(rounds.c.due_at <= now).order_by(rounds.c.due_at).limit(most)
        found = self._connection.execute(due.with_for_update(skip_locked=True, key_share=True))
        return [round_of(row) for row in found]

    def next_due(self) -> datetime | None:
        """Return when the next search may be taken up."""
        return self._connection.execute(select(func.min(rounds.c.due_at))).scalar_one()

    def progress(self, attempt: Round, state: Mapping[str, object], until: datetime) -> None:
        """Note how far an attempt is, and that its lease is longer therefore; one that is over takes no notice."""
        table, number = rounds.c, attempt.job.attempts if attempt.job else 0
        same = (table.round_id == attempt.round_id, table.attempts == number, table.state == str(RoundState.SOLVING))
        self._connection.execute(update(rounds).where(*same).values(progress=dict(state), due_at=until))

    def gather(self, round_id: UUID, pools: Iterable[RoundPool]) -> None:
        """Let these be the pools of a round, whichever there were."""
        self._connection.execute(delete(round_pools).where(round_pools.c.round_id == round_id))
        values = [pool_values(one) for one in pools]
        if values:
            self._connection.execute(insert(round_pools), values)

    def pools_of(self, round_id: UUID) -> list[RoundPool]:
        """Return the pools of a round by id."""
        statement = select(round_pools).where(round_pools.c.round_id == round_id).order_by(round_pools.c.pool_id)
        return [pool_of(row) for row in self._connection.execute(statement)]


def round_of(row: Row) -> Round:
    """Read a row of ``rounds``."""
    return Round(
        round_id=row.round_id,
        category=row.category,
        currency=row.currency,
        community_id=row.community_id,
        state=RoundState(row.state),
        seconds=row.seconds,
        job=Job(row.due_at, row.attempts) if row.due_at else None,
        created_at=row.created_at,
        again=row.again,
        progress=row.progress,
        figures=Figures(**row.figures) if row.figures else None,
        failure=row.failure,
    )


def round_values(one: Round) -> Values:
    """Write a row of ``rounds``."""
    names = ("round_id", "category", "currency", "community_id", "seconds", "again", "failure", "created_at")
    return {
        **{name: getattr(one, name) for name in names},
        "state": str(one.state),
        "due_at": one.job.due_at if one.job else None,
        "attempts": one.job.attempts if one.job else 0,
        "progress": dict(one.progress),
        "figures": asdict(one.figures) if one.figures else None,
    }


def pool_of(row: Row) -> RoundPool:
    """Read a row of ``round_pools``."""
    why = row.why and Why(row.why["code"], Sentence(row.why["zh"], row.why["en"]), row.why["data"])
    return RoundPool(
        round_id=row.round_id,
        pool_id=row.pool_id,
        community_ids=tuple(row.community_ids),
        outcome=Outcome(row.outcome),
        match_id=row.match_id,
        why=why or None,
        reasons=row.reasons,
        possible=row.possible,
        competitors=row.competitors,
    )


def pool_values(one: RoundPool) -> Values:
    """Write a row of ``round_pools``."""
    why = one.why and {"code": one.why.code, **asdict(one.why.sentence), "data": dict(one.why.data)}
    names = ("round_id", "pool_id", "match_id", "possible", "competitors")
    return {
        **{name: getattr(one, name) for name in names},
        "community_ids": list(one.community_ids),
        "outcome": str(one.outcome),
        "why": why,
        "reasons": dict(one.reasons),
    }
