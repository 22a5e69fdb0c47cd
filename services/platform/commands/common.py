"""What several commands share: options, tables, JSON."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.chassis.errors import StartupError
from services.chassis.settings import Address

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Data folder of an embedded platform (default: .pinlian, when no server is named by PINLIAN_* URLs).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def http_option(default: str) -> Callable:
    """Return the option ``--http HOST:PORT``."""
    return click.option("--http", default=default, help="Address of the API, HOST:PORT; port 0 takes a free one.")


def read_address(text: str, option: str = "--http") -> Address:
    """Read ``HOST:PORT``; raise ``StartupError`` that names the option for what is no address."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit() and int(port) < 65536):
        raise StartupError(f"{option} {text!r} is not an address; expected HOST:PORT, such as 127.0.0.1:8080")
    return host.strip("[]"), int(port)


def print_json(value: Any) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str, numbers: Sequence[str] = ()
) -> None:
    """Print rows under their columns, lined up; ``empty`` is what is said when there are none."""
    if not rows:
        click.echo(empty)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        # As text, not as markup: what people call themselves may hold [signs] of it.
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console().print(table)


def console() -> Console:
    """Return a console that does not cut lines where there is no terminal to say how wide it is."""
    made = Console(highlight=False)
    return made if made.is_terminal else Console(highlight=False, width=160)


def read_text(path: str, expected: str) -> str:
    """Return the text of a file, or of stdin for ``-``; raise ``StartupError`` in one line."""
    try:
        if path == "-":
            return sys.stdin.buffer.read().decode()
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise StartupError(f"{path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise StartupError(f"{path} is not UTF-8; expected {expected}") from None
