"""Needs as columns of numbers, so that many are looked at in one step. Row i of every column is need i of the list."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from services.demand.domain.pooling.model import Need
from services.kernel.geo import EARTH_RADIUS_KM, Place
from services.kernel.timespan import Timespan

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Angle = float | np.ndarray
MINUTE = 60_000_000  # microseconds
# Reaches are searched as if they were a little smaller, so that the point still lies inside after it was rounded.
# Two centimetres, and the difference between the radii of the earth in common use (6371 and 6371.0088 km).
SLACK_KM, SLACK_SHARE = 2e-5, 2e-6
LEAST_RAD = 1e-10  # under a millimetre: a place that is its own reach
NEVER = np.iinfo(np.int64).max
NO_CURRENCY = -1
DEAREST = np.iinfo(np.int64).max


class Field:
    """The columns: ``lat``, ``lon``, ``reach`` in radians, ``xyz`` on the unit sphere, times in microseconds.

    ``starts`` and ``ends`` hold the windows, a row for each need, filled up with windows that never are.
    ``currency`` is an index (-1: none named), ``ceiling`` minor units (the largest number: none named).
    """

    def __init__(self, needs: Sequence[Need]) -> None:
        self.needs = needs
        self.lat = np.radians(np.array([need.place.lat for need in needs], dtype=float))
        self.lon = np.radians(np.array([need.place.lon for need in needs], dtype=float))
        self.xyz = unit_vectors(self.lat, self.lon)
        radius = np.array([need.radius_km for need in needs], dtype=float)
        # Nobody is further away than half of the earth's circumference.
        reach = (radius * (1 - SLACK_SHARE) - SLACK_KM) / EARTH_RADIUS_KM
        self.reach = np.clip(reach, LEAST_RAD, np.pi - LEAST_RAD)
        self.people = np.array([need.people for need in needs], dtype=np.int64)
        self.length = np.array([need.minutes * MINUTE for need in needs], dtype=np.int64)
        self._add_money()
        self._add_windows()

    def _add_money(self) -> None:
        self.currencies = sorted({need.ceiling.currency for need in self.needs if need.ceiling is not None})
        code = {currency: index for index, currency in enumerate(self.currencies)}
        named = [need.ceiling for need in self.needs]
        self.currency = np.array([NO_CURRENCY if one is None else code[one.currency] for one in named], dtype=np.int16)
        self.ceiling = np.array([DEAREST if one is None else one.minor for one in named], dtype=np.int64)

    def _add_windows(self) -> None:
        width = max((len(need.windows) for need in self.needs), default=1)
        self.starts = np.full((len(self.needs), width), NEVER, dtype=np.int64)
        self.ends = np.full((len(self.needs), width), -1, dtype=np.int64)
        known: dict[tuple[Timespan, ...], tuple[list[int], list[int]]] = {}
        for row, need in enumerate(self.needs):
            found = known.get(need.windows)
            if found is None:  # members of one community often copy each other's windows
                starts = [microseconds(window.start) for window in need.windows]
                found = known[need.windows] = starts, [microseconds(window.end) for window in need.windows]
            self.starts[row, : len(found[0])], self.ends[row, : len(found[1])] = found


def unit_vectors(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Return points on the unit sphere, one a row."""
    flat = np.cos(lat)
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)], axis=-1)


def half_chord_squared(lat: Angle, lon: Angle, lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
    """Return the haversines of the distances from a point to many, which is exact for short distances too."""
    return np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2


def angle(haversine: np.ndarray) -> np.ndarray:
    """Return the angles in radians whose haversines are given."""
    return 2 * np.arcsin(np.sqrt(np.minimum(haversine, 1.0)))


def microseconds(time: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (time - EPOCH) // MICROSECOND


def moment(microseconds: int) -> datetime:
    """Return microseconds since 1970 as a time."""
    return EPOCH + timedelta(microseconds=int(microseconds))


def place_of(lat: float, lon: float) -> Place:
    """Return a point in radians as a place."""
    degrees = float(np.degrees(lon))
    return Place(float(np.degrees(lat)), (degrees + 180) % 360 - 180)
