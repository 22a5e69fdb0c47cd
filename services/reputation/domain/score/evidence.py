"""What a score is made of: settled orders, each of which says at most one thing."""

from dataclasses import dataclass
from datetime import date

from services.reputation.domain.score.scale import DIMENSIONS, share_of

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """One settled order: the marks that it was given, and what part of its money disputes gave back.

    ``order``, ``rater`` and ``community`` are pseudonyms; ``voice`` names the ring, if the rater speaks as part of one.
    """

    order: str
    rater: str
    community: str
    day: date
    marks: tuple[int | None, ...] = (None,) * len(DIMENSIONS)
    returned_bp: int = 0
    disputed: bool = False
    voice: str | None = None

    @property
    def says_something(self) -> bool:
        """Tell whether it counts: silence is neither praise nor blame, money that a dispute gave back is blame."""
        return self.is_rated or self.is_blamed

    @property
    def is_rated(self) -> bool:
        """Tell whether somebody marked the order."""
        return any(mark is not None for mark in self.marks)

    @property
    def is_blamed(self) -> bool:
        """Tell whether a dispute about it gave money back."""
        return self.disputed and self.returned_bp > 0

    def share(self, dimensions: tuple[float, ...]) -> float:
        """Return what it says, from 0 to 1: the mean of its marks under the weights of the ``dimensions``.

        An order of which a dispute gave the part b of the money back says (1 - b) / 2 at most: the middle if it was
        hardly anything, nothing if it was everything.
        """
        given = [(weight, mark) for weight, mark in zip(dimensions, self.marks, strict=True) if mark is not None]
        total = sum(weight for weight, _ in given)
        said = 1.0
        if total:
            said = share_of(sum(weight * mark for weight, mark in given) / total)
        elif given:  # Only dimensions were marked that this community does not weigh: they still say something.
            said = share_of(sum(mark for _, mark in given) / len(given))
        return min(said, (1 - self.returned_bp / WHOLE_BP) / 2) if self.is_blamed else said
