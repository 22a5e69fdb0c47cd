"""The benchmark instances of Solomon (1987): read, solved by the same search, and by two greedy rules beside it.

Distances are Euclidean, times ten and cut, as the best known solutions of CVRPLIB and DIMACS count them; only the
length counts, not first the number of vehicles.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.kernel.errors import InvalidError
from services.supplier.domain.visits.solving import SEED, Watching

TENTHS = 10
COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Instance:
    """Row 0 is the depot. ``distances`` and all times are tenths of the file's unit."""

    name: str
    vehicles: int
    capacity: int
    demand: np.ndarray
    ready: np.ndarray
    due: np.ndarray
    service: np.ndarray
    distances: np.ndarray


def read(text: str) -> Instance:
    """Read an instance; raise ``InvalidError`` that names the line."""
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    rows = [(number, words) for number, words in lines if all(_is_number(word) for word in words)]
    if not lines or not rows or len(rows[0][1]) != 2:
        raise InvalidError("line 5", "does not say how many vehicles there are", "their number and capacity")
    for number, words in rows[1:]:
        if len(words) != COLUMNS:
            raise InvalidError(f"line {number}", f"has {len(words)} numbers", f"{COLUMNS}: number, x, y, demand, …")
    if len(rows) < 3:
        raise InvalidError("the file", "has no customers", "a depot and at least one customer")
    table = np.array([[float(word) for word in words] for _, words in rows[1:]])
    x, y = table[:, 1], table[:, 2]
    distances = np.trunc(TENTHS * np.hypot(x[:, None] - x, y[:, None] - y)).astype(np.int64)
    demand, ready, due, service = (table[:, column].astype(np.int64) for column in (3, 4, 5, 6))
    vehicles, capacity = (int(float(word)) for word in rows[0][1])
    times = (TENTHS * column for column in (ready, due, service))
    return Instance(lines[0][1][0], vehicles, capacity, demand, *times, distances)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def solve(instance: Instance, seconds: float, tell: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
    """Return ``{"distance", "routes"}`` after so many seconds; ``routes`` is None where none was found."""
    import pyvrp

    customers = range(1, len(instance.demand))
    windows = [
        pyvrp.Client(
            number,
            [int(instance.demand[number])],
            service_duration=int(instance.service[number]),
            tw_early=int(instance.ready[number]),
            tw_late=int(instance.due[number]),
        )
        for number in customers
    ]
    vehicle = pyvrp.VehicleType(
        instance.vehicles, [instance.capacity], tw_early=int(instance.ready[0]), tw_late=int(instance.due[0])
    )
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in instance.demand],
        clients=windows,
        depots=[pyvrp.Depot(0)],
        vehicle_types=[vehicle],
        distance_matrices=[instance.distances],
        duration_matrices=[instance.distances],
    )
    result = pyvrp.solve(data, Watching(seconds, tell), seed=SEED, collect_stats=False, display=False)
    if not result.best.is_feasible():
        return {"distance": None, "routes": None}
    routes = [[stop.idx + 1 for stop in route if stop.is_client()] for route in result.best.routes()]
    return told(instance, routes)


def told(instance: Instance, routes: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Return tours with their length in the file's unit."""
    return {"distance": length(instance, routes) / TENTHS, "routes": [list(route) for route in routes]}


def length(instance: Instance, routes: Sequence[Sequence[int]]) -> int:
    """Return the length of tours in tenths."""
    ways = (zip([0, *route], [*route, 0], strict=True) for route in routes)
    return sum(int(instance.distances[here, there]) for way in ways for here, there in way)


def is_feasible(instance: Instance, route: Sequence[int]) -> bool:
    """Tell whether a tour keeps capacity and windows."""
    now, here = int(instance.ready[0]), 0
    for there in [*route, 0]:
        now = max(now + int(instance.distances[here, there]), int(instance.ready[there]))
        if now > instance.due[there]:
            return False
        now, here = now + int(instance.service[there]), there
    return sum(int(instance.demand[stop]) for stop in route) <= instance.capacity


def nearest_neighbour(instance: Instance) -> list[list[int]]:
    """Go on to the nearest customer that can be reached in time; if there is none, begin another tour."""
    left, routes = set(range(1, len(instance.demand))), []
    while left:
        route: list[int] = []
        while near := [c for c in left if is_feasible(instance, [*route, c])]:
            here = route[-1] if route else 0
            route.append(min(near, key=lambda customer: (instance.distances[here, customer], customer)))
            left.discard(route[-1])
        if not route:
            raise InvalidError("the file", f"has customers that nobody reaches: {sorted(left)[:5]}", "wider windows")
        routes.append(route)
    return routes


def cheapest_insertion(instance: Instance) -> list[list[int]]:
    """Put in the customer whose detour is least, tour by tour; each begins with the one farthest from the depot."""
    left, routes = set(range(1, len(instance.demand))), []
    while left:
        route = [max(left, key=lambda customer: (instance.distances[0, customer], customer))]
        left.discard(route[0])
        while True:
            places = (_detour(instance, route, at, c) for c in left for at in range(len(route) + 1))
            fits = (place for place in sorted(places) if is_feasible(instance, _inserted(route, place)))
            best = next(fits, None)
            if best is None:
                break
            route = _inserted(route, best)
            left.discard(best[2])
        routes.append(route)
    return routes


def _detour(instance: Instance, route: Sequence[int], at: int, customer: int) -> tuple[int, int, int]:
    before, after = ([0, *route][at], [*route, 0][at])
    ways = instance.distances
    return int(ways[before, customer] + ways[customer, after] - ways[before, after]), at, customer


def _inserted(route: Sequence[int], place: tuple[int, int, int]) -> list[int]:
    _, at, customer = place
    return [*route[:at], customer, *route[at:]]
