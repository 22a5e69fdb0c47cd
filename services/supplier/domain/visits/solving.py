"""The plan of a day by PyVRP: iterated local search over tours with penalties for what they break.

What is optimised, in this order: promises kept, homes visited, then the crews' time (seconds) and way (metres), which
weigh the same. Source of the method: Wouda, Lan, Kool, "PyVRP: a high-performance VRP solver package", INFORMS Journal
on Computing 36(4), 2024; the page VISITS.md has the model.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from services.supplier.domain.visits.model import Day, Plan, Tour, Why
from services.supplier.domain.visits.timetable import REST, Timetable, seconds_of
from services.supplier.domain.visits.travel import roads

SEED = 1
FAR = 10_000_000  # metres, and seconds, to the rest of another crew: nobody goes there
PROMISED = 10  # how many visits a kept promise is worth
EVERY = 0.25  # seconds between two tellings of how far it is

Tell = Callable[[dict[str, Any]], None]
Sequences = Mapping[int, Sequence[int]]


class Watching:
    """The stopping rule of a search: a time limit, and on the way it tells how far it is.

    ``most`` iterations, where given, make the result the same on every machine.
    """

    def __init__(self, seconds: float, tell: Tell | None = None, most: int | None = None) -> None:
        self._seconds = seconds
        self._tell = tell
        self._most = most
        self._begun = self._told = time.perf_counter()
        self._done = 0

    def __call__(self, best_cost: int) -> bool:
        """Tell whether the search is over."""
        now = time.perf_counter()
        if self._tell is not None and now - self._told >= EVERY:
            self._told = now
            self._tell({"percent": min(99, round(100 * (now - self._begun) / max(self._seconds, 0.001)))})
        self._done += 1
        return now - self._begun > self._seconds or (self._most is not None and self._done > self._most)


def solve(
    day: Day,
    seconds: float,
    tell: Tell | None = None,
    *,
    start: Sequences | None = None,
    moving: Mapping[tuple[int, int], int] | None = None,
    most: int | None = None,
) -> Plan:
    """Return a plan of the day after about so many seconds; with the same ``most`` iterations it is the same again.

    ``start`` holds tours to begin with (by crew, indexes of homes and REST). ``moving`` is what it costs, in metres,
    to let a crew come to a home: (crew, home) to cost. Homes to which nobody can come alone are not given to the
    solver; they are left out and told why.
    """
    way = roads(day)
    table = Timetable.of(way)
    hopeless = {number: why for number in range(len(day.homes)) if (why := alone(table, number))}
    if len(hopeless) == len(day.homes):
        return plan_of(table, {})
    model = _Model(table, moving or {}, [n for n in range(len(day.homes)) if n not in hopeless])
    return plan_of(table, model.search(Watching(seconds, tell, most), start or {}))


def alone(table: Timetable, home: int) -> Why | None:
    """Return why no crew could come to a home even if it came to no other, or None."""
    day = table.roads.day
    wanted = day.homes[home]
    if not table.starts[home]:
        return Why.PROMISE_LOST if wanted.promised else Why.NO_WINDOW
    if all(crew.capacity is not None and crew.capacity < wanted.load for crew in day.crews):
        return Why.TOO_HEAVY
    for number, crew in enumerate(day.crews):
        ways = ([home],) if crew.rest is None else ([home, REST], [REST, home])
        if any(table.times(number, way) for way in ways):
            return None
    return Why.PROMISE_LOST if wanted.promised else Why.OUT_OF_REACH


def plan_of(table: Timetable, sequences: Sequences) -> Plan:
    """Return the plan of sequences that can be done, and why each home that is in none of them is left out."""
    tours: list[Tour] = []
    for crew, sequence in sorted(sequences.items()):
        tour = table.tour(crew, sequence) if any(stop != REST for stop in sequence) else None
        if tour is not None:
            tours.append(tour)
    done = {home_id for tour in tours for home_id in tour.home_ids}
    left = {}
    for number, home in enumerate(table.roads.day.homes):
        if home.home_id not in done:
            left[home.home_id] = alone(table, number) or (Why.PROMISE_LOST if home.promised else Why.NO_ROOM)
    return Plan(tuple(tours), left)


class _Model:
    """A day as PyVRP knows it. A home with several windows is a group of clients of which one is visited."""

    def __init__(self, table: Timetable, moving: Mapping[tuple[int, int], int], homes: Sequence[int]) -> None:
        import pyvrp

        self._vrp, self._table, self._homes = pyvrp, table, homes
        self._stops: list[int] = []  # of each client: its home, or REST
        self._rests: dict[int, int] = {}  # of a crew: the client of its rest
        self._day = table.roads.day
        clients, groups = self._clients()
        matrices = [self._matrices(crew, moving) for crew in range(len(self._day.crews))]
        self._data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(len(table.roads.metres))],
            clients=clients,
            depots=[pyvrp.Depot(node) for node in self._depots()],
            vehicle_types=[self._vehicle(crew) for crew in range(len(self._day.crews))],
            distance_matrices=[metres for metres, _ in matrices],
            duration_matrices=[seconds for _, seconds in matrices],
            groups=groups,
        )

    def _depots(self) -> list[int]:
        way = self._table.roads
        return [node for crew in range(len(self._day.crews)) for node in (way.start_of(crew), way.end_of(crew))]

    def _clients(self) -> tuple[list[Any], list[Any]]:
        clients, groups, prize = [], [], self._prize()
        for home in self._homes:
            it, spans = self._day.homes[home], self._table.starts[home]
            worth = prize * (PROMISED if it.promised else 1)
            group = len(groups) if len(spans) > 1 else None
            if group is not None:
                numbers = list(range(len(clients), len(clients) + len(spans)))
                groups.append(self._vrp.ClientGroup(numbers, required=False))
            for begin, end in spans:
                options = {"tw_early": begin, "tw_late": end, "service_duration": 60 * it.minutes}
                clients.append(self._vrp.Client(home, [it.load], prize=worth, required=False, group=group, **options))
                self._stops.append(home)
        for crew, who in enumerate(self._day.crews):
            if who.rest is not None:
                begin, end = seconds_of(self._day, who.rest.window)
                options = {"tw_early": max(begin, 0), "tw_late": end, "service_duration": 60 * who.rest.minutes}
                self._rests[crew] = len(clients)
                clients.append(self._vrp.Client(self._table.roads.rest_of(crew), [0], required=True, **options))
                self._stops.append(REST)
        return clients, groups

    def _prize(self) -> int:
        """Return what one more visit is worth: more than any way and any wait that it could cost."""
        way, real = self._table.roads, len(self._table.roads.metres)
        shift = max(seconds_of(self._day, crew.shift)[1] for crew in self._day.crews)
        return 2 * int(way.metres[:real, :real].max()) + 2 * int(way.seconds.max()) + shift + 1

    def _matrices(self, crew: int, moving: Mapping[tuple[int, int], int]) -> tuple[np.ndarray, np.ndarray]:
        way = self._table.roads
        metres, seconds = way.metres.copy(), way.seconds.copy()
        for other in self._rests:
            if other != crew:
                node = way.rest_of(other)
                for matrix in (metres, seconds):
                    matrix[node, :] = matrix[:, node] = FAR
                    matrix[node, node] = 0
        for (who, home), cost in moving.items():
            if who == crew:
                metres[:, home] += cost
                metres[home, home] = 0
        return metres, seconds

    def _vehicle(self, crew: int) -> Any:
        who = self._day.crews[crew]
        begin, end = seconds_of(self._day, who.shift)
        unlimited = sum(home.load for home in self._day.homes)
        return self._vrp.VehicleType(
            1,
            [unlimited if who.capacity is None else who.capacity],
            start_depot=2 * crew,
            end_depot=2 * crew + 1,
            tw_early=begin,
            tw_late=end,
            unit_distance_cost=1,
            unit_duration_cost=1,
            profile=crew,
        )

    def search(self, stop: Watching, start: Sequences) -> Sequences:
        """Return the best tours that were found in which nothing is broken; those of the start at the worst."""
        params = self._vrp.SolveParams()
        first = self._solution(start) if start else None
        result = self._vrp.solve(
            self._data, stop, seed=SEED, collect_stats=False, display=False, params=params, initial_solution=first
        )
        return self._sequences(result.best) if result.best.is_feasible() else {**start}

    def _solution(self, start: Sequences) -> Any:
        """Return tours as a solution; of a home with several windows the client of the first one it can be in."""
        routes = []
        for crew, sequence in start.items():
            times = self._table.times(crew, sequence)
            clients = [self._client(crew, stop, times[at] if times else None) for at, stop in enumerate(sequence)]
            routes.append(self._vrp.Route(self._data, clients, crew))
        return self._vrp.Solution(self._data, routes)

    def _client(self, crew: int, stop: int, begins: int | None) -> int:
        if stop == REST:
            return self._rests[crew]
        first = self._stops.index(stop)
        spans = self._table.starts[stop]
        fits = (at for at, (begin, end) in enumerate(spans) if begins is None or begin <= begins <= end)
        return first + next(fits, 0)

    def _sequences(self, solution: Any) -> dict[int, list[int]]:
        return {
            route.vehicle_type(): [self._stops[activity.idx] for activity in route if activity.is_client()]
            for route in solution.routes()
        }
