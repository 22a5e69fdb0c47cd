"""Service days for tests, and a checker of plans that shares no code with what makes them."""

import math
from collections import Counter
from datetime import timedelta

from services.kernel.geo import Place
from services.kernel.timespan import Timespan
from services.supplier.domain.visits.model import Crew, Day, Home, Travel
from tests.builders_supplier import HOME, SATURDAY

MORNING = SATURDAY.replace(hour=0, minute=0, second=0, microsecond=0)  # 8:00 in Shanghai


def at(hours):
    return MORNING + timedelta(hours=hours)


def span(begin, end):
    """From so many hours after the morning to so many."""
    return Timespan(at(begin), at(end))


def home(home_id, *, east=0.0, north=0.0, **changes):
    """A home so many kilometres from the centre."""
    place = Place(HOME.lat + north / 111.2, HOME.lon + east / (111.2 * math.cos(math.radians(HOME.lat))))
    values = {"minutes": 30, "building": "", "floor": 1, "room": "", **changes}
    return Home(str(home_id), place, **values)


def flat(home_id, building, floor, room, **changes):
    """A home in one of the buildings of an estate, 60 metres from one to the next."""
    return home(home_id, east=0.06 * building, building=f"{building}号楼", floor=floor, room=room, **changes)


def crew(crew_id="甲", *, shift=(0, 9), **changes):
    values = {"name": f"{crew_id}组", "start": HOME, "end": HOME, "shift": span(*shift), **changes}
    return Crew(crew_id, **values)


def day(homes, crews=None, **travel):
    return Day(tuple(homes), tuple(crews or (crew(),)), Travel(**travel))


def estate(count=40, buildings=6):
    """A cleaning day of an estate: some are at home in the morning only, some in the afternoon only."""
    homes = []
    for number in range(count):
        floor = 1 + number * 7 % 18
        windows = {0: (span(0, 4),), 1: (span(5, 9),)}.get(number % 4, ())
        homes.append(flat(number, 1 + number % buildings, floor, f"{floor}0{1 + number % 4}", windows=windows))
    return homes


def broken(day, plan):
    """Return what a plan breaks, in words; nothing if it keeps everything."""
    homes = {home.home_id: home for home in day.homes}
    crews = {crew.crew_id: crew for crew in day.crews}
    visits = Counter(home_id for tour in plan.tours for home_id in tour.home_ids)
    faults = [f"{home_id} is visited {times} times" for home_id, times in visits.items() if times > 1]
    faults += [f"{home_id} is nowhere" for home_id in homes if home_id not in visits and home_id not in plan.left_out]
    faults += [f"{home_id} is visited and left out" for home_id in visits if home_id in plan.left_out]
    if len({tour.crew_id for tour in plan.tours}) < len(plan.tours):
        faults.append("a crew has two tours")
    for tour in plan.tours:
        faults += _broken_tour(day, tour, crews[tour.crew_id], homes)
    return faults


def _broken_tour(day, tour, who, homes):
    faults, rest = [], None
    if not (who.shift.start <= tour.span.start and tour.span.end <= who.shift.end):
        faults.append(f"{who.crew_id} works outside its shift")
    if who.capacity is not None and sum(homes[one].load for one in tour.home_ids) > who.capacity:
        faults.append(f"{who.crew_id} carries too much")
    now, here = tour.span.start, who.start
    for stop in tour.stops:
        it = homes.get(stop.home_id)
        there = it or (who.rest.place or who.start)
        earliest = now + timedelta(seconds=_seconds(day.travel, here, there) - 1)
        if stop.span.start < earliest:
            faults.append(f"{who.crew_id} is at {stop.home_id} before it can be")
        if it is None:
            rest = stop
            minutes = who.rest.minutes
            if not who.rest.window.start <= stop.span.start <= who.rest.window.end:
                faults.append(f"{who.crew_id} rests at the wrong time")
        else:
            minutes = it.minutes
            if it.windows and not any(window.contains(stop.span) for window in it.windows):
                faults.append(f"nobody is at home at {stop.home_id}")
            if it.promised and not it.promised.start <= stop.span.start <= it.promised.end:
                faults.append(f"the promise to {stop.home_id} is broken")
        if stop.span.length != timedelta(minutes=minutes):
            faults.append(f"{stop.home_id} takes {stop.span.length}")
        now, here = stop.span.end, there
    back = _seconds(day.travel, here, who.end) if who.end else 0
    if tour.span.end < now + timedelta(seconds=back - 1):
        faults.append(f"{who.crew_id} is back before it can be")
    if who.rest is not None and rest is None:
        faults.append(f"{who.crew_id} has no rest")
    return faults


def _seconds(travel, here, there):
    """Seconds from a home or a place to another, worked out for these two alone; half a second of rounding off."""
    one, other = (getattr(each, "place", each) for each in (here, there))
    a, b = (math.radians(place.lat) for place in (one, other))
    turn = math.radians(other.lon - one.lon)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    km = 6371.0088 * math.acos(min(1, cosine))
    road = km * travel.detour / travel.speed_kmh * 3600
    indoors = [each for each in (here, there) if hasattr(each, "floor")]
    same = len(indoors) == 2 and here.building and here.building == there.building and km <= 0.3
    if same:
        climb = abs(_height(here) - _height(there)) * max(_per_floor(travel, here), _per_floor(travel, there))
        return road + 60 * max(climb, travel.door_minutes) - 0.5 if here.home_id != there.home_id else 0
    minutes = sum(abs(_height(each)) * _per_floor(travel, each) + travel.building_minutes / 2 for each in indoors)
    return road + 60 * minutes - 0.5


def _height(home):
    return home.floor - 1 if home.floor > 0 else home.floor


def _per_floor(travel, home):
    return travel.lift_minutes if home.lift else travel.stairs_minutes
