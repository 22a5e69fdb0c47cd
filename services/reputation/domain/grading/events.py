"""What happened to a grade, for the inside of the service."""

from dataclasses import dataclass
from uuid import UUID

from services.reputation.domain.grading.deciding import Told
from services.reputation.domain.grading.policy import Grade
from services.reputation.domain.grading.words import Reason


@dataclass(frozen=True, slots=True)
class GradeChanged:
    """A supplier has another grade, by the policy of ``policy_version``."""

    supplier_id: UUID
    grade: Grade
    before: Grade
    reason: Reason
    policy_version: int
    told: Told | None
