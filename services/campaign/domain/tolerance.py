"""Tolerance: "3, up to 5 if that reaches the tier", given out in an order that anyone can check."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.campaign.domain.model import Commitment
from services.kernel.ids import CommitmentId


@dataclass(frozen=True, slots=True)
class Allocation:
    """The seats that are added, in all and to each commitment."""

    seats: int = 0
    extra: tuple[tuple[CommitmentId, int], ...] = ()

    def of(self, commitment_id: CommitmentId) -> int:
        """Return how many seats are added to a commitment."""
        return dict(self.extra).get(commitment_id, 0)


def allocate(tolerant: Iterable[Commitment], paid_seats: int, room: int, goals: Sequence[int]) -> Allocation:
    """Add the seats that reach the highest of ``goals`` (numbers of seats) within ``room``, and not one more.

    Who joined first gets extra seats first, up to its own limit; ties, which ids make impossible, would go by id.
    Nothing is added when no goal can be reached. The idea is Foodsoft's tolerance, see domain.md 0.
    """
    ordered = sorted(tolerant, key=lambda one: (one.created_at, one.commitment_id))
    reach = paid_seats + min(room, sum(one.upto_seats - one.seats for one in ordered))
    goal = max((goal for goal in goals if paid_seats < goal <= reach), default=paid_seats)
    left, extra = goal - paid_seats, []
    for one in ordered:
        more = min(left, one.upto_seats - one.seats)
        if more:
            extra.append((one.commitment_id, more))
            left -= more
    return Allocation(goal - paid_seats, tuple(extra))
