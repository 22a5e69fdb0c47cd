"""Loading and saving what the registry keeps."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.supplier.domain.admission import Admission, AdmissionPolicy, Limits
from services.supplier.domain.model import Supplier, SupplierState
from services.supplier.domain.registration import Authority, Hand, Registration, StandingChange, Why
from services.supplier.domain.registry import Act, Grade, Stage, SupplierStanding
from services.supplier.domain.reminders import Reminder
from services.supplier.storage.registry_tables import admission_policies, registrations, reminders, standing_changes

Values = dict[str, Any]


class Registrations:
    """Where suppliers stand, and where they stood."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, supplier: Supplier) -> Registration:
        """Return that of a supplier whose row is locked."""
        table = registrations
        statement = select(table).where(table.c.supplier_id == supplier.supplier_id).with_for_update(key_share=True)
        row = self._connection.execute(statement).one_or_none()
        return _registration_of(row) if row else assumed(supplier)

    def of(self, supplier: Supplier) -> Registration:
        """Return that of a supplier."""
        statement = select(registrations).where(registrations.c.supplier_id == supplier.supplier_id)
        row = self._connection.execute(statement).one_or_none()
        return _registration_of(row) if row else assumed(supplier)

    def save(self, one: Registration) -> None:
        """Keep it, new or changed."""
        values = {name: getattr(one, name) for name in Registration.__dataclass_fields__}
        values |= {"hand": str(one.hand), "grade": str(one.grade)}
        values["authority"] = None if one.authority is None else int(one.authority)
        statement = upsert(registrations).values(values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["supplier_id"], set_=values))

    def note(self, change: StandingChange) -> None:
        """Add a line to the history."""
        why = {name: getattr(change.why, name) for name in Why.__dataclass_fields__}
        values = {"supplier_id": change.supplier_id, "number": change.number, "at": change.at, "why": why}
        steps = {"before": str(change.before), "stage": str(change.stage), "act": str(change.act)}
        self._connection.execute(insert(standing_changes).values(**values, **steps, decided_by=change.by))

    def history(self, supplier_id: UUID) -> list[StandingChange]:
        """Return its lines, the oldest first."""
        table = standing_changes
        statement = select(table).where(table.c.supplier_id == supplier_id).order_by(table.c.number)
        return [_change_of(row) for row in self._connection.execute(statement)]


def assumed(supplier: Supplier) -> Registration:
    """Return that of a supplier which nobody has decided about: admitted, as all were before there were reviews."""
    held = supplier.state is SupplierState.SUSPENDED
    return Registration(
        supplier_id=supplier.supplier_id,
        community_id=supplier.community_id,
        admitted=True,
        reviewing=False,
        hand=Hand.SUSPENDED if held else Hand.NONE,
        authority=Authority.COMMUNITY if held else None,
        grade=Grade.PROBATION,
        grade_version=0,
        since=supplier.created_at,
        version=1,
    )


def _registration_of(row: Row) -> Registration:
    values = {name: getattr(row, name) for name in Registration.__dataclass_fields__}
    authority = None if row.authority is None else Authority(row.authority)
    return Registration(**{**values, "hand": Hand(row.hand), "authority": authority, "grade": Grade(row.grade)})


def _change_of(row: Row) -> StandingChange:
    steps = (Stage(row.before), Stage(row.stage), Act(row.act))
    return StandingChange(row.supplier_id, row.number, *steps, row.at, row.decided_by, Why(**row.why))


class Admissions:
    """What communities ask of the suppliers that they register."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def many(self, community_ids: Collection[UUID]) -> dict[UUID, AdmissionPolicy]:
        """Return those that were set."""
        table = admission_policies
        statement = select(table).where(table.c.community_id.in_(community_ids))
        return {row.community_id: _policy_of(row) for row in self._connection.execute(statement)}

    def of(self, community_id: UUID, default: str) -> AdmissionPolicy:
        """Return that of a community, or the default of a node whose setting is ``default``."""
        return self.many([community_id]).get(community_id) or AdmissionPolicy.default(community_id, default)

    def save(self, policy: AdmissionPolicy) -> None:
        """Keep it, new or changed."""
        limits = {str(standing): _limits_values(one) for standing, one in policy.limits.items()}
        values: Values = {
            "community_id": policy.community_id,
            "mode": str(policy.mode),
            "required_papers": list(policy.required_papers),
            "remind_days": list(policy.remind_days),
            "limits": limits,
            "version": policy.version,
        }
        statement = upsert(admission_policies).values(values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["community_id"], set_=values))


def _limits_values(one: Limits) -> Values:
    return {"live_matches": one.live_matches, "largest_group": one.largest_group}


def _policy_of(row: Row) -> AdmissionPolicy:
    limits = {SupplierStanding(standing): Limits(**one) for standing, one in row.limits.items()}
    lists = (tuple(row.required_papers), tuple(row.remind_days))
    return AdmissionPolicy(row.community_id, Admission(row.mode), *lists, limits, row.version)


class Reminders:
    """What suppliers were told of papers that run out."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, reminder: Reminder) -> bool:
        """Keep a new one; return False where it was told before."""
        values = {name: getattr(reminder, name) for name in Reminder.__dataclass_fields__}
        return self._connection.execute(upsert(reminders).values(values).on_conflict_do_nothing()).rowcount == 1
