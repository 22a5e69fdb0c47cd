"""Times, numbers of people, prices and places in the words of people. UNDERSTANDING.md says how."""

from services.demand.domain.understanding.ceilings import read_ceiling
from services.demand.domain.understanding.heads import read_heads
from services.demand.domain.understanding.model import (
    Ceiling,
    HeadCount,
    Place,
    Question,
    TimeReading,
    Understanding,
)
from services.demand.domain.understanding.reading import read_minutes, read_place, understand
from services.demand.domain.understanding.times import read_times

__all__ = [
    "Ceiling",
    "HeadCount",
    "Place",
    "Question",
    "TimeReading",
    "Understanding",
    "read_ceiling",
    "read_heads",
    "read_minutes",
    "read_place",
    "read_times",
    "understand",
]
