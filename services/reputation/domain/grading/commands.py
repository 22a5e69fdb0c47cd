"""What is asked and told about grades."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.caller import Caller
from services.reputation.domain.grading.policy import Grade


@dataclass(frozen=True, slots=True)
class NoteSettlement:
    """Note that a campaign was settled: how many commitments it had, and how many disputes the supplier lost."""

    supplier_id: UUID
    campaign_id: UUID
    at: datetime
    commitments: int
    disputes_lost: int


@dataclass(frozen=True, slots=True)
class NoteWithdrawal:
    """Note that a supplier withdrew from a campaign."""

    supplier_id: UUID
    campaign_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class LookAtGrade:
    """Decide anew on the grade of a supplier."""

    supplier_id: UUID


@dataclass(frozen=True, slots=True)
class NoteStanding:
    """Note how the registry says that a supplier stands; ``version`` orders the news."""

    supplier_id: UUID
    standing: str
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Replace the policy of ``version`` by one with these figures."""

    caller: Caller
    version: int
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FileAppeal:
    """Appeal the last change of a supplier's grade."""

    caller: Caller
    supplier_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class DecideAppeal:
    """Uphold a grade, or correct it to ``corrected``."""

    caller: Caller
    appeal_id: UUID
    corrected: Grade | None
    reason: str
