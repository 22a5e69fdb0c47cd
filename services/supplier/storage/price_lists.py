"""Loading and saving price lists, and the numbers of offers."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.kernel.ids import OfferId, SupplierId
from services.supplier.domain.price_lists.model import Change, Kind, Line, ListState, PriceList, Problem
from services.supplier.storage.price_list_tables import offer_numbers, price_lists
from services.supplier.storage.terms import terms_of, terms_values


class PriceLists:
    """Lists on their way into offers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: PriceList) -> None:
        """Keep a preview."""
        self._connection.execute(price_lists.insert().values(_row(one)))

    def find(self, list_id: UUID, *, lock: bool = False) -> PriceList | None:
        """Return a list."""
        query = select(price_lists).where(price_lists.c.list_id == list_id)
        row = self._connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
        return row and _list(row)

    def end(self, one: PriceList) -> None:
        """Save how a list ended."""
        values = {"state": one.state.value, "ended_at": one.ended_at}
        self._connection.execute(update(price_lists).where(price_lists.c.list_id == one.list_id).values(values))

    def forget(self, list_id: UUID) -> None:
        """Delete a preview that nobody committed; what was committed stays."""
        left = (price_lists.c.list_id == list_id, price_lists.c.state == ListState.PREVIEWED.value)
        self._connection.execute(delete(price_lists).where(*left))

    def numbers(self, supplier_id: SupplierId) -> dict[OfferId, str]:
        """Return the numbers that the lists of a supplier gave its offers."""
        query = select(offer_numbers).where(offer_numbers.c.supplier_id == supplier_id)
        return {row.offer_id: row.number for row in self._connection.execute(query)}

    def number(self, supplier_id: SupplierId, number: str, offer_id: OfferId) -> None:
        """Call an offer by a number; one that was withdrawn gives its number up."""
        statement = insert(offer_numbers).values(supplier_id=supplier_id, number=number, offer_id=offer_id)
        keys = ["supplier_id", "number"]
        self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"offer_id": offer_id}))


def _row(one: PriceList) -> dict[str, Any]:
    return {
        "list_id": one.list_id,
        "supplier_id": one.supplier_id,
        "file_name": one.file_name,
        "format": one.format,
        "ignored_columns": list(one.ignored_columns),
        "lines": [_line_values(line) for line in one.lines],
        "state": one.state.value,
        "created_at": one.created_at,
        "ended_at": one.ended_at,
    }


def _list(row: Any) -> PriceList:
    return PriceList(
        **{name: row[name] for name in ("list_id", "supplier_id", "file_name", "format", "created_at", "ended_at")},
        ignored_columns=tuple(row["ignored_columns"]),
        lines=tuple(_line(values) for values in row["lines"]),
        state=ListState(row["state"]),
    )


def _line_values(line: Line) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in ("line", "number", "title", "offer_version")},
        "kind": line.kind.value,
        "offer_id": None if line.offer_id is None else str(line.offer_id),
        "changes": [[one.field, one.before, one.after] for one in line.changes],
        "from_defaults": list(line.from_defaults),
        "terms": None if line.terms is None else terms_values(line.terms),
        "problems": [[one.column, one.problem, one.expected] for one in line.problems],
    }


def _line(values: dict[str, Any]) -> Line:
    return Line(
        **{name: values[name] for name in ("line", "number", "title", "offer_version")},
        kind=Kind(values["kind"]),
        offer_id=None if values["offer_id"] is None else OfferId(UUID(values["offer_id"])),
        changes=tuple(Change(*one) for one in values["changes"]),
        from_defaults=tuple(values["from_defaults"]),
        terms=None if values["terms"] is None else terms_of(values["terms"]),
        problems=tuple(Problem(*one) for one in values["problems"]),
    )
