"""What counts as a bad delivery, and what deliveries add up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.reputation.domain.grading.deciding import Evidence, GradeState, Told
from services.reputation.domain.grading.policy import GradePolicy


@dataclass(frozen=True, slots=True)
class Marks:
    """What the reviews of one community say of a delivery: how many there are, and their mean from 1 to 5."""

    reviews: int
    mean: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """A campaign of a supplier that is over. ``commitments`` could be reviewed; ``counted`` ones had their effect."""

    campaign_id: UUID
    at: datetime
    commitments: int
    disputes_lost: int = 0
    withdrew: bool = False
    counted: bool = False
    marks: Mapping[UUID, Marks] | None = None


def is_bad(delivery: Delivery, policy: GradePolicy) -> bool:
    """Tell whether a delivery was bad: withdrawn from, lost before a mediator, or found poor by who was served.

    Each community has one voice in the mean, however many of its members wrote.
    """
    if delivery.withdrew or delivery.disputes_lost:
        return True
    said = list((delivery.marks or {}).values())
    voices = sum(one.reviews for one in said)
    if not voices or voices < min(policy.bad_voices, delivery.commitments):
        return False
    return sum(one.mean for one in said) / len(said) <= policy.bad_mark


def evidence_of(state: GradeState, policy: GradePolicy, seen: Sequence[Delivery], told: Told | None) -> Evidence:
    """Add up the deliveries of the policy's window, and since the last change."""
    fresh = [one for one in seen if one.at > state.since]
    return Evidence(
        told,
        recent=len(seen),
        bad=sum(is_bad(one, policy) and not one.counted for one in seen),
        fresh=len(fresh),
        fresh_bad=sum(is_bad(one, policy) for one in fresh),
    )
