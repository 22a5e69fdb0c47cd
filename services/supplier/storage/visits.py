"""Loading and saving visit plans and their homes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.kernel.timespan import Timespan
from services.supplier.domain.visits import wire
from services.supplier.domain.visits.plans import Job, PlanState, VisitHome, VisitPlan
from services.supplier.storage.visit_tables import visit_homes as homes
from services.supplier.storage.visit_tables import visit_plans as plans

Values = dict[str, Any]


class VisitPlans:
    """The visit plans, within one transaction. ``changed`` tells that there may be something to search for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.changed = 0

    def add(self, plan: VisitPlan) -> None:
        """Keep a new one."""
        self._connection.execute(insert(plans).values(plan_values(plan)))
        self.changed += 1

    def find(self, plan_id: UUID, *, lock: bool = False) -> VisitPlan | None:
        """Return it, locked until the commit if so wished, or None."""
        statement = select(plans).where(plans.c.plan_id == plan_id)
        statement = statement.with_for_update(key_share=True) if lock else statement
        row = self._connection.execute(statement).one_or_none()
        return plan_of(row) if row else None

    def of_match(self, match_id: UUID) -> VisitPlan | None:
        """Return that of a match, or None."""
        row = self._connection.execute(select(plans).where(plans.c.match_id == match_id)).one_or_none()
        return plan_of(row) if row else None

    def save(self, plan: VisitPlan) -> None:
        """Keep its new state."""
        statement = update(plans).where(plans.c.plan_id == plan.plan_id)
        self._connection.execute(statement.values(plan_values(plan)))
        self.changed += 1

    def take_due(self, now: datetime, most: int) -> list[VisitPlan]:
        """Return plans that wait for a search, locked; those that others take are left out."""
        due = select(plans).where(plans.c.due_at <= now).order_by(plans.c.due_at).limit(most)
        found = self._connection.execute(due.with_for_update(skip_locked=True, key_share=True))
        return [plan_of(row) for row in found]

    def next_due(self) -> datetime | None:
        """Return when the next search may be taken up."""
        return self._connection.execute(select(func.min(plans.c.due_at))).scalar_one()

    def progress(self, plan_id: UUID, version: int, percent: int) -> None:
        """Note how far the search for a version is; one that is over takes no notice."""
        same = (plans.c.plan_id == plan_id, plans.c.version == version, plans.c.state == str(PlanState.SOLVING))
        self._connection.execute(update(plans).where(*same).values(percent=percent))


class VisitHomes:
    """The homes of visit plans."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, added: Sequence[VisitHome]) -> None:
        """Keep new ones."""
        if added:
            self._connection.execute(insert(homes), [home_values(one) for one in added])

    def of(self, plan_id: UUID) -> list[VisitHome]:
        """Return those of a plan, in the order in which they came."""
        statement = select(homes).where(homes.c.plan_id == plan_id).order_by(homes.c.home_id)
        return [home_of(row) for row in self._connection.execute(statement)]

    def save(self, changed: Iterable[VisitHome]) -> None:
        """Keep what homes were told."""
        values = [home_values(one) for one in changed]
        if values:
            statement = upsert(homes)
            set_ = {"home": statement.excluded.home}
            self._connection.execute(statement.on_conflict_do_update(index_elements=["home_id"], set_=set_), values)

    def drop(self, home_ids: Iterable[str]) -> None:
        """Delete homes."""
        self._connection.execute(delete(homes).where(homes.c.home_id.in_([UUID(one) for one in home_ids])))

    def forget(self, plan_id: UUID) -> None:
        """Delete all homes of a plan."""
        self._connection.execute(delete(homes).where(homes.c.plan_id == plan_id))


def plan_of(row: Row) -> VisitPlan:
    """Read a row of ``visit_plans``."""
    return VisitPlan(
        plan_id=row.plan_id,
        match_id=row.match_id,
        supplier_id=row.supplier_id,
        community_ids=tuple(row.community_ids),
        service=Timespan(row.service_starts_at, row.service_ends_at),
        state=PlanState(row.state),
        version=row.version,
        crews=tuple(wire.crew_of(crew, "crew") for crew in row.crews),
        travel=wire.travel_of(row.travel, "travel"),
        zone=row.zone,
        seconds=row.seconds,
        released=frozenset(row.released),
        plan=wire.plan_of(row.plan) if row.plan else None,
        moved=tuple(row.moved),
        failure=row.failure,
        job=Job(row.due_at, row.attempts, row.percent) if row.due_at else None,
        created_at=row.created_at,
    )


def plan_values(plan: VisitPlan) -> Values:
    """Write a row of ``visit_plans``."""
    job = plan.job
    return {
        "plan_id": plan.plan_id,
        "match_id": plan.match_id,
        "supplier_id": plan.supplier_id,
        "community_ids": list(plan.community_ids),
        "service_starts_at": plan.service.start,
        "service_ends_at": plan.service.end,
        "state": str(plan.state),
        "version": plan.version,
        "crews": [wire.crew_wire(crew) for crew in plan.crews],
        "travel": wire.travel_wire(plan.travel),
        "zone": plan.zone,
        "seconds": plan.seconds,
        "released": sorted(plan.released),
        "plan": wire.plan_wire(plan.plan) if plan.plan else None,
        "moved": list(plan.moved),
        "failure": plan.failure,
        "due_at": job.due_at if job else None,
        "attempts": job.attempts if job else 0,
        "percent": job.percent if job else 0,
        "created_at": plan.created_at,
    }


def home_of(row: Row) -> VisitHome:
    """Read a row of ``visit_homes``."""
    return VisitHome(row.plan_id, row.community_id, wire.home_of(row.home, "home"))


def home_values(it: VisitHome) -> Values:
    """Write a row of ``visit_homes``."""
    ids = {"home_id": UUID(it.home_id), "plan_id": it.plan_id, "community_id": it.community_id}
    return {**ids, "home": wire.home_wire(it.home)}
