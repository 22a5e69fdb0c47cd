"""A pool that stands: it keeps its identity while needs come and go."""

from datetime import timedelta

from services.demand.domain.pooling.field import Field, moment
from services.demand.domain.pooling.ground import Ground
from services.demand.domain.pooling.model import Need, NeedId, Pins, Pool, Rules, count_people, payable
from services.demand.domain.pooling.solving import made_pool
from services.kernel.geo import Place
from services.kernel.timespan import Timespan, common_windows


class Standing:
    """Needs by id, the place and the span at which they are served, and all spans in which they could be."""

    def __init__(self, pool_id: int, need: Need) -> None:
        self.id, self.topic, self.frozen = pool_id, need.topic, False
        self.needs: dict[NeedId, Need] = {need.id: need}
        self.place = need.place
        self.refresh()

    def refresh(self) -> None:
        """Look at the needs anew after some have gone; who is left can still be served at the same place."""
        self.minutes = max(need.minutes for need in self.needs.values())
        at_least = timedelta(minutes=self.minutes)
        first, *others = dict.fromkeys(need.windows for need in self.needs.values())
        self.spans = tuple(window for window in first if window.length >= at_least)
        for windows in others:
            self.spans = common_windows(self.spans, windows, at_least)
        self.reach = min(need.radius_km for need in self.needs.values())
        self.people = count_people(list(self.needs.values()))

    def spans_with(self, need: Need) -> tuple[Timespan, ...]:
        """Return the spans that would be left with ``need``."""
        return common_windows(self.spans, need.windows, timedelta(minutes=max(self.minutes, need.minutes)))

    def is_reached_by(self, need: Need) -> bool:
        """Tell whether ``need`` can be served at the place as it is."""
        return need.place.distance_km(self.place) <= need.radius_km

    def place_with(self, need: Need) -> Place | None:
        """Return where all could be served with ``need``: the place as it is, else another, or None."""
        if self.is_reached_by(need):
            return self.place
        others = self.needs.values()
        if any(one.place.distance_km(need.place) > one.radius_km + need.radius_km for one in others):
            return None
        return meeting_place([need, *others])

    def may_have(self, need: Need, rules: Rules, pins: Pins) -> bool:
        """Tell whether money and what was decided by hand allow ``need`` here."""
        if pins and pins.avoids(need.id) & self.needs.keys():
            return False
        return payable([*self.needs.values(), need], self.topic, rules)

    def is_payable(self, rules: Rules) -> bool:
        """Tell whether the price at this head count keeps nobody out; who is alone just waits."""
        return len(self.needs) == 1 or payable(list(self.needs.values()), self.topic, rules)

    def take(self, need: Need, place: Place, spans: tuple[Timespan, ...]) -> None:
        """Take in ``need``, which was found to fit at ``place`` in ``spans``."""
        known = frozenset().union(*(one.persons for one in self.needs.values())) if need.persons else frozenset()
        self.people += need.people - len(known & need.persons)
        self.needs[need.id] = need
        self.place, self.spans = place, spans
        self.minutes, self.reach = max(self.minutes, need.minutes), min(self.reach, need.radius_km)

    def pool(self, rules: Rules) -> Pool:
        """Return it as a pool, its needs in the order of what they say; it is served in the first span there is."""
        start = self.spans[0].start
        span = Timespan(start, start + timedelta(minutes=self.minutes))
        return made_pool(self.topic, sorted(self.needs.values(), key=Need.content), self.place, span, rules)


def meeting_place(needs: list[Need]) -> Place | None:
    """Return a place within reach of all, the first of whom does not reach the place of the others; or None."""
    always = (Timespan(moment(0), moment(3_600_000_000)),)
    # Time and money have been looked at; only places matter here.
    plain = [Need(one.id, "", "", 1, one.place, one.radius_km, always, 60) for one in needs]
    ground = Ground(Field(plain), "", Rules())
    rows = range(len(needs))
    # The place of the others is outside of the reach of the first, so that what all have in common touches its border.
    spot = ground.fitted(rows, rows[:1])
    return None if spot is None else ground.draft(spot, sorted(spot.rows.tolist())).seat.place
