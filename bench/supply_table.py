"""What every section of ``make bench-supply`` gives: rows of a table, figures, and the bars that it missed.

A section is a module ``bench/supply_X.py`` with ``section(options) -> Section``.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@dataclass(frozen=True)
class Options:
    """``quick``: a few instances of each family; ``data``: the folder of public instances."""

    quick: bool = False
    data: Path = DATA


@dataclass
class Section:
    """A table of instances, a summary of figures for the JSON line, and in plain words each bar that is missed."""

    title: str
    head: Sequence[str]
    rows: list[Sequence[Any]] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def show(self) -> None:
        """Print the table and what is worth knowing about it."""
        table = Table(*self.head, title=self.title, title_justify="left")
        for row in self.rows:
            table.add_row(*map(str, row))
        console = Console(width=130)
        console.print(table)
        for note in [*self.notes, *(f"missed: {bar}" for bar in self.missed)]:
            console.print(note)


def say(message: str) -> None:
    """Tell on stderr how far the bench is."""
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def percent(share: float) -> str:
    """Write a share as percent, with the sign of one that is below what was thought best."""
    return f"{100 * share:.3f} %"
