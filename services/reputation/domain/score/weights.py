"""Under which weights a community reads evidence. The node has its own, which the published score goes by."""

from dataclasses import dataclass, field
from uuid import UUID

from services.kernel.errors import InvalidError
from services.reputation.domain.score.scale import DIMENSIONS

HALF_LIFE_DAYS = 365
RATER_CAP = 2.0
MOST_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Weights:
    """``own`` and ``others`` weigh communities, ``half_life_days`` is when a receipt counts half, ``rater_cap`` how
    many fresh orders the orders of one rater count at most, ``dimensions`` weigh the marks of a review.
    """

    own: float = 1.0
    others: float = 1.0
    half_life_days: int = HALF_LIFE_DAYS
    rater_cap: float = RATER_CAP
    dimensions: dict[str, float] = field(default_factory=lambda: dict.fromkeys(DIMENSIONS, 1.0))

    def __post_init__(self) -> None:
        _between(self.own, "own", 0, MOST_WEIGHT)
        _between(self.others, "others", 0, MOST_WEIGHT)
        _between(self.rater_cap, "rater_cap", 1, MOST_WEIGHT)
        if self.own == self.others == 0:
            raise InvalidError("own", "and others are both 0", "at least one of them above 0")
        days = self.half_life_days
        if isinstance(days, bool) or not isinstance(days, int) or not 7 <= days <= 3650:
            raise InvalidError("half_life_days", f"is {days!r}", "a whole number of days from 7 to 3650")
        if set(self.dimensions) != set(DIMENSIONS):
            raise InvalidError("dimensions", f"names {sorted(self.dimensions)}", f"exactly {', '.join(DIMENSIONS)}")
        for name in DIMENSIONS:
            _between(self.dimensions[name], f"dimensions.{name}", 0, MOST_WEIGHT)
        if not any(self.dimensions.values()):
            raise InvalidError("dimensions", "are all 0", "at least one of them above 0")

    @property
    def of_dimensions(self) -> tuple[float, ...]:
        """The weights of the dimensions, in their order."""
        return tuple(self.dimensions[name] for name in DIMENSIONS)


def _between(value: object, name: str, least: float, most: float) -> None:
    wrong = isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most
    if wrong:
        raise InvalidError(name, f"is {value!r}", f"a number from {least:g} to {most:g}")


DEFAULT = Weights()


@dataclass(frozen=True, slots=True)
class CommunityWeights:
    """The weights of a community; version 0 are those of the node, until it sets its own."""

    community_id: UUID
    weights: Weights = DEFAULT
    version: int = 0
