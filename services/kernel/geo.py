"""Places: points on the earth and discs around them."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from services.kernel.errors import InvalidError

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class Place:
    """A point: degrees of latitude and longitude (WGS 84)."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        for field, value, limit in (("lat", self.lat, 90), ("lon", self.lon, 180)):
            if not -limit <= value <= limit:  # also refuses NaN
                raise InvalidError(f"place.{field}", f"{value!r} is out of range", f"degrees from -{limit} to {limit}")

    @classmethod
    def from_wire(cls, wire: dict[str, float]) -> "Place":
        """Read ``{"lat": ..., "lon": ...}``."""
        return cls(float(wire["lat"]), float(wire["lon"]))

    def to_wire(self) -> dict[str, float]:
        """Return ``{"lat": ..., "lon": ...}``."""
        return {"lat": self.lat, "lon": self.lon}

    def distance_km(self, other: "Place") -> float:
        """Great-circle distance in kilometres (haversine formula)."""
        lat1, lat2 = radians(self.lat), radians(other.lat)
        half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(other.lon - self.lon) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True, slots=True)
class Area:
    """All points within ``radius_km`` of ``centre``."""

    centre: Place
    radius_km: float

    def __post_init__(self) -> None:
        if not 0 <= self.radius_km <= 20_100:
            raise InvalidError("radius_km", f"{self.radius_km!r} is out of range", "kilometres from 0 to 20100")

    @classmethod
    def from_wire(cls, wire: dict[str, float]) -> "Area":
        """Read ``{"lat": ..., "lon": ..., "radius_km": ...}``."""
        return cls(Place.from_wire(wire), float(wire["radius_km"]))

    def to_wire(self) -> dict[str, float]:
        """Return ``{"lat": ..., "lon": ..., "radius_km": ...}``."""
        return {**self.centre.to_wire(), "radius_km": self.radius_km}

    def contains(self, place: Place) -> bool:
        """Tell whether ``place`` lies inside, to the metre."""
        return self.centre.distance_km(place) <= self.radius_km + 0.001
