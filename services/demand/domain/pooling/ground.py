"""The needs of one topic as the search sees them: who is near whom, who may be together, who comes to a delivery."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from services.demand.domain.pooling.field import NO_CURRENCY, Field, angle, half_chord_squared
from services.demand.domain.pooling.model import Pins, Rules, count_people, payable
from services.demand.domain.pooling.seat import Seat, room_km, seat_of
from services.demand.domain.pooling.sweep import Spot, best_spot, offers_of

NOBODY = Pins()


@dataclass(slots=True, eq=False)
class Draft:
    """A pool in the making: the rows in it, and where and when they are served. ``tied`` rows stay in it."""

    rows: list[int]
    seat: Seat
    tied: frozenset[int] = frozenset()


class Ground:
    """All rows of ``field`` are of one ``topic``."""

    def __init__(self, field: Field, topic: str, rules: Rules, pins: Pins = NOBODY) -> None:
        self.field, self.topic, self.rules, self.pins = field, topic, rules, pins
        self.offers = offers_of(field, topic, rules)
        self._trees = _trees(field)
        self._near: dict[int, np.ndarray] = {}

    def near(self, row: int) -> np.ndarray:
        """Return the rows that could be served together with ``row`` if nobody else were there, itself among them."""
        found = self._near.get(row)
        if found is None:
            found = self._near[row] = self._compatible(row, self._within(row))
        return found

    def _within(self, row: int) -> np.ndarray:
        own, point = self.field.reach[row], self.field.xyz[row]
        found = []
        for tree, rows, widest in self._trees:
            chord = 2 * np.sin(min(np.pi, own + widest) / 2)
            found.append(rows[tree.query_ball_point(point, chord + 1e-9)])
        return np.sort(np.concatenate(found))

    def _compatible(self, row: int, rows: np.ndarray) -> np.ndarray:
        field = self.field
        apart = angle(half_chord_squared(field.lat[row], field.lon[row], field.lat[rows], field.lon[rows]))
        fits = apart <= field.reach[rows] + field.reach[row]
        if field.currency[row] != NO_CURRENCY:
            fits &= (field.currency[rows] == NO_CURRENCY) | (field.currency[rows] == field.currency[row])
        rows = rows[fits]
        length = np.maximum(field.length[rows], field.length[row])
        meets = np.zeros(len(rows), dtype=bool)
        for start, end in zip(field.starts[row], field.ends[row], strict=True):
            if end >= 0:
                shared = np.minimum(field.ends[rows], end) - length[:, None]
                meets |= (np.maximum(field.starts[rows], start) <= shared).any(axis=1)
        return rows[meets]

    def spot(self, around: int, rows: np.ndarray, weights: np.ndarray, beat: float = 0.0) -> Spot | None:
        """Return the heaviest spot on the border of ``around``, if it is heavier than ``beat``."""
        return best_spot(self.field, around, rows, weights, self.offers, beat)

    def people(self, rows: Iterable[int]) -> int:
        """Return how many people rows are, each recognised person once."""
        return count_people([self.field.needs[row] for row in rows])

    def serves(self, rows: Sequence[int]) -> bool:
        """Tell whether rows come to a delivery together."""
        return self.rules.reached(self.topic, len(rows), self.people(rows)) and self._pay(rows)

    def may(self, rows: Sequence[int]) -> bool:
        """Tell whether money and what was decided by hand allow rows to be together; one alone just waits."""
        return self.allowed(rows) and (len(rows) == 1 or self._pay(rows))

    def allowed(self, rows: Sequence[int]) -> bool:
        """Tell whether what was decided by hand allows rows to be together."""
        return not self.pins or not self._unwanted(rows)

    def _pay(self, rows: Sequence[int]) -> bool:
        return payable([self.field.needs[row] for row in rows], self.topic, self.rules)

    def admitted(self, rows: Iterable[int], first: Sequence[int] = ()) -> list[int]:
        """Return those of ``rows`` who may be together; ``first`` come first, then those of most people."""
        chosen = sorted(rows, key=lambda row: (row not in first, -int(self.field.people[row]), row))
        if self.pins:
            chosen = self._without(chosen, self._unwanted(chosen))
        while len(chosen) > 1 and not self._pay(chosen):
            # Without who can pay least the price may rise, so it is looked at again.
            rest = [row for row in chosen if row not in first] or chosen
            least = min(rest, key=lambda row: (self.field.ceiling[row], row))
            chosen.remove(least)
        return sorted(chosen)

    def _unwanted(self, rows: Sequence[int]) -> set[int]:
        ids, out = set(), set()
        for row in rows:
            need = self.field.needs[row].id
            if self.pins.avoids(need) & ids:
                out.add(row)
            else:
                ids.add(need)
        return out

    def _without(self, rows: list[int], out: set[int]) -> list[int]:
        return [row for row in rows if row not in out]

    def draft(self, spot: Spot, rows: Sequence[int], tied: frozenset[int] = frozenset()) -> Draft:
        """Return the pool of ``rows``, all of which ``spot`` serves."""
        return Draft(list(rows), seat_of(self.field, spot, np.asarray(rows)), tied)

    def alone(self, row: int) -> Draft:
        """Return the pool of one need: at its place, as early as it can."""
        field = self.field
        fits = field.ends[row] - field.starts[row] >= field.length[row]
        start = int(field.starts[row][fits].min()) if fits.any() else int(field.starts[row].min())
        return Draft([row], Seat(field.needs[row].place, start, int(field.length[row])))

    def hosts(self, draft: Draft, row: int) -> bool:
        """Tell whether ``row`` can be served where and when ``draft`` is, as it stands."""
        field, seat = self.field, draft.seat
        if field.length[row] > seat.length or room_km(field, row, seat.place) < 0:
            return False
        end = seat.start + seat.length
        return bool(((field.starts[row] <= seat.start) & (end <= field.ends[row])).any())

    def fitted(self, rows: Sequence[int], anchors: Iterable[int]) -> Spot | None:
        """Return a spot on the border of one of ``anchors`` that serves all of ``rows``, if there is one."""
        table = np.asarray(sorted(rows))
        weights = np.ones(len(table))
        for around in anchors:
            if len(np.setdiff1d(table, self.near(around), assume_unique=True)):
                return None
            spot = self.spot(around, table, weights, len(table) - 0.5)
            if spot is not None:
                return spot
        return None


def _trees(field: Field) -> list[tuple[cKDTree, np.ndarray, float]]:
    # One who goes very far would make everybody look far: a tree for each doubling of the reach.
    octave = np.floor(np.log2(field.reach)).astype(int)
    found = []
    for level in np.unique(octave):
        rows = np.flatnonzero(octave == level)
        found.append((cKDTree(field.xyz[rows]), rows, float(field.reach[rows].max())))
    return found
