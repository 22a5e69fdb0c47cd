"""From door to door: metres and seconds between all places of a day, as matrices.

The nodes are the homes, then for each crew its start, its end and the place of its rest. The metres are great circles
(haversine) times the detour; the seconds follow from them, from buildings and from floors. Both keep the triangle
inequality up to rounding, so a home that drops out never makes another visit later.
"""

from dataclasses import dataclass

import numpy as np

from services.kernel.geo import EARTH_RADIUS_KM, Place
from services.supplier.domain.visits.model import Crew, Day, Home, Travel

PER_CREW = 3
# Buildings are numbered anew in every estate: two of the same number further apart than this are two.
SAME_BUILDING_KM = 0.3


@dataclass(frozen=True, slots=True)
class Roads:
    """``metres`` and ``seconds`` from node to node, whole numbers."""

    day: Day
    metres: np.ndarray
    seconds: np.ndarray

    def start_of(self, crew: int) -> int:
        """Return the node where the crew's day begins."""
        return len(self.day.homes) + PER_CREW * crew

    def end_of(self, crew: int) -> int:
        """Return the node where it ends."""
        return self.start_of(crew) + 1

    def rest_of(self, crew: int) -> int:
        """Return the node where it rests."""
        return self.start_of(crew) + 2


def roads(day: Day) -> Roads:
    """Measure a day."""
    places = [home.place for home in day.homes]
    for crew in day.crews:
        places += [crew.start, crew.end or crew.start, _rest(crew)]
    circles = _great_circles(places)
    metres = np.rint(circles * day.travel.detour * 1000)
    seconds = np.rint(metres / 1000 / day.travel.speed_kmh * 3600 + 60 * _indoors(day, circles))
    np.fill_diagonal(seconds, 0)
    found = Roads(day, metres.astype(np.int64), seconds.astype(np.int64))
    for number, crew in enumerate(day.crews):
        if crew.end is None:
            # It ends at the last door, wherever that is.
            found.metres[:, found.end_of(number)] = found.seconds[:, found.end_of(number)] = 0
    return found


def _rest(crew: Crew) -> Place:
    return crew.rest.place if crew.rest and crew.rest.place else crew.start


def _great_circles(places: list[Place]) -> np.ndarray:
    lat, lon = (np.radians([getattr(place, name) for place in places]) for name in ("lat", "lon"))
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1, np.sqrt(half)))


def _indoors(day: Day, circles: np.ndarray) -> np.ndarray:
    """Minutes for buildings, floors and doors; nobody climbs stairs at the start, the end or the rest of a crew."""
    travel, count = day.travel, len(day.homes) + PER_CREW * len(day.crews)
    indoors = np.zeros((count, count))
    climbs = np.zeros(count)
    climbs[: len(day.homes)] = [_climb(home, travel, abs(height(home.floor))) for home in day.homes]
    enters = np.zeros(count)
    enters[: len(day.homes)] = travel.building_minutes
    # Half of it for leaving and half for entering, so that it is the same either way.
    indoors += climbs[:, None] + climbs + (enters[:, None] + enters) / 2
    for here, one in enumerate(day.homes):
        for there, other in enumerate(day.homes):
            if one.building and one.building == other.building and circles[here, there] <= SAME_BUILDING_KM:
                floors = abs(height(one.floor) - height(other.floor))
                indoors[here, there] = max(
                    travel.door_minutes, *(_climb(home, travel, floors) for home in (one, other))
                )
    return indoors


def height(floor: int) -> int:
    """Return how many floors one climbs from the street: none to floor 1, one to floor 2, one down to floor -1."""
    return floor - 1 if floor > 0 else floor


def _climb(home: Home, travel: Travel, floors: int) -> float:
    return floors * (travel.lift_minutes if home.lift else travel.stairs_minutes)
