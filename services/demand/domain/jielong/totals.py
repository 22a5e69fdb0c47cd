"""People x options x quantity: what a chain adds up to."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.demand.domain.jielong.model import Chain, Quantity, Row, Status

Option = tuple[str | None, str | None]


@dataclass(frozen=True)
class Totals:
    """The table of a chain: a column for each option and unit, a line for each row that counts.

    Rows that wait or are cancelled do not count; ``open_rows`` have a question, and only what they say clearly counts.
    """

    options: tuple[Option, ...]
    cells: tuple[tuple[Quantity | None, ...], ...]
    rows: tuple[Row, ...]
    sums: tuple[Quantity, ...]
    adults: int
    children: int
    people: int
    waiting: int
    cancelled: int
    open_rows: int


def totals(chain: Chain) -> Totals:
    """Return the table of a chain."""
    rows = [row for row in chain.rows if row.status in (Status.JOINED, Status.CHANGED)]
    options = tuple(dict.fromkeys((item.label, item.unit) for row in rows for item in row.items))
    cells = tuple(tuple(_cell(row, option) for option in options) for row in rows)
    return Totals(
        options=options,
        cells=cells,
        rows=tuple(rows),
        sums=tuple(sum(one[place] or 0 for one in cells) for place in range(len(options))),
        adults=_sum([row.adults for row in rows]),
        children=_sum([row.children for row in rows]),
        people=_sum([row.people for row in rows]),
        waiting=sum(row.status is Status.WAITING for row in chain.rows),
        cancelled=sum(row.status is Status.CANCELLED for row in chain.rows),
        open_rows=sum(bool(row.questions) for row in chain.rows),
    )


def _cell(row: Row, option: Option) -> Quantity | None:
    said = [one.quantity for one in row.items if (one.label, one.unit) == option and one.quantity is not None]
    return sum(said) if said else None


def _sum(values: Sequence[int | None]) -> int:
    return sum(value or 0 for value in values)
