"""An index of points: what lies within some kilometres of a place, without looking at all."""

from collections.abc import Hashable, Iterator
from math import ceil, cos, floor, log2, radians

from services.kernel.geo import Place

KM_PER_DEGREE = 111.2
LEAST_KM = 0.25


class Near:
    """Keys with a place and a reach. Each doubling of the reach has a grid of its own, as coarse as it allows."""

    def __init__(self) -> None:
        self._cells: dict[int, dict[tuple[int, int], dict[Hashable, None]]] = {}
        self._where: dict[Hashable, tuple[int, tuple[int, int]]] = {}
        self._count: dict[int, int] = {}

    def put(self, key: Hashable, place: Place, reach_km: float) -> None:
        """Have ``key`` at ``place``, or move it there."""
        level = ceil(log2(max(reach_km, LEAST_KM)))
        where = (level, _cell(level, place.lat, place.lon))
        if self._where.get(key) == where:
            return
        self.drop(key)
        self._where[key] = where
        self._cells.setdefault(level, {}).setdefault(where[1], {})[key] = None
        self._count[level] = self._count.get(level, 0) + 1

    def drop(self, key: Hashable) -> None:
        """Forget ``key``, if it is known."""
        if key in self._where:
            level, cell = self._where.pop(key)
            del self._cells[level][cell][key]
            self._count[level] -= 1
            if not self._cells[level][cell]:
                del self._cells[level][cell]

    def around(self, place: Place, reach_km: float) -> Iterator[Hashable]:
        """Yield at least all keys that are no further from ``place`` than ``reach_km`` and twice their own reach."""
        for level, cells in self._cells.items():
            wanted = _cells_around(level, place, reach_km + 2 * 2.0**level, len(cells))
            for cell in cells if wanted is None else wanted:
                yield from cells.get(cell, ())


def _size(level: int) -> float:
    return 4 * 2.0**level / KM_PER_DEGREE  # degrees


def _columns(level: int, band: int) -> int:
    size = _size(level)
    widest = min(abs(band), abs(band + 1)) * size  # the latitude in the band that is nearest to the equator
    return max(1, floor(360 * cos(radians(min(90.0, widest))) / size))


def _cell(level: int, lat: float, lon: float) -> tuple[int, int]:
    band = floor(lat / _size(level))
    columns = _columns(level, band)
    return band, floor((lon + 180) / 360 * columns) % columns


def _cells_around(level: int, place: Place, reach_km: float, most: int) -> list[tuple[int, int]] | None:
    """Return the cells to look into, or None when it is less work to look into all of them."""
    size, reach = _size(level), reach_km / KM_PER_DEGREE
    if (2 * reach / size + 1) ** 2 > most:
        return None
    found = []
    for band in range(floor((place.lat - reach) / size), floor((place.lat + reach) / size) + 1):
        columns = _columns(level, band)
        farthest = abs(place.lat) + reach
        width = reach / cos(radians(farthest)) if farthest < 89.9 else 180  # over a pole lies everything
        first, last = ((place.lon + side * width + 180) / 360 * columns for side in (-1, 1))
        count = min(columns, floor(last) - floor(first) + 1)
        found += [(band, (floor(first) + step) % columns) for step in range(count)]
    return found
