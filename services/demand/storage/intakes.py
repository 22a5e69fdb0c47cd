"""Where intakes are found and kept, and what a community teaches."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import Connection, RowMapping, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.demand.domain.chat import Lessons
from services.demand.domain.intake.model import Intake, IntakeKind, IntakeState, PeopleRule
from services.demand.domain.intake.snapshots import Entry
from services.demand.domain.intake.templates import Template
from services.demand.domain.own_categories import OwnCategory
from services.demand.storage import intake_json as as_json
from services.demand.storage import intake_tables as tables
from services.demand.storage.saving import save


class Intakes:
    """The intakes, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, intake_id: UUID, lock: bool = False) -> Intake | None:
        """Return an intake or None; ``lock`` it to change it."""
        statement = select(tables.intakes).where(tables.intakes.c.intake_id == intake_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
        return None if row is None else intake_of(row)

    def save(self, intake: Intake) -> None:
        """Keep a new or changed intake."""
        row = {
            "intake_id": intake.intake_id,
            "community_id": intake.community_id,
            "kind": str(intake.kind),
            "state": str(intake.state),
            "title": intake.title,
            "chain_key": intake.chain_key,
            "terms": as_json.terms_json(intake.defaults, intake.people_rule),
            "rows": [as_json.row_json(one) for one in intake.rows],
            "groups": [as_json.group_json(one) for one in intake.groups],
            "warnings": list(intake.warnings),
            "raw": intake.raw,
            "version": intake.version,
            "created_at": intake.created_at,
            "decided_at": intake.decided_at,
        }
        save(self._connection, tables.intakes, "intake_id", row)

    def lock_source(self, community_id: UUID, chain_key: str) -> None:
        """Wait until nobody else commits a snapshot of the same source; let go at the commit."""
        key = func.hashtextextended(f"demand.source:{community_id}:{chain_key}", 0)
        self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    def entries(self, community_id: UUID, chain_key: str) -> Mapping[str, Entry]:
        """Return who stood in a source when it was last committed, by key."""
        table = tables.intake_entries
        names = ("key", "number", "nickname", "household", "member_id", "signal_id", "digest")
        statement = select(*(table.c[name] for name in names)).where(
            table.c.community_id == community_id, table.c.chain_key == chain_key
        )
        return {row["key"]: Entry(**row) for row in self._connection.execute(statement).mappings()}

    def save_entries(self, community_id: UUID, chain_key: str, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Keep who stands in a source now, and forget who is ``gone``."""
        table = tables.intake_entries
        if keys := list(gone):
            mine = (table.c.community_id == community_id, table.c.chain_key == chain_key, table.c.key.in_(keys))
            self._connection.execute(delete(table).where(*mine))
        rows = [{"community_id": community_id, "chain_key": chain_key, **asdict(one)} for one in entries]
        if rows:
            statement = upsert(table)
            key = ("community_id", "chain_key", "key")
            values = {column.name: statement.excluded[column.name] for column in table.c if column.name not in key}
            self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=values), rows)


def intake_of(row: RowMapping) -> Intake:
    """Read a row of ``intakes``."""
    return Intake(
        intake_id=row["intake_id"],
        community_id=row["community_id"],
        kind=IntakeKind(row["kind"]),
        state=IntakeState(row["state"]),
        title=row["title"],
        chain_key=row["chain_key"],
        defaults=as_json.want_of(row["terms"]["defaults"]),
        people_rule=PeopleRule(row["terms"]["people_rule"]),
        rows=tuple(as_json.row_of(one) for one in row["rows"]),
        groups=tuple(as_json.group_of(one) for one in row["groups"]),
        warnings=tuple(row["warnings"]),
        raw=row["raw"],
        version=row["version"],
        created_at=row["created_at"],
        decided_at=row["decided_at"],
    )


class Teachings:
    """What communities teach: lessons from chats, their own categories, their forms; within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lessons(self, community_id: UUID, lock: bool = False) -> Lessons:
        """Return what a community confirmed and dropped; ``lock`` it to add to it."""
        table = tables.lessons
        statement = select(table).where(table.c.community_id == community_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
        if row is None:
            return Lessons()
        counts = {key: (one[0], one[1]) for key, one in row["counts"].items()}
        return Lessons(counts, tuple(tuple(one) for one in row["dropped"]))

    def save_lessons(self, community_id: UUID, lessons: Lessons) -> None:
        """Keep what a community confirmed and dropped."""
        counts = {key: list(one) for key, one in lessons.counts.items()}
        row = {"community_id": community_id, "counts": counts, "dropped": [list(one) for one in lessons.dropped]}
        save(self._connection, tables.lessons, "community_id", row)

    def categories(self, community_id: UUID) -> list[OwnCategory]:
        """Return a community's own categories and examples, in the order of their names."""
        table = tables.categories
        statement = select(table).where(table.c.community_id == community_id).order_by(table.c.category)
        return [
            OwnCategory(row["category"], row["zh"], row["en"], tuple(row["examples"]))
            for row in self._connection.execute(statement).mappings()
        ]

    def save_category(self, community_id: UUID, own: OwnCategory) -> None:
        """Keep a community's own category."""
        values = {"zh": own.zh, "en": own.en, "examples": list(own.examples)}
        statement = upsert(tables.categories).values(community_id=community_id, category=own.category, **values)
        key = ("community_id", "category")
        self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=values))

    def remove_category(self, community_id: UUID, category: str) -> bool:
        """Forget a community's own category; return whether it was there."""
        table = tables.categories
        mine = (table.c.community_id == community_id, table.c.category == category)
        gone = self._connection.execute(delete(table).where(*mine).returning(table.c.category))
        return gone.first() is not None

    def template(self, community_id: UUID, category: str) -> Template | None:
        """Return a community's own form of a category, or None."""
        table = tables.templates
        statement = select(table.c.questions).where(table.c.community_id == community_id, table.c.category == category)
        found = self._connection.scalar(statement)
        return None if found is None else Template(category, tuple(as_json.question_of(one) for one in found))

    def save_template(self, community_id: UUID, template: Template) -> None:
        """Keep a community's own form."""
        questions = [as_json.question_json(one) for one in template.questions]
        statement = upsert(tables.templates).values(
            community_id=community_id, category=template.category, questions=questions
        )
        key = ("community_id", "category")
        self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_={"questions": questions}))
