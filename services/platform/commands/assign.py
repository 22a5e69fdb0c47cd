"""``pinlian assign``: which pool gets which slot, and the public instances of the same kind of problem."""

import json
from typing import TYPE_CHECKING, Any

import click

from services.chassis.errors import StartupError
from services.chassis.solvers import SolverFailedError, run_solver
from services.platform.commands.common import json_option, print_table, read_text
from services.platform.commands.merge import Progress

if TYPE_CHECKING:
    from services.platform.assigning.reading import Read
    from services.supplier.domain.assignment import Result

FORMATS = ("orlib-cap", "sscflp", "gap")
NO_SOLUTION = 1


@click.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--format", "form", type=click.Choice(FORMATS), help="A public form (default: our JSON).")
@click.option("--seconds", type=click.FloatRange(0.1, 86_400), default=30, show_default=True, help="Time limit.")
@click.option("--instance", type=click.IntRange(1), help="The one of a file of several (gap).")
@click.option("--capacity", type=click.FloatRange(0), help="The capacity that a file leaves open (capa, capb, capc).")
@click.option("--sense", type=click.Choice(("min", "max")), help="Of gap (default: by OR-Library's names, else min).")
@json_option
def assign(
    file: str,
    form: str | None,
    seconds: float,
    instance: int | None,
    capacity: float | None,
    sense: str | None,
    as_json: bool,
) -> None:
    """Decide which pool gets which slot: most people first, then least cost, within what everybody promised.

    决定哪个需求池得到哪个时段：先服务最多人，再求总价最低。

    FILE (- for stdin) is a round: {"pools": […], "offers": […]}; services/supplier/domain/assignment/ASSIGNMENT.md
    has its fields. With --format it is a public instance: orlib-cap (warehouse location, demand may be split), sscflp
    (single source) or gap (generalised assignment; a line of JSON for each instance of the file). In the answer
    facilities count from 0: one for each customer in order, or for orlib-cap a list of [warehouse, share].
    """
    text = read_text(file, "text")
    name = "stdin" if file == "-" else file
    if form is None:
        _round(text, name, seconds, as_json)
        return
    instances = _instances(text, name, form, capacity, sense)
    if instance is not None and instance > len(instances):
        raise StartupError(f"{name} has {len(instances)} instances; expected --instance up to that")
    chosen = range(1, len(instances) + 1) if instance is None else [instance]
    missing = [one for one in chosen if not _public(instances[one - 1], one, len(instances), seconds, as_json)]
    if missing:
        raise click.exceptions.Exit(NO_SOLUTION)


def _instances(text: str, name: str, form: str, capacity: float | None, sense: str | None) -> "list[Read]":
    from services.platform.assigning import reading

    if form == "orlib-cap":
        return reading.read_cap(text, name, capacity)
    if form == "sscflp":
        return reading.read_sscflp(text, name)
    most = reading.is_most(name) if sense is None else sense == "max"
    if most is None:
        click.echo(f"{name} is no name of OR-Library's, so it is minimised; --sense max for the other", err=True)
    return reading.read_gap(text, name, bool(most))


def _solve(module: str, asked: dict[str, Any], seconds: float) -> dict[str, Any]:
    progress = Progress()

    def say(state: dict[str, Any]) -> None:
        progress.say(", ".join(f"{name} {value}" for name, value in state.items() if value is not None))

    try:
        return run_solver(module, {**asked, "seconds": seconds}, seconds, say)
    except SolverFailedError as error:
        raise StartupError(str(error)) from None


def _public(read: "Read", number: int, of: int, seconds: float, as_json: bool) -> bool:
    """Solve and tell one instance; tell whether it has a solution."""
    asked = {name: getattr(read, name) for name in ("capacity", "opening", "demand", "cost", "splittable", "most")}
    found = _solve("services.platform.assigning", asked, seconds)
    if of > 1:
        found = {"instance": number, **found}
    if as_json:
        click.echo(json.dumps(found))
    else:
        rows = [(name, value) for name, value in found.items() if name != "assignment"]
        print_table(("", "value"), rows, empty="", numbers=("value",))
    if found["objective"] is None:
        click.echo("no solution was found: demand may be more than capacity, or the time too short", err=True)
    return found["objective"] is not None


def _round(text: str, name: str, seconds: float, as_json: bool) -> None:
    from services.platform.assigning.reading import read_round
    from services.supplier.domain.assignment import problem_to_wire, result_from_wire

    problem = read_round(text, name)
    found = _solve("services.supplier.domain.assignment", {"problem": problem_to_wire(problem)}, seconds)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _tell(result_from_wire(found), found)


def _tell(result: "Result", found: dict[str, Any]) -> None:
    rows = [
        [one["pool"], one["offer"], one["slot"], one["people"], f"{one['price']['amount']}", _both(one["why"])]
        for one in found["assignment"]
    ]
    print_table(("pool", "offer", "slot", "people", "price", "why"), rows, empty="", numbers=("people", "price"))
    left = [[one["pool"], _both(one["why"])] for one in found["unassigned"]]
    print_table(("no slot", "why"), left, empty="every pool got a slot / 每个需求池都有时段")
    cost, least = (f"{found[name]['amount']} {result.currency}" for name in ("cost", "cost_bound"))
    click.echo(
        f"{result.served} people, at most {result.served_bound} possible (gap {result.gap:.2%}); "
        f"cost {cost}, at least {least} for as many (gap {result.cost_gap:.2%}); {result.seconds:.1f} s"
    )


def _both(why: dict[str, Any]) -> str:
    return f"{why['zh']}\n{why['en']}"
