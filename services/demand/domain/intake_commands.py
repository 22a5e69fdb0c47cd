"""What others may ask of demand about intakes, categories and forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.demand.domain.intake.correcting import Correction
from services.demand.domain.intake.model import PeopleRule, Want
from services.demand.domain.intake.reading import Source
from services.demand.domain.intake.templates import FormQuestion
from services.kernel.caller import Caller


@dataclass(frozen=True, slots=True)
class CreateIntake:
    """Read what is sent in; ``when`` are the windows of all rows in words, in place of those of ``defaults``."""

    caller: Caller
    community_id: UUID | None
    source: Source
    defaults: Want
    when: str | None
    people_rule: PeopleRule
    currency: str


@dataclass(frozen=True, slots=True)
class ChangeIntake:
    """Answer questions, correct and drop; ``defaults`` holds only what was named."""

    caller: Caller
    intake_id: UUID
    rows: tuple[Correction, ...]
    groups: tuple[Correction, ...]
    defaults: Mapping[str, Any]
    when: str | None
    people_rule: PeopleRule | None
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class DecideIntake:
    """Commit or discard an intake."""

    caller: Caller
    intake_id: UUID


@dataclass(frozen=True, slots=True)
class AddCategory:
    """Add a category of a community, or examples to one that there is."""

    caller: Caller
    community_id: UUID | None
    category: str
    zh: str | None
    en: str | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveCategory:
    """Take a community's own category, or its own examples of a built-in one, away."""

    caller: Caller
    community_id: UUID | None
    category: str


@dataclass(frozen=True, slots=True)
class SetTemplate:
    """Say what a community asks of a demand of a category."""

    caller: Caller
    community_id: UUID | None
    category: str
    questions: tuple[FormQuestion, ...]


@dataclass(frozen=True, slots=True)
class Understand:
    """Say how a text is understood; ``said_at`` None means now."""

    caller: Caller
    community_id: UUID | None
    text: str
    said_at: datetime | None
    currency: str
