"""``pinlian demo FILE...``."""

import sys
from datetime import timedelta
from pathlib import Path

import click
import eventlet

from services.kernel.clock import VirtualClock
from services.platform.commands.common import console, http_option, read_address
from services.platform.commands.play import UNLIMITED, finish, play_on, quiet, read
from services.platform.embedded import Embedded

SCENARIOS = Path(__file__).resolve().parents[3] / "deploy" / "scenarios"
TICK = 1.0  # seconds


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@http_option("127.0.0.1:0")
def demo(files: tuple[Path, ...], http: str) -> None:
    """Play scenarios on an embedded platform, then stay up until Ctrl-C.

    演示：演完所有场景后保持运行，可以继续试用接口。

    Without FILES all that are shipped. Ends by itself when there is no terminal. Nothing is kept.
    """
    scenarios = read(files or tuple(sorted(SCENARIOS.glob("*.yaml"))))
    quiet()
    shown, clock = console(), VirtualClock(min(each.start for each in scenarios))
    with Embedded(clock=clock, mischief="none", http=read_address(http), rate_limit=UNLIMITED) as platform:
        code = finish(play_on(platform, scenarios, shown), shown, as_json=False)
        if sys.stdin.isatty() and sys.stdout.isatty():
            _stay(platform, clock)
    raise click.exceptions.Exit(code)


def _stay(platform: Embedded, clock: VirtualClock) -> None:
    click.echo(
        f"\nThe platform stays up. 平台保持运行。\n  API    {platform.url}/v1\n  docs   {platform.url}/docs\n"
        f"  token  {platform.operator_token()}\nCtrl-C ends it; nothing is kept."
    )
    # From here its clock goes on at the pace of ours, so that deadlines come for those who try it.
    eventlet.spawn_n(_tick, clock)
    platform.running.stop_on_signals()
    platform.running.wait()


def _tick(clock: VirtualClock) -> None:
    while True:
        eventlet.sleep(TICK)
        clock.move_to(clock.now() + timedelta(seconds=TICK))
