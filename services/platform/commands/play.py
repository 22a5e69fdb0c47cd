"""``pinlian play FILE...``."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from services.chassis import logging as logs
from services.chassis.errors import StartupError
from services.kernel.clock import VirtualClock
from services.platform.commands.common import console, json_option, print_json
from services.platform.embedded import Embedded
from services.platform.play.client import Api
from services.platform.play.drive import RealTime, Time, VirtualTime
from services.platform.play.errors import ScenarioError
from services.platform.play.player import Player
from services.platform.play.result import Result
from services.platform.play.scenario import Scenario, load

# On a virtual clock a day's requests come within a second, and rate limits count real seconds.
UNLIMITED = 1_000_000


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--url", help="Play in real time against the deployment at this URL.")
@click.option("--token", envvar="PINLIAN_TOKEN", help="Token of a node operator of that deployment.")
@click.option("--patience", type=click.FloatRange(1), default=300, help="Longest wait in real time, seconds (300).")
@json_option
def play(files: tuple[Path, ...], url: str | None, token: str | None, patience: float, as_json: bool) -> None:
    """Play scenarios through the public API and check what they expect.

    演出场景：逐步调用公开接口，并核对预期。

    Without --url on an embedded platform of its own with a virtual clock: days pass in an instant. Exits with 1 when
    something is not as expected. How to write a scenario: deploy/scenarios/README.md
    """
    scenarios = read(files)
    quiet()
    shown = None if as_json else console()
    if url is None:
        clock = VirtualClock(min(each.start for each in scenarios))
        with Embedded(clock=clock, mischief="none", rate_limit=UNLIMITED) as platform:
            results = play_on(platform, scenarios, shown)
    else:
        if not token:
            raise StartupError("--url needs --token, the token of a node operator (or PINLIAN_TOKEN)")
        results = _play_at(url, token, scenarios, patience, shown)
    raise click.exceptions.Exit(finish(results, shown, as_json))


def quiet() -> None:
    """Log what goes wrong and nothing else, between the lines of the story."""
    logs.set_up("WARNING", process="pinlian")
    # At the end of a play nameko warns of each loop that it ends, which is as it should be.
    logging.getLogger("nameko.containers").setLevel(logging.ERROR)


def read(files: tuple[Path, ...]) -> list[Scenario]:
    """Read scenarios; a wrong one is one readable line."""
    try:
        return [load(path) for path in files]
    except ScenarioError as error:
        raise StartupError(str(error)) from None


def play_on(platform: Embedded, scenarios: list[Scenario], shown: Console | None) -> list[Result]:
    """Play on an embedded platform whose clock is ours."""
    return _play_all(Api(platform.url), platform.operator_token(), VirtualTime(platform), scenarios, shown)


def _play_at(url: str, token: str, scenarios: list[Scenario], patience: float, shown: Console | None) -> list[Result]:
    try:
        for scenario in scenarios:
            scenario.refuse_jumps(timedelta(seconds=patience))
    except ScenarioError as error:
        raise StartupError(str(error)) from None
    return _play_all(Api(url, patience=patience), token, RealTime(min(60.0, patience)), scenarios, shown)


def _play_all(api: Api, token: str, clock: Time, scenarios: list[Scenario], shown: Console | None) -> list[Result]:
    try:
        api.operation("create_token")
    except ScenarioError as error:
        raise StartupError(str(error)) from None
    return [Player(scenario, api, token, clock, shown).play() for scenario in scenarios]


def finish(results: list[Result], shown: Console | None, as_json: bool) -> int:
    """Print what became of the scenarios and return the exit code: 1 if one of them failed."""
    ok = all(result.ok for result in results)
    if as_json:
        document: dict[str, Any] = {"ok": ok, "scenarios": [result.to_wire() for result in results]}
        print_json(document)
    elif shown is not None:
        for result in results:
            mark = "[green]✓[/]" if result.ok else "[red]✗[/]"
            shown.print(f"{mark} {result.scenario.name}  [dim]{result.scenario.path}, {result.seconds:.1f} s[/]")
    return 0 if ok else 1
