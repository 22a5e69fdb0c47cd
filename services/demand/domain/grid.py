"""Grids of public points: where people meet is told as one of these, so that it is nobody's home."""

from math import floor

from services.kernel.geo import Place

# Grid cells per degree, the coarsest first: 0.01, 0.005 and 0.002 degrees; of latitude 1.1, 0.56 and 0.22 km.
GRIDS = (100, 200, 500)


def points_around(place: Place, cells: int, width: int) -> list[Place]:
    """Return the points of the grid of ``cells`` per degree, ``width`` on each side of ``place`` in both directions.

    Width 1 gives the corners of the cell in which the place lies. Beyond the date line it goes on from the other side.
    """
    lats = [max(-90 * cells, min(90 * cells, index)) for index in _indexes(place.lat, cells, width)]
    lons = [(index + 180 * cells) % (360 * cells) - 180 * cells for index in _indexes(place.lon, cells, width)]
    return [Place(lat / cells, lon / cells) for lat in dict.fromkeys(lats) for lon in lons]


def _indexes(degrees: float, cells: int, width: int) -> range:
    below = floor(degrees * cells)
    return range(below - width + 1, below + width + 1)
