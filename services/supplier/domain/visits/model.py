"""A service day at many homes: homes, crews, how long it takes from door to door, and the plan that is made of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.kernel.geo import Place
from services.kernel.timespan import Timespan


@dataclass(frozen=True, slots=True)
class Home:
    """Where a visit of ``minutes`` takes place.

    ``windows``: when somebody is at home; the whole visit lies in one of them, at any time of the day if there are
    none. ``promised``: the span that the home was told; the crew begins in it, whatever happens. ``load`` is what the
    visit needs of a crew's capacity. ``label``, ``notes`` and ``contact`` are for the crew; the solver gets none.
    """

    home_id: str
    place: Place
    minutes: int
    building: str = ""
    floor: int = 0
    room: str = ""
    lift: bool = True
    windows: tuple[Timespan, ...] = ()
    promised: Timespan | None = None
    load: int = 0
    label: str = ""
    notes: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of ``minutes`` that begins within ``window``, where the crew's day begins unless ``place`` is given."""

    window: Timespan
    minutes: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Crew:
    """Who comes: from ``start`` and back to ``end`` (None: the day ends at the last home) within ``shift``.

    ``capacity`` limits the load of its homes; None is no limit.
    """

    crew_id: str
    name: str
    start: Place
    end: Place | None
    shift: Timespan
    capacity: int | None = None
    rest: Break | None = None


@dataclass(frozen=True, slots=True)
class Travel:
    """How long it takes from door to door.

    Roads are ``detour`` times as long as the great circle; a crew makes ``speed_kmh`` on them. To leave a building and
    enter another one takes ``building_minutes`` (parking, the gate), besides the floors: ``lift_minutes`` each where
    there is a lift, ``stairs_minutes`` where not. From door to door within a building takes ``door_minutes`` at least.
    """

    detour: float = 1.35
    speed_kmh: float = 20.0
    building_minutes: float = 3.0
    lift_minutes: float = 0.2
    stairs_minutes: float = 0.6
    door_minutes: float = 1.0


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that a plan is made from."""

    homes: tuple[Home, ...]
    crews: tuple[Crew, ...]
    travel: Travel = Travel()

    @property
    def opens(self) -> datetime:
        """When the first shift begins: the zero of the solver's clock."""
        return min(crew.shift.start for crew in self.crews)


class Why(StrEnum):
    """Why nobody comes to a home."""

    NO_WINDOW = "no_window"
    TOO_HEAVY = "too_heavy"
    OUT_OF_REACH = "out_of_reach"
    NO_ROOM = "no_room"
    PROMISE_LOST = "promise_lost"


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit, or the crew's rest where ``home_id`` is None. ``travel_metres`` is the way to it."""

    home_id: str | None
    span: Timespan
    travel_metres: int


@dataclass(frozen=True, slots=True)
class Tour:
    """What one crew does, in order. It leaves at ``span.start`` and is done, or back, at ``span.end``."""

    crew_id: str
    span: Timespan
    metres: int
    stops: tuple[Stop, ...]

    @property
    def home_ids(self) -> tuple[str, ...]:
        """The homes, in the order of the visits."""
        return tuple(stop.home_id for stop in self.stops if stop.home_id is not None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The tours of the crews that have any home, and why nobody comes to the others."""

    tours: tuple[Tour, ...]
    left_out: dict[str, Why]

    @property
    def metres(self) -> int:
        """The length of all tours."""
        return sum(tour.metres for tour in self.tours)

    def crew_of(self) -> dict[str, str]:
        """Return which crew comes to each home."""
        return {home_id: tour.crew_id for tour in self.tours for home_id in tour.home_ids}

    def starts(self) -> dict[str, datetime]:
        """Return when each visit begins."""
        stops = (stop for tour in self.tours for stop in tour.stops)
        return {stop.home_id: stop.span.start for stop in stops if stop.home_id is not None}
