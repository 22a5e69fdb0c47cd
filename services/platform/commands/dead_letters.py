"""``pinlian dead-letters list | replay | drop``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, MetaData

from services.chassis import dead_letters as store
from services.chassis.errors import StartupError
from services.chassis.settings import OWNERS
from services.chassis.tables import ChassisTables
from services.platform import databases
from services.platform.commands.common import data_option, json_option, print_json, print_table

SERVICES = tuple(owner for owner in OWNERS if owner != "gateway")
COLUMNS = ("service", "id", "queue", "routing_key", "attempts", "size", "died_at", "reason")
service_option = click.option("--service", type=click.Choice(SERVICES), help="Only this service's (default: all).")
all_option = click.option("--all", "everything", is_flag=True, help="All letters instead of those named.")


@click.group("dead-letters")
def dead_letters() -> None:
    """Messages that could not be handled: list them, send them again, drop them.

    处理失败的消息：查看、重发、丢弃。
    """


@dead_letters.command("list")
@service_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, help="How many per service at most.")
@data_option
@json_option
def list_(service: str | None, limit: int, data: Path | None, as_json: bool) -> None:
    """List what could not be handled, with the reason.

    列出死信及其原因。
    """
    found = []
    with databases.settings_of(data) as settings:
        for name in [service] if service else _reachable(settings):
            with databases.engine_of(settings, name) as engine, engine.connect() as connection:
                letters = store.list_letters(connection, _tables(name), limit=limit)
            found += [{"service": name, **letter} for letter in letters]
    if as_json:
        print_json({"items": found})
        return
    rows = [[letter.get(column) for column in COLUMNS] for letter in found]
    print_table(COLUMNS, rows, empty="there are no dead letters", numbers=("attempts", "size"))


@dead_letters.command()
@click.argument("ids", nargs=-1)
@service_option
@all_option
@data_option
def replay(ids: tuple[str, ...], service: str | None, everything: bool, data: Path | None) -> None:
    """Send letters to their queues again, after the cause is mended.

    重新投递。
    """
    _each(ids, service, everything, data, store.replay, "replayed")


@dead_letters.command()
@click.argument("ids", nargs=-1)
@service_option
@all_option
@data_option
def drop(ids: tuple[str, ...], service: str | None, everything: bool, data: Path | None) -> None:
    """Forget letters for good.

    永久丢弃。
    """
    _each(ids, service, everything, data, store.drop, "dropped")


def _each(
    ids: tuple[str, ...],
    service: str | None,
    everything: bool,
    data: Path | None,
    act: Callable[[Connection, Any, str], None],
    done: str,
) -> None:
    """Do ``act`` to each letter named, in one transaction each; raise ``StartupError`` for those that are not there."""
    if bool(ids) == everything:
        raise StartupError("name the letters by their ids, or give --all")
    count, wanted = 0, set(ids)
    with databases.settings_of(data) as settings:
        for name in [service] if service else _reachable(settings):
            with databases.engine_of(settings, name) as engine:
                for letter_id in _ids(engine, name, wanted, everything):
                    with engine.begin() as connection:
                        act(connection, _tables(name), letter_id)
                    wanted.discard(letter_id)
                    count += 1
    click.echo(f"{done} {count} dead letter{'s' if count != 1 else ''}")
    if wanted:
        raise StartupError(f"there is no dead letter {', '.join(sorted(wanted))}; see: pinlian dead-letters list")


def _ids(engine: Any, service: str, wanted: set[str], everything: bool) -> list[str]:
    found, after = [], None
    with engine.connect() as connection:
        while page := store.list_letters(connection, _tables(service), limit=500, after=after):
            found += [letter["id"] for letter in page if everything or letter["id"] in wanted]
            after = page[-1]["id"]
    return found


def _reachable(settings: Any) -> list[str]:
    """Return the services whose database is known here: a container of one service knows its own only."""
    names = [name for name in SERVICES if settings.database_url or name in settings.database_urls]
    if not names:
        settings.url_of(SERVICES[0])  # says which variable is missing
    return names


def _tables(service: str) -> ChassisTables:
    return ChassisTables(MetaData(schema=service))
