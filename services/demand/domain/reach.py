"""How far people go, as a box of degrees: a quick way to say that some can never meet."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, degrees, pi, radians, sin

from services.kernel.geo import EARTH_RADIUS_KM, Place


@dataclass(frozen=True, slots=True)
class Box:
    """All places from ``south`` to ``north`` and from ``west`` to ``east``, in degrees; empty where they cross."""

    south: float
    west: float
    north: float
    east: float

    @classmethod
    def around(cls, place: Place, radius_km: float) -> "Box":
        """Return the smallest box that holds everything within ``radius_km`` of ``place``.

        Where that reaches a pole or crosses the date line, all longitudes are in it.
        """
        angle = min(radius_km / EARTH_RADIUS_KM, pi)
        south, north = place.lat - degrees(angle), place.lat + degrees(angle)
        if south <= -90 or north >= 90:
            return cls(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
        # The meridian that touches a circle on a sphere: see J. P. Snyder, Map Projections (1987), or any bounding box.
        width = degrees(asin(min(1.0, sin(angle) / cos(radians(place.lat)))))
        west, east = place.lon - width, place.lon + width
        return cls(south, -180.0, north, 180.0) if west < -180 or east > 180 else cls(south, west, north, east)

    def overlaps(self, other: "Box") -> bool:
        """Tell whether the two have a point in common."""
        return (
            self.south <= other.north
            and other.south <= self.north
            and self.west <= other.east
            and other.west <= self.east
        )

    @classmethod
    def shared(cls, boxes: Iterable["Box"]) -> "Box":
        """Return what all of ``boxes`` (at least one) have in common."""
        south, west, north, east = zip(*((box.south, box.west, box.north, box.east) for box in boxes), strict=True)
        return cls(max(south), max(west), min(north), min(east))


EVERYWHERE = Box(-90.0, -180.0, 90.0, 180.0)
