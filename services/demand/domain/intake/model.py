"""An intake: what somebody pasted or sent in, as rows that an organiser checks before they become signals."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.demand.domain.errors import IntakeOverError
from services.demand.domain.signals import DEFAULT_MINUTES, DEFAULT_RADIUS_KM
from services.demand.domain.versions import check_version
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.timespan import Timespan

Sentence = dict[str, str]
MAX_ROWS = 2_000


class IntakeKind(StrEnum):
    """What was sent in."""

    JIELONG = "jielong"
    CHAT = "chat"
    FILE = "file"


class IntakeState(StrEnum):
    """How far an intake has come. A committed one may still have rows with open questions."""

    PREVIEWED = "previewed"
    COMMITTED = "committed"
    DISCARDED = "discarded"


class PeopleRule(StrEnum):
    """For how many people a row counts that does not say it: ask, one, or the sum of its quantities."""

    ASK = "ask"
    ONE = "one"
    QUANTITY = "quantity"


class Change(StrEnum):
    """What a row is, compared with what was committed of the same source before."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


class Outcome(StrEnum):
    """What a commit made of a row."""

    PLACED = "placed"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Question:
    """What only people can answer about a row. ``field`` is the field that answers it, None where accepting does."""

    code: str
    zh: str
    en: str
    field: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """So much of an option; ``quantity`` as it was written, None where it was not."""

    option: str | None
    quantity: str | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """What a row, a group or the defaults say is wanted; None where they say nothing."""

    category: str | None = None
    windows: tuple[Timespan, ...] | None = None
    minutes: int | None = None
    ceiling: Money | None = None
    place: Place | None = None
    radius_km: float | None = None

    def over(self, other: "Want") -> "Want":
        """Return this, and ``other`` where this says nothing."""
        names = ("category", "windows", "minutes", "ceiling", "place", "radius_km")
        return Want(*(getattr(other if getattr(self, one) is None else self, one) for one in names))

    @property
    def length(self) -> int:
        """How many minutes the service takes."""
        return self.minutes or DEFAULT_MINUTES

    @property
    def reach_km(self) -> float:
        """How far they go."""
        return DEFAULT_RADIUS_KM if self.radius_km is None else self.radius_km


@dataclass(frozen=True, slots=True)
class Row:
    """One person's part. ``lines`` and ``source`` say where it stands in what was read; ``source`` is forgotten later.

    ``readings`` are the sentences by which people see how their words were understood.
    """

    number: int
    lines: tuple[int, ...]
    source: str | None
    nickname: str
    household: str | None = None
    contact: str | None = None
    group: int | None = None
    status: str = "joined"
    paid: bool | None = None
    items: tuple[Item, ...] = ()
    text: str = ""
    people: int | None = None
    want: Want = Want()
    answers: Mapping[str, Any] = field(default_factory=dict)
    readings: tuple[Sentence, ...] = ()
    confidence: float = 1.0
    questions: tuple[Question, ...] = ()
    change: Change = Change.NEW
    key: str = ""
    dropped: bool = False
    member_id: UUID | None = None
    signal_id: UUID | None = None
    outcome: Outcome | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do about it."""
        return self.outcome is not None or self.dropped or self.change is Change.UNCHANGED


@dataclass(frozen=True, slots=True)
class Group:
    """A need that several rows share, as a chat suggests it; ``evidence`` is (line, sender, text, kind)."""

    number: int
    text: str
    want: Want
    ranked: tuple[tuple[str, float], ...]
    evidence: tuple[tuple[int, str, str, str], ...]
    cues: tuple[str, ...]
    shape: tuple[int, ...]
    confidence: float
    readings: tuple[Sentence, ...] = ()
    dropped: bool = False
    taught: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """What was sent in and what became of it. ``chain_key`` is the same for every snapshot of one source."""

    intake_id: UUID
    community_id: UUID
    kind: IntakeKind
    state: IntakeState
    title: str
    chain_key: str
    defaults: Want
    people_rule: PeopleRule
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    warnings: tuple[Sentence, ...]
    raw: str | None
    version: int
    created_at: datetime
    decided_at: datetime | None = None

    def want_of(self, row: Row) -> Want:
        """Return what a row wants, with what its group and the defaults say where it says nothing."""
        group = next((one for one in self.groups if one.number == row.group), None)
        return row.want.over(group.want if group else Want()).over(self.defaults)

    def people_of(self, row: Row) -> int | None:
        """Return for how many people a row counts, None where that is not known."""
        if row.people is not None or self.people_rule is PeopleRule.ASK:
            return row.people
        if self.people_rule is PeopleRule.ONE:
            return 1
        quantities = [one.quantity for one in row.items]
        whole = [int(one) for one in quantities if one is not None and one.isdigit()]
        return sum(whole) or None if len(whole) == len(quantities) else None

    def require_open(self) -> None:
        """Raise ``IntakeOverError`` where nothing can be changed any more."""
        if self.state is IntakeState.DISCARDED or not self.open_rows():
            raise IntakeOverError(f"the intake is {self.state}", state=str(self.state))

    def open_rows(self) -> list[Row]:
        """Return the rows of which something may still become."""
        return [row for row in self.rows if not row.is_settled]

    def with_rows(self, rows: tuple[Row, ...]) -> "Intake":
        """Return the intake with other rows and the next version."""
        return replace(self, rows=rows, version=self.version + 1)

    def discarded(self, now: datetime) -> "Intake":
        """Return the intake as one that came to nothing; a repeat changes nothing, a committed one is refused."""
        if self.state is IntakeState.DISCARDED:
            return self
        if self.state is IntakeState.COMMITTED:
            raise IntakeOverError("the intake is committed", state=str(self.state))
        return replace(self.forgetting(), state=IntakeState.DISCARDED, decided_at=now, version=self.version + 1)

    def forgetting(self) -> "Intake":
        """Return the intake without what people wrote: no raw text, no lines, no evidence."""
        rows = tuple(replace(row, source=None) for row in self.rows)
        groups = tuple(replace(one, evidence=()) for one in self.groups)
        return replace(self, raw=None, rows=rows, groups=groups)

    def checked(self, expected_version: int | None) -> "Intake":
        """Return the intake if it still has the version that was read."""
        check_version(expected_version, self.version)
        return self
