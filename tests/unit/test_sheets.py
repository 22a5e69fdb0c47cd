"""Tables in and out: they open in Excel with their Chinese intact, and carry no formula."""

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.sheets import csv_of, lines_of, plain_cell, safe_cell, workbook_of

DANGEROUS = ["=1+1", "+86 138", "-5", "@SUM(A1)", "\t=1", "＝1+1", "'=1", " =1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_would_be_a_formula_is_made_a_text_and_reads_back(text):
    assert safe_cell(text).startswith("'")
    assert plain_cell(safe_cell(text)) == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=30))
def test_every_text_reads_back_as_it_was(text):
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_workbook_holds_no_formula(text):
    book = openpyxl.load_workbook(io.BytesIO(workbook_of([["a"], [text]], "x")))
    assert [cell.data_type for row in book.active.iter_rows() for cell in row] == ["s", "s"]


def test_csv_begins_with_the_mark_by_which_excel_knows_utf_8():
    data = csv_of([["名称", "价格"], ["陶艺", 98]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert lines_of(data, 10) == [(1, ["名称", "价格"]), (2, ["陶艺", "98"])]


def test_lines_are_counted_as_the_file_counts_them():
    data = b'a,b\n\n"two\nlines",1\nc,2\n'
    assert [line for line, _ in lines_of(data, 10)] == [1, 3, 5]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_the_header_has_most_of(delimiter):
    assert lines_of(f"a{delimiter}b\n1{delimiter}2\n".encode(), 10)[1] == (2, ["1", "2"])


def test_a_file_with_too_many_rows_is_refused_by_their_number():
    with pytest.raises(InvalidError) as refused:
        lines_of(b"a\n" + b"1\n" * 12, 10)
    assert refused.value.detail["errors"][0]["problem"] == "holds 12 rows"
