"""Points for taking part, and the levels that they lead to. Points are never taken away and never leave the community.

What was settled counts; until then the points of a delivery wait. There is nothing to buy with points, so there is
nothing to win by making them up: they are thanks, and they say who has experience.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.kernel.ids import CommunityId, MemberId


class Deed(StrEnum):
    """What points are given for."""

    ATTENDED = "attended"
    REVIEWED = "reviewed"
    ORGANISED = "organised"
    DUTY_DONE = "duty_done"


POINTS: dict[Deed, int] = {Deed.ATTENDED: 10, Deed.REVIEWED: 5, Deed.ORGANISED: 30, Deed.DUTY_DONE: 20}


@dataclass(frozen=True, slots=True)
class Level:
    """A level, and from how many points on it is reached."""

    key: str
    points: int
    zh: str
    en: str


LEVELS = (
    Level("newcomer", 0, "新邻居", "newcomer"),
    Level("neighbour", 50, "好邻居", "neighbour"),
    Level("regular", 200, "热心人", "regular"),
    Level("pillar", 600, "顶梁柱", "pillar"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Points of a member for one deed; ``about`` is what it was done for, so that nothing counts twice."""

    community_id: CommunityId
    member_id: MemberId
    deed: Deed
    about: UUID
    campaign_id: UUID | None = None

    @property
    def points(self) -> int:
        """What the deed is worth."""
        return POINTS[self.deed]


def level_of(points: int) -> Level:
    """Return the highest level that so many points reach."""
    return max((level for level in LEVELS if level.points <= points), key=lambda level: level.points)


def next_level(points: int) -> Level | None:
    """Return the level above; None on the highest."""
    above = [level for level in LEVELS if level.points > points]
    return above[0] if above else None
