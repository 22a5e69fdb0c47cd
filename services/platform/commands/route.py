"""``pinlian route``: homes and crews in, a plan of visits out; or an instance of Solomon's benchmark."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from services.chassis.errors import StartupError
from services.platform.commands.common import json_option, print_json, print_table, read_text

if TYPE_CHECKING:
    from services.platform.routing.reading import Asked
    from services.supplier.domain.visits.model import Day, Plan

WHY = {
    "no_window": "没有足够长的在家时段 / no window long enough",
    "too_heavy": "超过任何小组的载量 / more than any crew can carry",
    "out_of_reach": "没有小组能在时段内赶到 / no crew can be there in time",
    "no_room": "班次已排满 / the shifts are full",
    "promise_lost": "已告知的时段无法做到 / the promised time cannot be kept",
}
SECONDS = 10.0


@click.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--format", "form", type=click.Choice(["solomon"]), help="FILE is an instance of Solomon's benchmark.")
@click.option("--seconds", type=click.FloatRange(0.1, 3600), default=SECONDS, show_default=True, help="Time of search.")
@click.option("--ics", type=click.Path(dir_okay=False, path_type=Path), help="Write the visits as an iCalendar file.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the route sheets, to print.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="Of the sheets and the calendar.")
@click.option("--contacts", is_flag=True, help="Put names and phone numbers on them.")
@json_option
def route(
    file: str,
    form: str | None,
    seconds: float,
    ics: Path | None,
    html: Path | None,
    language: str,
    contacts: bool,
    as_json: bool,
) -> None:
    """Plan who visits which home when, with time windows, buildings and floors.

    为一天的上门服务排出路线：时段、楼栋、楼层、装载量。

    FILE (- for stdin) is JSON with "homes", "crews" and "travel", see services/supplier/VISITS.md; with the "plan" of
    an earlier run it is planned again: promises are kept and as little as possible changes.
    """
    from services.platform.routing.reading import read_day

    text = read_text(file, "JSON, or an instance in Solomon's format")
    if form == "solomon":
        if ics or html:
            raise StartupError("an instance of Solomon's has no homes; --ics and --html are for days in our JSON")
        _solomon(text, file, seconds, as_json)
        return
    asked = read_day(text, file)
    begun = time.perf_counter()
    answer = _search(_problem(asked, seconds), seconds)
    day, plan = _planned(asked, answer)
    if html is not None:
        from services.supplier.outbound.visit_sheet import sheet_page

        _write(html, sheet_page(day, plan, zone=asked.zone, language=language, contacts=contacts).encode())
    if ics is not None:
        from services.supplier.outbound.visit_calendar import calendar

        made = calendar(day, plan, datetime.now(UTC), zone=asked.zone, name="day", language=language, contacts=contacts)
        _write(ics, made)
    _tell(asked, plan, answer, time.perf_counter() - begun, as_json)


def _problem(asked: "Asked", seconds: float) -> dict[str, Any]:
    from services.supplier.domain.visits import wire

    before = wire.plan_wire(asked.plan) if asked.plan is not None else None
    return {"day": wire.day_wire(asked.day, personal=False), "plan": before, "seconds": seconds}


def _planned(asked: "Asked", answer: dict[str, Any]) -> tuple["Day", "Plan"]:
    """Return the day with what its homes are promised, and the plan."""
    from services.kernel.timespan import Timespan
    from services.supplier.domain.visits import wire

    told = {home_id: Timespan.from_wire(span) for home_id, span in answer["promises"].items()}
    homes = tuple(replace(home, promised=told.get(home.home_id)) for home in asked.day.homes)
    return replace(asked.day, homes=homes), wire.plan_of(answer["plan"])


def _search(problem: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Let the solver work in a process of its own, and tell on stderr how far it is."""
    from services.chassis.solvers import SolverFailedError, run_solver
    from services.supplier.domain.visits.worker import MODULE

    told = [time.monotonic()]

    def say(progress: dict[str, Any]) -> None:
        if time.monotonic() - told[0] >= 1:
            told[0] = time.monotonic()
            click.echo(f"searching / 计算中 {progress['percent']} %", err=True)

    try:
        return run_solver(MODULE, problem, seconds, say)
    except SolverFailedError as failure:
        raise StartupError(f"no plan: {failure}") from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StartupError(f"{path} cannot be written ({error.strerror})") from None


def _tell(asked: "Asked", plan: "Plan", answer: dict[str, Any], seconds: float, as_json: bool) -> None:
    routes = answer["plan"]["tours"]
    left = {home_id: {"why": str(why), "text": WHY[str(why)]} for home_id, why in plan.left_out.items()}
    if as_json:
        print_json(
            {
                "distance": round(plan.metres / 1000, 3),
                "vehicles": len(routes),
                "routes": routes,
                "seconds": round(seconds, 2),
                "left_out": left,
                "promises": answer["promises"],
                "moved": answer["moved"],
            }
        )
        return
    from zoneinfo import ZoneInfo

    zone, crews = ZoneInfo(asked.zone), {crew.crew_id: crew.name for crew in asked.day.crews}
    rows = []
    for tour in plan.tours:
        clock = [f"{time.astimezone(zone):%m-%d %H:%M}" for time in (tour.span.start, tour.span.end)]
        homes = " → ".join(tour.home_ids)
        rows.append([crews[tour.crew_id], *clock, len(tour.home_ids), f"{tour.metres / 1000:.1f}", homes])
    columns = ("crew / 小组", "leaves / 出发", "done / 结束", "visits / 户数", "km", "homes / 住户")
    print_table(columns, rows, empty="nobody can be visited / 无法上门", numbers=("visits / 户数", "km"))
    for home_id, why in left.items():
        click.echo(f"{home_id}: {why['text']}")
    if asked.plan is not None:
        click.echo(f"another crew than before / 换组: {', '.join(answer['moved']) or 'none / 无'}")


def _solomon(text: str, path: str, seconds: float, as_json: bool) -> None:
    from services.kernel.errors import InvalidError
    from services.supplier.domain.visits import solomon

    try:
        solomon.read(text)
    except InvalidError as error:
        raise StartupError(f"{path}: {error.message}") from None
    begun = time.perf_counter()
    found = _search({"solomon": text, "seconds": seconds}, seconds)
    if found["routes"] is None:
        raise StartupError(f"{path}: no tours were found in {seconds:g} s that keep every window")
    answer = {"distance": found["distance"], "vehicles": len(found["routes"]), "routes": found["routes"]}
    if as_json:
        print_json({**answer, "seconds": round(time.perf_counter() - begun, 2)})
        return
    rows = [[number, len(one), " ".join(map(str, one))] for number, one in enumerate(found["routes"], 1)]
    print_table(("route", "stops", "customers"), rows, empty="no customers", numbers=("route", "stops"))
    click.echo(f"distance {answer['distance']}, {answer['vehicles']} vehicles")
