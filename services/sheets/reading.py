"""Reading tables: CSV in UTF-8 or GB 18030, with commas, semicolons or tabs, and the first sheet of a workbook."""

import csv
import io
from typing import Any

from services.kernel.errors import InvalidError

ENCODINGS = ("utf-8-sig", "gb18030")
XLSX = b"PK\x03\x04"
# More than the rows that are read: what a workbook claims to hold costs memory before it is refused.
MAX_COLUMNS = 60
MAX_UNPACKED = 30_000_000

Lines = list[tuple[int, list[Any]]]


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8 or GB 18030; raise ``InvalidError`` for another."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidError("file", "is no text in UTF-8 or GB 18030", "a text file in UTF-8")


def lines_of(data: bytes, most: int) -> Lines:
    """Return (line, cells) of the lines that are not blank, the first with the names of the columns.

    Raises ``InvalidError`` for a file that cannot be read, holds no rows or more than ``most``.
    """
    lines = _workbook(data, 2 * most) if data.startswith(XLSX) else _csv(data, 2 * most)
    filled = [(line, row) for line, row in lines if any(str(one).strip() for one in row if one is not None)]
    if len(filled) < 2:
        raise InvalidError("file", "holds no rows", "a first line with the names of columns, and rows below it")
    if len(filled) > most + 1:
        raise InvalidError("file", f"holds {len(filled) - 1} rows", f"at most {most} rows")
    return filled


def _csv(data: bytes, most: int) -> Lines:
    text = decoded(data)
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    lines, begins = [], 1
    for row in reader:
        # A cell may hold line breaks: its row is named by the line on which it begins.
        lines.append((begins, row))
        begins = reader.line_num + 1
        if len(lines) > most:
            break
    return lines


def _workbook(data: bytes, most: int) -> Lines:
    from zipfile import BadZipFile, ZipFile

    import openpyxl

    try:
        unpacked = sum(one.file_size for one in ZipFile(io.BytesIO(data)).infolist())
        if unpacked > MAX_UNPACKED:
            raise InvalidError("file", f"unpacks to {unpacked} bytes", f"at most {MAX_UNPACKED} bytes")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_row=most, max_col=MAX_COLUMNS, values_only=True)
        return [(line, list(row)) for line, row in enumerate(rows, 1)]
    except (BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        kind = type(error).__name__
        expected = "a workbook (xlsx) or CSV"
        raise InvalidError("file", f"cannot be read as a workbook ({kind})", expected) from None
