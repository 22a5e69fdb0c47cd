"""CSV files and workbooks as lines of cells, and back: pure, and used by every service that takes or gives tables."""

from services.sheets.reading import decoded, lines_of
from services.sheets.writing import csv_of, plain_cell, safe_cell, workbook_of

__all__ = ["csv_of", "decoded", "lines_of", "plain_cell", "safe_cell", "workbook_of"]
