"""The route sheet of a crew, by building, floor and room; the number of a visit tells the order of the day."""

import re
from dataclasses import dataclass

from services.supplier.domain.visits.model import Crew, Day, Home, Plan, Stop, Tour


@dataclass(frozen=True, slots=True)
class Line:
    """One visit; ``number`` is its place in the crew's day, from 1."""

    number: int
    home: Home
    stop: Stop


@dataclass(frozen=True, slots=True)
class House:
    """The visits in one building, by floor and room. A home without a building has a house of its own."""

    building: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CrewSheet:
    """What one crew takes along. ``rest`` is its rest, if it has one."""

    crew: Crew
    tour: Tour
    houses: tuple[House, ...]
    rest: Stop | None


def sheets(day: Day, plan: Plan) -> list[CrewSheet]:
    """Return a sheet for each crew that goes out; visits to homes that the day does not know are left out."""
    crews = {crew.crew_id: crew for crew in day.crews}
    homes = {home.home_id: home for home in day.homes}
    return [_sheet(crews[tour.crew_id], tour, homes) for tour in plan.tours if tour.crew_id in crews]


def _sheet(crew: Crew, tour: Tour, homes: dict[str, Home]) -> CrewSheet:
    visits = [stop for stop in tour.stops if stop.home_id is not None]
    lines = [Line(number, homes[stop.home_id], stop) for number, stop in enumerate(visits, 1) if stop.home_id in homes]
    houses: dict[str, list[Line]] = {}
    for line in lines:
        # Buildings come in the order in which the crew first enters them.
        houses.setdefault(line.home.building or f"\0{line.home.home_id}", []).append(line)
    inside = (House(one[0].home.building, tuple(sorted(one, key=_by_door))) for one in houses.values())
    rest = next((stop for stop in tour.stops if stop.home_id is None), None)
    return CrewSheet(crew, tour, tuple(inside), rest)


def _by_door(line: Line) -> tuple:
    return line.home.floor, _natural(line.home.room), line.number


def _natural(room: str) -> list[tuple[bool, int, str]]:
    """Return a key by which 606 comes before 1201, and A2 before A10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", room)
    return [(not part[0].isdigit(), int(part) if part[0].isdigit() else 0, part) for part in parts]
