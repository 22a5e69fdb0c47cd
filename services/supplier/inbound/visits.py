"""Requests about visit plans. Homes and crews are read by the domain's own reader, as those of files are."""

from typing import Any
from zoneinfo import ZoneInfo

from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.visits import commands, wire
from services.supplier.domain.visits.model import Crew, Home
from services.supplier.domain.visits.plans import MOST_SECONDS, SECONDS
from services.supplier.inbound.reading import Request, Tolerant, id_, list_of, load, needed, number, optional, text
from services.supplier.inbound.requests import NAME, listing
from services.supplier.views.visits import VisitFile

ZONE = "Asia/Shanghai"
LANGUAGES = ("zh", "en")


class _Create(Tolerant):
    match_id = needed(id_)
    community_id = optional(id_)
    time_zone = optional(text(NAME), ZONE)
    seconds = optional(number, SECONDS)


class _Change(Tolerant):
    plan_id = needed(id_)
    community_id = optional(id_)
    drop = optional(list_of(id_, wire.MOST_HOMES), ())


class _One(Tolerant):
    plan_id = needed(id_)
    community_id = optional(id_)


class _File(Tolerant):
    plan_id = needed(id_)
    language = optional(text(2), "zh")
    contacts = optional(lambda value: value is True or value == "true", False)


def create_visit_plan(request: Request) -> commands.CreateVisitPlan:
    """Read whose visits are to be planned, and with which crews."""
    asked, data = load(_Create(), request["data"]), request["data"]
    seconds = asked["seconds"]
    if not 0.1 <= seconds <= MOST_SECONDS:
        raise InvalidError("seconds", f"is {seconds:g}", f"a number from 0.1 to {MOST_SECONDS:g}")
    return commands.CreateVisitPlan(
        caller=Caller.from_wire(request["caller"]),
        match_id=asked["match_id"],
        community_id=asked["community_id"],
        homes=_homes(data.get("homes") or [], "homes"),
        crews=_crews(data.get("crews") or []),
        travel=wire.travel_of(data.get("travel") or {}, "travel"),
        zone=_zone(asked["time_zone"]),
        seconds=seconds,
    )


def change_visit_plan(request: Request) -> commands.ChangeVisitPlan:
    """Read what changes of a plan."""
    asked, data = load(_Change(), request["data"]), request["data"]
    return commands.ChangeVisitPlan(
        caller=Caller.from_wire(request["caller"]),
        plan_id=asked["plan_id"],
        community_id=asked["community_id"],
        add=_homes(data.get("add") or [], "add"),
        drop=tuple(str(home_id) for home_id in asked["drop"]),
        crews=_crews(data["crews"]) if data.get("crews") is not None else None,
    )


def solve_visit_plan(request: Request) -> commands.SolveVisitPlan:
    """Read which plan is to be searched for again."""
    return commands.SolveVisitPlan(Caller.from_wire(request["caller"]), load(_One(), request["data"])["plan_id"])


def release_visit_plan(request: Request) -> commands.ReleaseVisitPlan:
    """Read whose homes the supplier may see."""
    asked = load(_One(), request["data"])
    return commands.ReleaseVisitPlan(Caller.from_wire(request["caller"]), asked["plan_id"], asked["community_id"])


def visit_file(request: Request) -> VisitFile:
    """Read the question for a sheet or a calendar."""
    asked = load(_File(), request["data"])
    if asked["language"] not in LANGUAGES:
        raise InvalidError("language", f"is {asked['language']!r}", f"one of {', '.join(LANGUAGES)}")
    return VisitFile(Caller.from_wire(request["caller"]), asked["plan_id"], asked["language"], asked["contacts"])


get_visit_sheet = get_visit_calendar = visit_file
list_visit_plans = listing(match_id=id_)


def _homes(given: Any, where: str) -> tuple[Home, ...]:
    """Read homes; each gets an id of ours, and what it is promised is ours to say."""
    _require_list(given, where, wire.MOST_HOMES)
    homes = []
    for at, one in enumerate(given):
        if not isinstance(one, dict):
            raise InvalidError(f"{where}.{at}", "is no object", "an object with place and minutes")
        homes.append(wire.home_of({**one, "id": str(new_id()), "promised": None}, f"{where}.{at}"))
    return tuple(homes)


def _crews(given: Any) -> tuple[Crew, ...]:
    _require_list(given, "crews", wire.MOST_CREWS)
    crews = tuple(wire.crew_of(one, f"crews.{number}") for number, one in enumerate(given))
    if len({crew.crew_id for crew in crews}) < len(crews):
        raise InvalidError("crews", "have an id twice", "an id of its own for each")
    return crews


def _require_list(given: Any, where: str, most: int) -> None:
    if not isinstance(given, list) or len(given) > most:
        raise InvalidError(where, "is no list, or too long", f"a list of at most {most} items")


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):
        raise InvalidError("time_zone", f"{name!r} is not known", "a name such as Asia/Shanghai") from None
