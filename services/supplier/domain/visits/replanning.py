"""A plan that has to change: a home drops out, one is added, a crew is late. Promises stay; as little as can be moves.

First the old tours are kept as they are, without who dropped out; who is new, or was left out, is put where it costs
least time and breaks nothing. Only if somebody then is without a visit who could have one, or more than ``FEW`` are
new, does the solver search, from there on, and a home that would get another crew costs ``MOVING`` metres more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.supplier.domain.visits.model import Day, Plan, Why
from services.supplier.domain.visits.solving import Tell, plan_of, solve
from services.supplier.domain.visits.timetable import REST, Timetable
from services.supplier.domain.visits.travel import roads

MOVING = 2_000  # metres of way that another crew for a home has to save
FEW = 3  # new homes that are put between the others without a search

# Of an old plan: the homes of each crew by their ids, in order.
Old = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Replanned:
    """The new plan. ``moved``: the homes that have another crew than before; ``searched``: whether it took a search."""

    plan: Plan
    moved: tuple[str, ...]
    searched: bool


def old_of(plan: Plan) -> dict[str, list[str]]:
    """Return what replanning needs to know of a plan."""
    return {tour.crew_id: list(tour.home_ids) for tour in plan.tours}


def replan(day: Day, old: Old, seconds: float, tell: Tell | None = None, *, most: int | None = None) -> Replanned:
    """Return the plan of the day as it is now, as near to the old one as the promises and the windows allow."""
    table = Timetable.of(roads(day))
    kept = repair(table, old)
    plan = plan_of(table, kept)
    before = {home_id: crew_id for crew_id, home_ids in old.items() for home_id in home_ids}
    new = sum(home.home_id not in before for home in day.homes)
    # No search finds a way to a home to which nobody can come at all.
    lacking = [why for why in plan.left_out.values() if why in (Why.NO_ROOM, Why.PROMISE_LOST)]
    searched = bool(lacking) or new > FEW
    if searched:
        number = {home.home_id: at for at, home in enumerate(day.homes)}
        crews = {crew.crew_id: at for at, crew in enumerate(day.crews)}
        moving = {
            (other, number[home_id]): MOVING
            for crew_id, home_ids in old.items()
            for home_id in home_ids
            if home_id in number and crew_id in crews
            for other in crews.values()
            if other != crews[crew_id]
        }
        found = solve(day, seconds, tell, start=kept, moving=moving, most=most)
        plan = max(plan, found, key=lambda one: _worth(day, one, before))
    return Replanned(plan, tuple(_moved(plan, before)), searched)


def _moved(plan: Plan, before: Mapping[str, str]) -> list[str]:
    return sorted(home_id for home_id, crew in plan.crew_of().items() if before.get(home_id, crew) != crew)


def _worth(day: Day, plan: Plan, before: Mapping[str, str]) -> tuple[int, int, float]:
    """Return what a plan is worth: promises kept, homes visited, and what is saved of time, way and moving."""
    homes = plan.crew_of()
    kept = sum(home.promised is not None and home.home_id in homes for home in day.homes)
    time = sum(tour.span.length.total_seconds() for tour in plan.tours)
    return kept, len(homes), -(time + plan.metres + MOVING * len(_moved(plan, before)))


def repair(table: Timetable, old: Old) -> dict[int, list[int]]:
    """Return the old tours without what is no longer there or no longer works, and with what fits in between."""
    day = table.roads.day
    number = {home.home_id: at for at, home in enumerate(day.homes)}
    tours: dict[int, list[int]] = {}
    for crew, who in enumerate(day.crews):
        sequence = [number[home_id] for home_id in old.get(who.crew_id, ()) if home_id in number]
        tours[crew] = _what_works(table, crew, sequence)
    placed = {home for sequence in tours.values() for home in sequence}
    waiting = [home for home in range(len(day.homes)) if home not in placed]
    # Those who were told a time come first, then those with the shortest time in which they can be visited.
    waiting.sort(key=lambda home: (day.homes[home].promised is None, _room(table, home), home))
    for home in waiting:
        best = min(_places(table, tours, home), default=None)
        if best is not None:
            _, crew, sequence = best
            tours[crew] = sequence
    return {crew: sequence for crew, sequence in tours.items() if any(stop != REST for stop in sequence)}


def _room(table: Timetable, home: int) -> int:
    return sum(end - begin for begin, end in table.starts[home])


def _what_works(table: Timetable, crew: int, homes: Sequence[int]) -> list[int]:
    """Return the sequence with its rest, home after home; one that makes it impossible is left out."""
    sequence = _with_rest(table, crew, [])
    for home in homes:
        following = [stop for stop in sequence if stop != REST]
        if (longer := _with_rest(table, crew, [*following, home])) is not None:
            sequence = longer
    return sequence or []


def _with_rest(table: Timetable, crew: int, homes: list[int]) -> list[int] | None:
    """Return the homes with the rest where the tour then ends earliest; None if they cannot be done with it."""
    if table.roads.day.crews[crew].rest is None:
        return homes if table.times(crew, homes) is not None else None
    ways = [[*homes[:at], REST, *homes[at:]] for at in range(len(homes) + 1)]
    ends = [(times[-1], at) for at, way in enumerate(ways) if (times := table.times(crew, way)) is not None]
    return ways[min(ends)[1]] if ends else None


def _places(table: Timetable, tours: Mapping[int, list[int]], home: int) -> list[tuple[int, int, list[int]]]:
    """Return the ways to put a home into the tours: seconds of travel more, crew, sequence."""
    found = []
    for crew, sequence in tours.items():
        homes = [stop for stop in sequence if stop != REST]
        for at in range(len(homes) + 1):
            longer = _with_rest(table, crew, [*homes[:at], home, *homes[at:]])
            if longer is not None:
                found.append((_travel(table, crew, longer) - _travel(table, crew, sequence), crew, longer))
    return found


def _travel(table: Timetable, crew: int, sequence: Sequence[int]) -> int:
    way = table.roads
    nodes = [way.start_of(crew), *(table.node(crew, stop) for stop in sequence), way.end_of(crew)]
    return sum(int(way.seconds[here, there]) for here, there in pairwise(nodes))
