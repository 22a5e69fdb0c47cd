"""A visit plan as its reader may see it: the homes of others are not in it, nor that there are any."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.kernel.caller import Caller, Role
from services.kernel.timespan import Timespan
from services.supplier.domain.visits.model import Day, Plan, Stop, Why
from services.supplier.domain.visits.plans import VisitHome, VisitPlan


@dataclass(frozen=True, slots=True)
class VisitCard:
    """A plan and its homes for ``caller``; ``confirmed`` tells whether its match still stands."""

    plan: VisitPlan
    all_homes: tuple[VisitHome, ...]
    confirmed: bool
    caller: Caller
    now: datetime

    @property
    def homes(self) -> list[VisitHome]:
        """The homes that the caller may see."""
        return [one for one in self.all_homes if self._shows(one)]

    def _shows(self, one: VisitHome) -> bool:
        return self.plan.shows(one.community_id, self.caller, confirmed=self.confirmed, now=self.now)

    @property
    def visible_plan(self) -> Plan | None:
        """The tours with the visits to these homes only, and of the crews that come to one of them."""
        if self.plan.plan is None:
            return None
        mine = {one.home_id for one in self.homes}
        alone = len(self.plan.community_ids) == 1
        all_crews = alone or self.caller.is_node_operator or self.caller.role is Role.SUPPLIER
        tours = []
        for tour in self.plan.plan.tours:
            visits = tuple(stop for stop in tour.stops if stop.home_id in mine)
            if all_crews:
                stops = tuple(stop for stop in tour.stops if stop.home_id is None or stop.home_id in mine)
                tours.append(replace(tour, stops=stops))
            elif visits:
                # Where a crew comes from, how far it goes and when it rests would tell of the homes of others.
                bare = tuple(replace(stop, travel_metres=0) for stop in visits)
                tours.append(replace(tour, span=_around(visits), metres=0, stops=bare))
        left = {home_id: why for home_id, why in self.plan.plan.left_out.items() if home_id in mine}
        return Plan(tuple(tours), left)

    @property
    def moved(self) -> list[str]:
        """Those of these homes to which another crew comes than before."""
        mine = {one.home_id for one in self.homes}
        return [home_id for home_id in self.plan.moved if home_id in mine]

    @property
    def released(self) -> bool:
        """Whether the supplier may see these homes ahead of the eve of the service."""
        if self.caller.community_id is not None and self.caller.role is not Role.SUPPLIER:
            return self.caller.community_id in self.plan.released
        return set(self.plan.community_ids) <= self.plan.released

    @property
    def day(self) -> Day:
        """The day with these homes, for sheets and calendars."""
        return self.plan.day([one.home for one in self.homes])

    def why(self, home_id: str) -> Why | None:
        """Why nobody comes to a home, if nobody does."""
        return self.plan.plan.left_out.get(home_id) if self.plan.plan else None


def _around(stops: tuple[Stop, ...]) -> Timespan:
    return Timespan(stops[0].span.start, stops[-1].span.end)
