"""Where people can meet: a disc that lies inside everybody's reach, with as much room as can be found.

The centre is one of the places themselves, their people-weighted mean, or a point that is reached from the best of
these by steps towards whoever has the least room (the subgradient of a concave function, so the steps can only help).
A simpler centre wins over a later one that is no better, so that the answer stays the same and can be explained.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, floor, hypot, radians, sin

from services.kernel.geo import Area, Place

# Of many places only these many, those of most people, are tried as centres; all of them limit the radius.
MAX_CENTRES = 16
# Steps look only at these many who have the least room where they begin; the result is checked against all.
MAX_TIGHT = 16
STEPS = 48
# A later centre has to be better by a millimetre: rounding noise must not choose.
NOISE_KM = 1e-6


@dataclass(frozen=True, slots=True)
class Reach:
    """``people`` at ``place`` go up to ``radius_km`` far."""

    place: Place
    radius_km: float
    people: int

    def room_km(self, centre: Place) -> float:
        """Return how far around ``centre`` they still go; negative when they do not reach it."""
        return self.radius_km - self.place.distance_km(centre)


def meeting_area(reaches: Iterable[Reach]) -> Area | None:
    """Return a disc inside every reach, its radius a whole number of metres, or None if none was found."""
    merged = _one_per_place(reaches)
    centre = _best(_simple_centres(merged), merged)
    if len(merged) > 1:
        centre = _best([centre, _improved(centre, merged)], merged)
    room = _room(centre, merged)
    return Area(centre, floor(room * 1000 + NOISE_KM) / 1000) if room >= 0 else None


def _one_per_place(reaches: Iterable[Reach]) -> list[Reach]:
    found: dict[Place, Reach] = {}
    for reach in reaches:
        known = found.get(reach.place, Reach(reach.place, reach.radius_km, 0))
        radius = min(known.radius_km, reach.radius_km)
        found[reach.place] = Reach(reach.place, radius, known.people + reach.people)
    return sorted(found.values(), key=lambda reach: (-reach.people, reach.place.lat, reach.place.lon))


def _simple_centres(reaches: list[Reach]) -> list[Place]:
    places = [reach.place for reach in reaches[:MAX_CENTRES]]
    return places if len(reaches) == 1 else [_mean(reaches), *places]


def _room(centre: Place, reaches: list[Reach]) -> float:
    return min(reach.room_km(centre) for reach in reaches)


def _best(centres: list[Place], reaches: list[Reach]) -> Place:
    best, most = centres[0], _room(centres[0], reaches)
    for centre in centres[1:]:
        room = _room(centre, reaches)
        if room > most + NOISE_KM:
            best, most = centre, room
    return best


def _mean(reaches: list[Reach]) -> Place:
    # The mean of directions from the centre of the earth, so that the date line is a place like any other.
    x = y = z = 0.0
    for reach in reaches:
        lat, lon = radians(reach.place.lat), radians(reach.place.lon)
        x += reach.people * cos(lat) * cos(lon)
        y += reach.people * cos(lat) * sin(lon)
        z += reach.people * sin(lat)
    length = hypot(x, y, z)
    if length == 0:  # opposite points have no mean
        return reaches[0].place
    return _rounded(degrees(asin(max(-1.0, min(1.0, z / length)))), degrees(atan2(y, x)))


def _improved(centre: Place, reaches: list[Reach]) -> Place:
    tight = sorted(reaches, key=lambda reach: reach.room_km(centre))[:MAX_TIGHT]
    return _best([centre, *_steps_from(centre, tight)], tight)


def _steps_from(centre: Place, reaches: list[Reach]) -> list[Place]:
    stride = max(centre.distance_km(reach.place) for reach in reaches) / 2
    visited = []
    for step in range(1, STEPS + 1):
        least = min(reaches, key=lambda reach: reach.room_km(centre))
        distance = least.place.distance_km(centre)
        if distance < NOISE_KM:
            break
        centre = _towards(centre, least.place, min(1.0, stride / step / distance))
        visited.append(centre)
    return visited


def _towards(start: Place, end: Place, share: float) -> Place:
    east = (end.lon - start.lon + 180) % 360 - 180
    return _rounded(start.lat + share * (end.lat - start.lat), (start.lon + share * east + 180) % 360 - 180)


def _rounded(lat: float, lon: float) -> Place:
    # Six places are a tenth of a metre: nobody needs more, and it reads better.
    return Place(round(lat, 6), round(lon, 6))
