"""The best possible for small worlds: every set that one delivery can serve, and the choice among them by HiGHS.

Independent of the engine's search: candidate points are the places and the crossings of two borders, candidate
starts the window starts; sets that another contains are dropped; then an integer programme chooses.
"""

from itertools import permutations, product
from math import asin, cos, sin, sqrt

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_matrix

from services.kernel.geo import EARTH_RADIUS_KM


def best_possible(needs, rules, seconds=60):
    """Return how many people the best pools of ``needs`` (one topic, no shared persons) serve.

    Returns None if that was not proved within ``seconds``.
    """
    topic = needs[0].topic
    sets = list(candidate_sets(needs, rules))
    return _chosen(needs, sets, rules.least(topic), seconds) if sets else 0


def candidate_sets(needs, rules):
    """Yield (rows, seats): whom one delivery can serve, and how many people it takes to be payable."""
    found = {}
    reached = _reached(needs, _points(needs))
    starts = {window.start for need in needs for window in need.windows}
    for length, start in product({need.minutes for need in needs}, starts):
        awake = np.array([_awake(need, start, length) for need in needs])
        for near in {frozenset(np.flatnonzero(row).tolist()) for row in np.unique(reached & awake, axis=0)}:
            for rows, seats in _payable(needs, near, rules):
                found[rows, seats] = True
    kept = [(rows, seats) for rows, seats in found if len(rows) > 1 or rules.least(needs[0].topic) is not None]
    kept.sort(key=lambda one: -len(one[0]))
    maximal = []
    for rows, seats in kept:
        if not any(rows <= other and seats >= least for other, least in maximal):
            maximal.append((rows, seats))
    return maximal


def _awake(need, start, length):
    if need.minutes > length:
        return False
    return any(w.start <= start and (w.end - start).total_seconds() >= length * 60 for w in need.windows)


def _reached(needs, points):
    """Return a table: which point (a row) is within reach of which need."""
    homes = _vectors([(need.place.lat, need.place.lon) for need in needs])
    chords = np.linalg.norm(points[:, None, :] - homes[None, :, :], axis=2)
    # A millimetre more, because crossings lie on the border: the best possible is rather too good than too bad.
    return 2 * np.arcsin(chords / 2) * EARTH_RADIUS_KM <= np.array([need.radius_km for need in needs]) + 1e-6


def _vectors(places):
    lat, lon = np.radians(np.array(places)).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _points(needs):
    """Return the places and the crossings of two borders, as unit vectors."""
    homes = _vectors([(need.place.lat, need.place.lon) for need in needs])
    found = list(homes)
    for one, other in permutations(range(len(needs)), 2):
        found += _crossings(homes[one], homes[other], *(needs[row].radius_km / EARTH_RADIUS_KM for row in (one, other)))
    return np.array(found)


def _crossings(a, b, r, s):
    """Return where circles of r around a and of s around b cross: from a, r far, at the angle of the triangle."""
    away = 2 * asin(np.linalg.norm(a - b) / 2)
    if not away or away > r + s or away < abs(r - s):
        return
    # In half angles, because cosines of kilometres on the earth are 1 but for the seventh place.
    square = sin((s + r - away) / 2) * sin((s - r + away) / 2) / (sin(r) * sin(away))
    angle = 2 * asin(sqrt(min(1.0, max(0.0, square))))
    ahead = b - a * cos(away)
    ahead /= np.linalg.norm(ahead)
    aside = np.cross(a, ahead)
    for turn in (angle, -angle):
        yield a * cos(r) + (ahead * cos(turn) + aside * sin(turn)) * sin(r)


def _payable(needs, rows, rules):
    topic = needs[0].topic
    tiers = rules.prices.tiers(topic)
    currencies = {needs[row].ceiling.currency for row in rows if needs[row].ceiling is not None} or {None}
    for currency in currencies:
        same = [row for row in rows if needs[row].ceiling is None or needs[row].ceiling.currency == currency]
        if not tiers or tiers[0].price.currency != currency:
            yield frozenset(same), 0
            continue
        for index, tier in enumerate(tiers):
            can = [row for row in same if needs[row].ceiling is None or needs[row].ceiling.minor >= tier.price.minor]
            yield frozenset(can), tier.seats if index else 0


def _chosen(needs, sets, least, seconds):
    pairs = [(row, one) for one, (rows, _) in enumerate(sets) for row in rows]
    people = np.array([need.people for need in needs])
    columns = len(pairs) + len(sets)
    gain = np.concatenate([-people[[row for row, _ in pairs]].astype(float), np.full(len(sets), 1e-6)])
    rows, cols, values, low, high = [], [], [], [], []

    def constrain(terms, at_least, at_most):
        for column, value in terms:
            rows.append(len(low)), cols.append(column), values.append(value)
        low.append(at_least), high.append(at_most)

    of_need, of_set = {}, {}
    for column, (row, one) in enumerate(pairs):
        of_need.setdefault(row, []).append(column)
        of_set.setdefault(one, []).append(column)
    for members in of_need.values():
        constrain([(column, 1) for column in members], 0, 1)
    for one, members in of_set.items():
        opened = len(pairs) + one
        heads = [(column, int(people[pairs[column][0]])) for column in members]
        for column in members:
            constrain([(column, 1), (opened, -1)], -np.inf, 0)
        if least is None:
            constrain([*((column, 1) for column in members), (opened, -2)], 0, np.inf)
        if max(least or 0, sets[one][1]):
            constrain([*heads, (opened, -max(least or 0, sets[one][1]))], 0, np.inf)
    table = coo_matrix((values, (rows, cols)), shape=(len(low), columns))
    answer = milp(
        gain,
        constraints=LinearConstraint(table, low, high),
        integrality=np.ones(columns),
        bounds=(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0},
    )
    if answer.status != 0:
        return None
    return int(sum(people[row] for (row, _), value in zip(pairs, answer.x[: len(pairs)], strict=True) if value > 0.5))
