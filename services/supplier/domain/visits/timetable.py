"""When a crew is where: the times of one tour, and whether it keeps every window, shift and capacity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from services.kernel.timespan import Timespan
from services.supplier.domain.visits.model import Crew, Day, Home, Stop, Tour
from services.supplier.domain.visits.travel import Roads

Spans = tuple[tuple[int, int], ...]


def seconds_of(day: Day, span: Timespan) -> tuple[int, int]:
    """Return a span in seconds since the day began."""
    return round((span.start - day.opens).total_seconds()), round((span.end - day.opens).total_seconds())


def may_start(day: Day, home: Home) -> Spans:
    """Return the spans in seconds, both ends included, in which the visit of a home may begin; none if nowhere."""
    closes = max(seconds_of(day, crew.shift)[1] for crew in day.crews)
    spans = [seconds_of(day, window) for window in home.windows] or [(0, closes)]
    starts = [(max(begin, 0), end - 60 * home.minutes) for begin, end in spans]
    if home.promised is not None:
        told = seconds_of(day, home.promised)
        starts = [(max(begin, told[0]), min(end, told[1])) for begin, end in starts]
    return tuple(sorted({span for span in starts if span[0] <= span[1]}))


@dataclass(frozen=True, slots=True)
class Timetable:
    """Times the tours of a day. ``REST`` in a sequence of indexes of homes stands for the crew's rest."""

    roads: Roads
    starts: tuple[Spans, ...]

    @classmethod
    def of(cls, roads: Roads) -> "Timetable":
        """Return the timetable of a measured day."""
        return cls(roads, tuple(may_start(roads.day, home) for home in roads.day.homes))

    def times(self, crew: int, sequence: Sequence[int]) -> list[int] | None:
        """Return when each stop begins, as early as can be, and last when the tour ends; None if it cannot be done."""
        who = self.roads.day.crews[crew]
        if not self._carries(who, sequence):
            return None
        now, closes = seconds_of(self.roads.day, who.shift)
        here, found = self.roads.start_of(crew), []
        for stop in sequence:
            there = self.node(crew, stop)
            now = self._begin(who, stop, now + int(self.roads.seconds[here, there]))
            if now is None:
                return None
            found.append(now)
            now, here = now + self.service(crew, stop), there
        now += int(self.roads.seconds[here, self.roads.end_of(crew)])
        return [*found, now] if now <= closes else None

    def node(self, crew: int, stop: int) -> int:
        """Return the node of a stop."""
        return self.roads.rest_of(crew) if stop == REST else stop

    def service(self, crew: int, stop: int) -> int:
        """Return how many seconds a stop takes."""
        rest = self.roads.day.crews[crew].rest
        return 60 * (rest.minutes if stop == REST and rest else self.roads.day.homes[stop].minutes)

    def _carries(self, who: Crew, sequence: Sequence[int]) -> bool:
        load = sum(self.roads.day.homes[stop].load for stop in sequence if stop != REST)
        rests = sum(stop == REST for stop in sequence)
        return (who.capacity is None or load <= who.capacity) and rests == (who.rest is not None)

    def _begin(self, who: Crew, stop: int, arrival: int) -> int | None:
        spans = self.starts[stop] if stop != REST else (seconds_of(self.roads.day, who.rest.window),)  # type: ignore[union-attr]
        return next((max(arrival, begin) for begin, end in spans if arrival <= end), None)

    def tour(self, crew: int, sequence: Sequence[int]) -> Tour | None:
        """Return the tour of a sequence that can be done, with times of the calendar; None if it cannot.

        The crew leaves as late as the first visit allows: nobody waits at the first door.
        """
        times = self.times(crew, sequence)
        if times is None:
            return None
        nodes = [self.roads.start_of(crew), *(self.node(crew, stop) for stop in sequence), self.roads.end_of(crew)]
        ways = [int(self.roads.metres[here, there]) for here, there in pairwise(nodes)]
        leaves = times[0] - int(self.roads.seconds[nodes[0], nodes[1]])
        stops = [
            Stop(self._home_id(stop), self._span(begin, begin + self.service(crew, stop)), way)
            for stop, begin, way in zip(sequence, times, ways, strict=False)
        ]
        return Tour(self.roads.day.crews[crew].crew_id, self._span(leaves, times[-1]), sum(ways), tuple(stops))

    def _home_id(self, stop: int) -> str | None:
        return None if stop == REST else self.roads.day.homes[stop].home_id

    def _span(self, begin: int, end: int) -> Timespan:
        opens = self.roads.day.opens
        return Timespan(opens + timedelta(seconds=begin), opens + timedelta(seconds=end))


REST = -1
