"""Where and when most people of a neighbourhood can be served, exactly.

A delivery is a point, a start and a length. For a length L a need allows the points of its disc and the starts from the
start of a window to L before its end. The best point lies on the border of one of those it serves (a cell of an
arrangement of discs is bounded by their arcs, or is a whole disc), and at the latest of the window starts of those it
serves. So it is found by going around the border of each need, once for each start, and counting who is in reach:
the sweep of Chazelle and Lee, "On a circle placement problem", Computing 36 (1986), on the sphere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.demand.domain.pooling.field import NO_CURRENCY, Field, angle, half_chord_squared
from services.demand.domain.pooling.model import Rules

NOISE = 1e-12  # radians of rounding; six micrometres on the ground
AT_ONCE = 2_000_000  # cells of a table of starts and needs


@dataclass(frozen=True, slots=True)
class Spot:
    """A point at ``bearing`` on the border of need ``around``, a ``start``, a ``length``, and the rows it serves."""

    weight: float
    around: int
    bearing: float
    start: int
    length: int
    rows: np.ndarray


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to be paid: who can be together at ``price`` (None: unknown), if they are ``seats`` at least."""

    currency: int
    price: int | None
    seats: int


def offers_of(field: Field, topic: str, rules: Rules) -> list[Offer]:
    """Return the ways in which needs of a topic can be paid: a currency each, and a price tier where they are known."""
    tiers = rules.prices.tiers(topic)
    found = []
    for code, currency in enumerate(field.currencies or [""]):
        if tiers and tiers[0].price.currency == currency:
            # While no tier is reached the price is that of the first.
            seats = [0, *(tier.seats for tier in tiers[1:])]
            found += [Offer(code, tier.price.minor, least) for tier, least in zip(tiers, seats, strict=True)]
        else:
            found.append(Offer(code, None, 0))
    return found


def arcs(field: Field, around: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bearings of ``rows`` seen from need ``around``, and how far to both sides of it they reach its border.

    Half an arc of pi or more is the whole border, a negative one is none of it. By the law of haversines.
    """
    lat, lon, own = field.lat[around], field.lon[around], field.reach[around]
    lats, lons, reach = field.lat[rows], field.lon[rows], field.reach[rows]
    haversine = half_chord_squared(lat, lon, lats, lons)
    apart = angle(haversine)
    east = np.sin(lons - lon) * np.cos(lats)
    north = np.cos(lat) * np.sin(lats) - np.sin(lat) * np.cos(lats) * np.cos(lons - lon)
    farthest = np.minimum(apart + own, 2 * np.pi - apart - own)
    nearest = np.abs(apart - own)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (np.sin(reach / 2) ** 2 - np.sin(nearest / 2) ** 2) / (np.sin(own) * np.sin(apart))
        half = 2 * np.arcsin(np.sqrt(np.minimum(np.maximum(part, 0.0), 1.0)))
    half = np.where(farthest <= reach + NOISE, np.pi + 1, np.where(nearest > reach, -1.0, half))
    return np.arctan2(east, north), half


def best_spot(
    field: Field, around: int, rows: np.ndarray, weights: np.ndarray, offers: list[Offer], beat: float = 0.0
) -> Spot | None:
    """Return the heaviest spot on the border of ``around``, which serves it and any of ``rows`` (itself among them).

    ``weights`` has one for each of ``rows``. Nothing is returned where no spot is heavier than ``beat``.
    """
    bearings, half = arcs(field, around, rows)
    here = half >= 0
    rows, weights, bearings, half = rows[here], weights[here], bearings[here], half[here]
    best = None
    for offer, length in _ways(field, around, rows, offers):
        fits = _payable(field, rows, offer) & (field.length[rows] <= length)
        if weights[fits].sum() <= beat or field.people[rows[fits]].sum() < offer.seats:
            continue
        found = _best_of_way(field, around, (rows[fits], weights[fits], bearings[fits], half[fits]), length, beat)
        if found is not None and field.people[found.rows].sum() >= offer.seats:
            best, beat = found, found.weight
    return best


def _ways(field: Field, around: int, rows: np.ndarray, offers: list[Offer]) -> Iterator[tuple[Offer, int]]:
    lengths = np.unique(field.length[rows])
    lengths = lengths[lengths >= field.length[around]]
    for offer in offers:
        if _payable(field, np.array([around]), offer)[0]:
            yield from ((offer, int(length)) for length in lengths)


def _payable(field: Field, rows: np.ndarray, offer: Offer) -> np.ndarray:
    silent = field.currency[rows] == NO_CURRENCY
    same = field.currency[rows] == offer.currency
    return silent | (same if offer.price is None else same & (field.ceiling[rows] >= offer.price))


def _best_of_way(field: Field, around: int, table: tuple, length: int, beat: float) -> Spot | None:
    rows, weights, bearings, half = table
    starts, ends = field.starts[rows], field.ends[rows] - length
    times = _times(field, around, starts, length)
    step = max(1, AT_ONCE // max(1, starts.size))
    best = None
    for first in range(0, len(times), step):
        some = times[first : first + step]
        active = _active(starts, ends, some)
        likely = active @ weights > beat
        if not likely.any():
            continue
        some, active = some[likely], active[likely]
        weight, when, bearing = _around(active, weights, bearings, half)
        if weight > beat:
            covered = active[when] & _reaches(bearings, half, bearing)
            beat = weight
            best = Spot(weight, around, bearing, int(some[when]), length, rows[covered])
    return best


def _times(field: Field, around: int, starts: np.ndarray, length: int) -> np.ndarray:
    times = np.unique(starts)
    own_starts, own_ends = field.starts[around], field.ends[around] - length
    return times[((own_starts <= times[:, None]) & (times[:, None] <= own_ends)).any(axis=1)]


def _active(starts: np.ndarray, ends: np.ndarray, times: np.ndarray) -> np.ndarray:
    found = np.zeros((len(times), len(starts)), dtype=bool)
    for column in range(starts.shape[1]):
        found |= (starts[None, :, column] <= times[:, None]) & (times[:, None] <= ends[None, :, column])
    return found


def _around(active: np.ndarray, weights: np.ndarray, bearings: np.ndarray, half: np.ndarray) -> tuple:
    """Go around the border once for each row of ``active``; return the best weight, its row, and its bearing."""
    arc = half < np.pi
    always = active[:, ~arc] @ weights[~arc]
    centres, widths, heavy = bearings[arc], half[arc] + NOISE, weights[arc]
    if not len(centres):
        when = int(np.argmax(always))
        return float(always[when]), when, 0.0
    opens, closes = _wrapped(centres - widths), _wrapped(centres + widths)
    # At one bearing the arcs that begin come before those that end: borders belong to their discs.
    order = np.lexsort((np.repeat([0, 1], len(centres)), np.concatenate([opens, closes])))
    change = np.concatenate([heavy, -heavy])[order]
    owner = np.tile(np.arange(len(centres)), 2)[order]
    shown = active[:, arc]
    begun = always + shown[:, opens > closes] @ heavy[opens > closes]
    depth = begun[:, None] + np.cumsum(np.where(shown[:, owner], change, 0), axis=1)
    when, event = np.unravel_index(np.argmax(depth), depth.shape)
    bearing = _middle(np.concatenate([opens, closes])[order], shown[when][owner], int(event))
    return float(depth[when, event]), int(when), bearing


def _middle(angles: np.ndarray, counts: np.ndarray, event: int) -> float:
    """Return the bearing half way from an event to the next one that counts."""
    begin = angles[event]
    later = np.flatnonzero(counts[event + 1 :])
    if len(later):
        return float((begin + angles[event + 1 + later[0]]) / 2)
    first = np.flatnonzero(counts)
    end = angles[first[0]] + 2 * np.pi if len(first) else begin
    return float(_wrapped((begin + end) / 2))


def _wrapped(angles: np.ndarray) -> np.ndarray:
    return (angles + np.pi) % (2 * np.pi) - np.pi


def _reaches(bearings: np.ndarray, half: np.ndarray, bearing: float) -> np.ndarray:
    return (half >= np.pi) | (np.abs(_wrapped(bearings - bearing)) <= half + 2 * NOISE)
