"""From a spot on somebody's border to a point well inside everybody's reach."""

from dataclasses import dataclass

import numpy as np

from services.demand.domain.pooling.field import Field, angle, half_chord_squared, place_of
from services.demand.domain.pooling.sweep import Spot
from services.kernel.geo import EARTH_RADIUS_KM, Place

STEPS = 10
# Six places are a tenth of a metre: nobody needs more, and it reads better.
PLACES = 6


@dataclass(frozen=True, slots=True)
class Seat:
    """Where and when a pool is served: a point, and a start and a length in microseconds."""

    place: Place
    start: int
    length: int


def seat_of(field: Field, spot: Spot, rows: np.ndarray) -> Seat:
    """Return a seat for ``rows``, all of which ``spot`` serves: there the one with the least room has much of it.

    Of one need it is the place itself. Else points are tried on the way from the spot and from the middle towards
    whoever has the least room (the subgradient of a concave function); the best is rounded if that leaves it inside.
    """
    if len(rows) == 1:
        return Seat(field.needs[rows[0]].place, spot.start, spot.length)
    lat, lon = _on_border(field, spot)
    lats, lons = _candidates(field, rows, lat, lon)
    room = _room(field, rows, lats, lons)
    best = int(np.argmax(room))
    exact = place_of(lats[best], lons[best])
    rounded = Place(round(exact.lat, PLACES), round(exact.lon, PLACES))
    if all(field.needs[row].place.distance_km(rounded) <= field.needs[row].radius_km for row in rows):
        return Seat(rounded, spot.start, spot.length)
    return Seat(_narrow(field, rows, exact), spot.start, spot.length)


def _narrow(field: Field, rows: np.ndarray, exact: Place) -> Place:
    # Somebody who hardly goes anywhere: the only point for all may be a home.
    tight = field.needs[min(rows, key=lambda row: (field.reach[row], row))]
    homes = [exact, tight.place]
    return max(
        homes,
        key=lambda place: min(field.needs[row].radius_km - field.needs[row].place.distance_km(place) for row in rows),
    )


def _on_border(field: Field, spot: Spot) -> tuple[float, float]:
    lat, lon, reach = field.lat[spot.around], field.lon[spot.around], field.reach[spot.around]
    north = np.arcsin(np.clip(np.sin(lat) * np.cos(reach) + np.cos(lat) * np.sin(reach) * np.cos(spot.bearing), -1, 1))
    east = np.sin(spot.bearing) * np.sin(reach) * np.cos(lat)
    return float(north), float(lon + np.arctan2(east, np.cos(reach) - np.sin(lat) * np.sin(north)))


def _candidates(field: Field, rows: np.ndarray, lat: float, lon: float) -> tuple[np.ndarray, np.ndarray]:
    # A plane that touches the earth at the spot will do to find candidates; they are compared on the sphere.
    flat = max(np.cos(lat), 1e-6)
    x = _turned(field.lon[rows] - lon) * flat
    y = field.lat[rows] - lat
    reach = field.reach[rows]
    found = [(0.0, 0.0), (float(x.mean()), float(y.mean()))]
    point = max(found, key=lambda one: float((reach - np.hypot(x - one[0], y - one[1])).min()))
    stride = float(np.hypot(x - point[0], y - point[1]).max()) / 2
    for step in range(1, STEPS + 1):
        away = np.hypot(x - point[0], y - point[1])
        least = int(np.argmin(reach - away))
        if away[least] == 0:
            break
        share = min(1.0, stride / step / float(away[least]))
        point = (point[0] + share * float(x[least] - point[0]), point[1] + share * float(y[least] - point[1]))
        found.append(point)
    steps = np.array(found)
    return np.clip(lat + steps[:, 1], -np.pi / 2, np.pi / 2), lon + steps[:, 0] / flat


def _turned(angles: np.ndarray) -> np.ndarray:
    return (angles + np.pi) % (2 * np.pi) - np.pi


def _room(field: Field, rows: np.ndarray, lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
    """Return for each point the room in radians of whoever has the least."""
    haversine = half_chord_squared(lats[:, None], lons[:, None], field.lat[rows], field.lon[rows])
    return (field.reach[rows] - angle(haversine)).min(axis=1)


def room_km(field: Field, row: int, place: Place) -> float:
    """Return how much further than ``place`` need ``row`` goes."""
    haversine = half_chord_squared(np.radians(place.lat), np.radians(place.lon), field.lat[row], field.lon[row])
    return float((field.reach[row] - angle(haversine)) * EARTH_RADIUS_KM)
