"""Writing tables that open in Excel with their Chinese intact and that carry no formula.

A text that a spreadsheet would take for a formula gets an apostrophe in front (CSV injection, OWASP); ``plain_cell``
takes it off again, so that what was written reads back as it was.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

# Also the wide forms of the signs, which Excel takes for them; and an apostrophe, so that reading back is exact.
_DANGEROUS = re.compile(r"^['\s]*[=+\-@＝＋－＠\t\r\n]|^'")


def safe_cell(value: Any) -> Any:
    """Return a value as it may stand in a table: numbers as they are, texts never as a formula."""
    if not isinstance(value, str):
        return value
    # A workbook holds no control characters; nobody means them.
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
    return f"'{text}" if _DANGEROUS.match(text) else text


def plain_cell(value: Any) -> Any:
    """Return what ``safe_cell`` was given."""
    if isinstance(value, str) and value.startswith("'") and _DANGEROUS.match(value[1:]):
        return value[1:]
    return value


def csv_of(rows: Iterable[Sequence[Any]], delimiter: str = ",") -> bytes:
    """Return rows as CSV in UTF-8 with a byte order mark, by which Excel knows that it is UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([["" if cell is None else safe_cell(cell) for cell in row] for row in rows])
    return file.getvalue().encode("utf-8-sig")


def workbook_of(rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """Return rows as a workbook of one sheet; texts are texts, whatever they begin with."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", title)[:31]
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell = sheet.cell(at, column)
            if isinstance(value, int | float | Decimal):
                cell.value = value
            else:
                cell.value = safe_cell(str(value))
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
