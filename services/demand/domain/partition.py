"""Partitions: pieces of the work of merging that have nothing to do with each other. See MERGING.md.

A partition is a category in one cell of a fixed, coarse grid. Signals of different partitions never share a pool, so
that several replicas can merge side by side. What that costs: two who live on two sides of a line do not meet, however
near they are. So the lines lie where few live: rows of about five degrees of latitude, each with meridians of its own,
chosen on the districts of China (tests/unit/demand/test_partition.py measures what they cut); elsewhere it is regular.
"""

from bisect import bisect
from zlib import crc32

from services.kernel.geo import Place

# How many partitions can be worked off side by side; frozen once deployed, see OUTBOX.md of the chassis.
LANES = 8

# Parallels between rows of cells, and for the rows of China the meridians that cut them.
CHINA_FROM, CHINA_TO = 73.0, 135.5
PARALLELS = (
    *(-84.0, -78.0, -72.0, -66.0, -60.0, -54.0, -48.0, -42.0, -36.0, -30.0, -24.0, -18.0, -12.0, -6.0, 0.0, 6.0, 12.0),
    *(17.0, 22.05, 27.35, 32.8, 38.65, 44.65, 48.65, 54.0, 60.0, 66.0, 72.0, 78.0, 84.0),
)
MERIDIANS = {
    17.0: (75.5, 81.5, 87.5, 93.5, 99.5, 105.5, 111.5, 117.5, 123.5, 129.5),
    22.05: (74.75, 80.75, 86.75, 92.75, 98.75, 104.75, 109.25, 115.2, 120.25, 124.25, 129.5),
    27.35: (76.4, 82.4, 88.4, 94.4, 100.35, 105.85, 110.65, 116.55, 122.35, 126.35, 130.35),
    32.8: (76.8, 82.8, 88.8, 94.8, 100.8, 106.65, 111.95, 117.65, 123.5, 129.5),
    38.65: (78.2, 84.2, 90.2, 96.2, 102.2, 108.2, 114.2, 119.85, 124.45, 130.4),
    44.65: (76.0, 82.0, 88.0, 94.0, 100.0, 106.0, 112.0, 118.0, 124.0, 129.5),
    48.65: (75.7, 81.7, 87.7, 93.7, 99.7, 105.7, 111.7, 117.7, 123.5, 129.5),
}
ELSEWHERE = tuple(float(degrees) for degrees in range(-175, 180, 5))


def partition_of(category: str, place: Place) -> str:
    """Return the partition of what is wanted at a place: ``row.column/category``."""
    row = bisect(PARALLELS, place.lat)
    return f"{row}.{bisect(_meridians(row), place.lon)}/{category}"


def lane_of(partition: str) -> int:
    """Return the lane in which the open signals of a partition are worked off."""
    return crc32(partition.encode()) % LANES


def category_of(partition: str) -> str:
    """Return the category of a partition."""
    return partition.partition("/")[2]


def _meridians(row: int) -> tuple[float, ...]:
    return _ROWS.get(row, ELSEWHERE)


def _with_the_rest(lines: tuple[float, ...]) -> tuple[float, ...]:
    rest = (degrees for degrees in ELSEWHERE if not CHINA_FROM < degrees < CHINA_TO)
    return tuple(sorted((*rest, *lines)))


_ROWS = {bisect(PARALLELS, south): _with_the_rest(lines) for south, lines in MERIDIANS.items()}
