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

    def said(self, dimensions: tuple[float, ...]) -> float | None:
        """Return the mean of its marks, from 0 to 1, under the weights of the ``dimensions``; None without any."""
        given = [(weight, mark) for weight, mark in zip(dimensions, self.marks, strict=True) if mark is not None]
        total = sum(weight for weight, _ in given)
        if total:
            return share_of(sum(weight * mark for weight, mark in given) / total)
        # Where only dimensions were marked that this community does not weigh, they still say something.
        return share_of(sum(mark for _, mark in given) / len(given)) if given else None

    def share(self, dimensions: tuple[float, ...]) -> float:
        """Return what it is worth, from 0 to 1: what was said, at most the part of the money that a dispute left.

        A blamed order that nobody marked is worth half of that part: the middle if hardly anything went back.
        """
        said, left = self.said(dimensions), 1 - self.returned_bp / WHOLE_BP if self.is_blamed else 1.0
        return left / 2 if said is None else min(said, left)
