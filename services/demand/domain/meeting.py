"""Where people can meet: a disc that lies inside everybody's reach, with as much room as can be found.

The centre is one of the places themselves, their people-weighted mean, or a point that is reached from the best of
these by steps towards whoever has the least room (the subgradient of a concave function, so the steps can only help).
A simpler centre wins over a later one that is no better, so that the answer stays the same and can be explained.

That centre is not told: where few people meet it is next to a home, or is one. It only decides whether people can
meet at all. What other communities and suppliers see is a disc around a point of a public grid (see grid.py), as
coarse as the reaches allow, its radius rounded down to a tenth of a cell because the metre would give away how far a
home is from the point. Who knows that a pool is of one home and how far it goes still learns that the home is near a
circle around the point; the default of 5 km makes that a band about 0.1 km wide. Where reaches leave no room on any
grid, which takes somebody who goes less than about 0.16 km or people who can hardly meet, the centre itself is told:
that is somewhere within everybody's reach, and of one who hardly goes anywhere it is the home. A wider reach hides it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, floor, hypot, radians, sin

from services.demand.domain.grid import GRIDS, points_around
from services.kernel.geo import Area, Place

# Of many places only these many, those of most people, are tried as centres; all of them limit the radius.
MAX_CENTRES = 16
# Steps look only at these many who have the least room where they begin; the result is checked against all.
MAX_TIGHT = 16
STEPS = 48
# Grid points next to the best centre are tried first, then these many on each side: what two far ends both reach is a
# narrow lens, which may miss the corners of its middle and hold a point further along.
WIDTHS = (1, 3)
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
    """Return a disc inside every reach, its centre on the coarsest grid that allows one, or None if none was found.

    A disc without radius, a single point, is told only where no grid leaves more; where none leaves even that, the
    centre is exact and the radius a whole number of metres.
    """
    merged = _one_per_place(reaches)
    centre = _best(_simple_centres(merged), merged)
    if len(merged) > 1:
        centre = _best([centre, _improved(centre, merged)], merged)
    return _told(centre, merged) if _room(centre, merged) >= 0 else None


def _told(centre: Place, reaches: list[Reach]) -> Area:
    point = None
    for cells in GRIDS:
        found = _on_grid(centre, cells, reaches)
        if found is not None and found.radius_km > 0:
            return found
        point = point or found
    return point or Area(centre, _rounded_down(_room(centre, reaches), 1000))


def _on_grid(centre: Place, cells: int, reaches: list[Reach]) -> Area | None:
    for width in WIDTHS:
        best = _best(points_around(centre, cells, width), reaches)
        room = _room(best, reaches)
        if room >= 0:
            return Area(best, _rounded_down(room, cells / 10))
    return None


def _rounded_down(room_km: float, steps_per_km: float) -> float:
    return round(floor(room_km * steps_per_km + NOISE_KM) / steps_per_km, 3)


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
