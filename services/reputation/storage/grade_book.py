"""Grades in PostgreSQL: how suppliers stand, what they delivered, changes, policies, appeals."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.kernel.clock import Clock
from services.reputation.domain.grading import DEFAULT, Delivery, Grade, GradePolicy, GradeState, Marks, Told, policy_of
from services.reputation.domain.grading.appeals import Appeal, AppealState, PastChange
from services.reputation.domain.score import TWELFTHS
from services.reputation.storage.grade_tables import (
    grade_appeals,
    grade_changes,
    grade_deliveries,
    grade_policies,
    grades,
)
from services.reputation.storage.tables import reviews, scores, suppliers

_STATE = ("grade", "since", "before", "held_until", "suspensions", "seen_standing")
_APPEAL = (
    *("appeal_id", "supplier_id", "change_id", "grade", "text", "filed_at", "answer_by"),
    *("state", "corrected", "reason", "decided_at"),
)


class GradeBook:
    """The grades, within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    # How a supplier stands

    def lock(self, supplier_id: UUID) -> GradeState:
        """Return how a supplier stands and lock it; one that was not known is on probation from now on."""
        fresh = {"supplier_id": supplier_id, "grade": str(Grade.PROBATION), "since": self._clock.now()}
        self._connection.execute(insert(grades).values(fresh).on_conflict_do_nothing())
        query = select(grades).where(grades.c.supplier_id == supplier_id).with_for_update()
        return _state(self._connection.execute(query).one())

    def find(self, supplier_id: UUID) -> GradeState | None:
        """Return how a supplier stands, if it was ever looked at."""
        row = self._connection.execute(select(grades).where(grades.c.supplier_id == supplier_id)).one_or_none()
        return None if row is None else _state(row)

    def save(self, state: GradeState) -> None:
        """Keep how a supplier stands now."""
        values = {name: getattr(state, name) for name in _STATE}
        self._connection.execute(update(grades).where(grades.c.supplier_id == state.supplier_id).values(values))

    def told(self, supplier_id: UUID) -> Told | None:
        """Return the score that was told last."""
        row = self._connection.execute(select(scores).where(scores.c.supplier_id == supplier_id)).one_or_none()
        return None if row is None or row.score is None else Told(row.score, row.low, row.high, row.reviews)

    def community_of(self, supplier_id: UUID) -> UUID | None:
        """Return which community registered a supplier."""
        query = select(suppliers.c.community_id).where(suppliers.c.supplier_id == supplier_id)
        return self._connection.execute(query).scalar_one_or_none()

    # Changes

    def add_change(self, change_id: UUID, supplier_id: UUID, values: dict[str, Any]) -> None:
        """Keep a change of a grade; changes stay."""
        row = {"change_id": change_id, "supplier_id": supplier_id, "at": self._clock.now(), **values}
        self._connection.execute(insert(grade_changes).values(row))

    def changes(self, supplier_id: UUID, most: int) -> list[dict[str, Any]]:
        """Return the last changes of a supplier, newest first."""
        query = select(grade_changes).where(grade_changes.c.supplier_id == supplier_id)
        newest = query.order_by(grade_changes.c.change_id.desc()).limit(most)
        return [dict(row) for row in self._connection.execute(newest).mappings()]

    def last_change(self, supplier_id: UUID) -> PastChange | None:
        """Return the last change, as an appeal needs it."""
        found = self.changes(supplier_id, 1)
        if not found:
            return None
        last = found[0]
        return PastChange(last["change_id"], Grade(last["grade"]), Grade(last["before"]), last["at"])

    # Deliveries

    def note_settled(self, supplier_id: UUID, campaign_id: UUID, at: datetime, commitments: int, lost: int) -> None:
        """Note how a campaign was settled; news that come again change nothing."""
        fixed = {"at": at, "commitments": commitments, "disputes_lost": lost}
        row = {"supplier_id": supplier_id, "campaign_id": campaign_id, **fixed}
        statement = insert(grade_deliveries).values(row)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["campaign_id", "supplier_id"], set_=fixed)
        )

    def note_withdrawn(self, supplier_id: UUID, campaign_id: UUID, at: datetime) -> None:
        """Note that a supplier withdrew from a campaign."""
        row = {"supplier_id": supplier_id, "campaign_id": campaign_id, "at": at, "withdrew": True}
        statement = insert(grade_deliveries).values(row)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["campaign_id", "supplier_id"], set_={"withdrew": True})
        )

    def seen(self, state: GradeState, policy: GradePolicy, now: datetime) -> list[Delivery]:
        """Return the deliveries of the policy's window, and those since the last change if that was before it."""
        start = now - timedelta(days=policy.window_days)
        return self.deliveries(state.supplier_id, min(start, state.since))

    def deliveries(self, supplier_id: UUID, after: datetime) -> list[Delivery]:
        """Return what a supplier delivered after a time, with what each community says of it."""
        table = grade_deliveries.c
        query = select(grade_deliveries).where(table.supplier_id == supplier_id, table.at > after).order_by(table.at)
        rows = self._connection.execute(query).all()
        said = self._marks(supplier_id, [row.campaign_id for row in rows])
        return [
            Delivery(
                row.campaign_id,
                row.at,
                row.commitments,
                row.disputes_lost,
                row.withdrew,
                row.counted,
                said.get(row.campaign_id),
            )
            for row in rows
        ]

    def _marks(self, supplier_id: UUID, campaigns: Sequence[UUID]) -> dict[UUID, dict[UUID, Marks]]:
        columns = reviews.c.campaign_id, reviews.c.community_id
        query = (
            select(*columns, func.count().label("reviews"), func.sum(reviews.c.twelfths).label("total"))
            .where(reviews.c.supplier_id == supplier_id, reviews.c.campaign_id == func.any(list(campaigns)))
            .group_by(*columns)
        )
        found: dict[UUID, dict[UUID, Marks]] = {}
        for row in self._connection.execute(query):
            mean = row.total / TWELFTHS / row.reviews
            found.setdefault(row.campaign_id, {})[row.community_id] = Marks(row.reviews, mean)
        return found

    def count(self, supplier_id: UUID, campaigns: Iterable[UUID]) -> None:
        """Note that deliveries have had their effect."""
        table = grade_deliveries
        ours = (table.c.supplier_id == supplier_id, table.c.campaign_id == func.any(list(campaigns)))
        self._connection.execute(update(table).where(*ours).values(counted=True))

    # The policy

    def policy(self) -> GradePolicy:
        """Return the policy of now."""
        query = select(grade_policies).order_by(grade_policies.c.version.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return DEFAULT if row is None else policy_of(row.policy, row.version)

    def add_policy(self, version: int, policy: dict[str, Any]) -> bool:
        """Keep a new version; return False if there is one of that number."""
        row = {"version": version, "policy": policy, "set_at": self._clock.now()}
        statement = insert(grade_policies).values(row).on_conflict_do_nothing().returning(grade_policies.c.version)
        return self._connection.execute(statement).one_or_none() is not None

    # Appeals

    def add_appeal(self, appeal: Appeal) -> None:
        """Keep a new appeal."""
        self._connection.execute(insert(grade_appeals).values({name: getattr(appeal, name) for name in _APPEAL}))

    def save_appeal(self, appeal: Appeal) -> None:
        """Keep what became of an appeal."""
        values = {name: getattr(appeal, name) for name in _APPEAL[6:]}
        statement = update(grade_appeals).where(grade_appeals.c.appeal_id == appeal.appeal_id)
        self._connection.execute(statement.values(values))

    def appeal(self, appeal_id: UUID, *, lock: bool = False) -> Appeal | None:
        """Return an appeal, locked if it is to be changed."""
        query = select(grade_appeals).where(grade_appeals.c.appeal_id == appeal_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        return None if row is None else _appeal(row)

    def appeals(self, supplier_id: UUID) -> list[Appeal]:
        """Return the appeals of a supplier, newest first."""
        query = select(grade_appeals).where(grade_appeals.c.supplier_id == supplier_id)
        return [_appeal(row) for row in self._connection.execute(query.order_by(grade_appeals.c.appeal_id.desc()))]


def _state(row: Any) -> GradeState:
    before = None if row.before is None else Grade(row.before)
    return GradeState(
        row.supplier_id, Grade(row.grade), row.since, before, row.held_until, row.suspensions, row.seen_standing
    )


def _appeal(row: Any) -> Appeal:
    values = {name: getattr(row, name) for name in _APPEAL}
    corrected = values.pop("corrected")
    grade, state = Grade(values.pop("grade")), AppealState(values.pop("state"))
    return Appeal(**values, grade=grade, state=state, corrected=None if corrected is None else Grade(corrected))
