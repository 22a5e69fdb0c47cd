"""Files and forms: CSV and workbooks with line numbers, numbers as people write them, answers in their types."""

import base64
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.intake import cells
from services.demand.domain.intake.templates import BUILT_IN, Template, template_of
from services.demand.domain.own_categories import taxonomy_of
from services.kernel.errors import InvalidError
from tests.builders_intake import Desk, by_name, codes, workbook

CSV = "昵称,门牌,人数,时间,人均上限,类别,电器\n张三,3-501,2,5月23日上午9点到12点,120元,appliance_cleaning,空调\n"
CLEANING = {"category": "appliance_cleaning"}


def test_a_file_becomes_signals_with_answers_and_line_numbers():
    desk = Desk()
    shown = desk.send(CSV, "file", defaults=CLEANING)
    (row,) = shown["rows"]
    assert (row["lines"], row["people"], row["answers"]) == ([2], 2, {"appliance": "air_conditioner"})
    desk.commit(shown)
    (signal,) = desk.signals()
    assert (signal.ceiling.amount, signal.answers) == ("120.00", {"appliance": "air_conditioner"})


def test_a_workbook_is_read_like_a_csv():
    desk = Desk()
    data = workbook(["name", "people", "when", "need"], ["Ann", 2, "5月23日上午9点到12点", "想做陶艺"], [None] * 4)
    shown = desk.ask("create_intake", {"kind": "file", "file": data, "defaults": {"category": "pottery"}})
    assert [(row["nickname"], row["people"], row["lines"]) for row in shown["rows"]] == [("Ann", 2, [2])]


def test_every_wrong_cell_names_its_line_its_column_and_what_would_be_right():
    desk = Desk()
    text = "name,people,ceiling,when,units\nAnn,two and a half,1.234 50,whenever,99\n,1,,5月23日上午,1\n"
    shown = desk.send(text, "file", defaults=CLEANING)
    ann = by_name(shown)["Ann"]
    assert codes(ann) == ["invalid_cell"] * 4
    said = " | ".join(one["en"] for one in ann["questions"])
    assert all(f"line 2, {column}" in said for column in ("people", "ceiling", "when", "units"))
    assert "expected" in said
    assert codes(by_name(shown)[""]) == ["missing_name"]
    assert desk.commit(shown)["summary"]["open"] == 2
    assert desk.signals() == []


def test_a_category_that_the_community_does_not_have_is_a_question_of_its_row():
    desk = Desk()
    shown = desk.send(CSV.replace("appliance_cleaning", "moon_travel"), "file", defaults=CLEANING)
    assert codes(shown["rows"][0]) == ["invalid_cell"]
    named = desk.send(CSV.replace("appliance_cleaning", "家电清洗"), "file", defaults=CLEANING)
    assert named["rows"][0]["category"] == "appliance_cleaning"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("a,b\n1,2\n", "unknown column"),
        ("人数\n3\n", "no column for the name"),
        ("昵称,昵称\n1,2\n", "twice"),
        ("昵称\n", "no rows"),
    ],
)
def test_a_file_that_is_none_is_refused(data, expected):
    with pytest.raises(InvalidError, match=expected):
        Desk().send(data, "file")


def test_a_broken_workbook_and_bad_base64_are_refused():
    desk = Desk()
    for data, expected in ((base64.b64encode(b"PK\x03\x04 no").decode(), "workbook"), ("***", "base64")):
        with pytest.raises(InvalidError, match=expected):
            desk.ask("create_intake", {"kind": "file", "file": data})


def test_a_file_sent_again_is_known_again():
    desk = Desk()
    desk.commit(desk.send(CSV, "file", defaults=CLEANING))
    again = desk.send(CSV + "李四,,1,5月23日上午9点到12点,,,\n", "file", defaults=CLEANING)
    assert [row["change"] for row in again["rows"]] == ["unchanged", "new"]
    fewer = desk.send(CSV.replace("张三", "王五"), "file", defaults=CLEANING)
    assert [row["change"] for row in fewer["rows"]] == ["new"], "a file is no snapshot: nobody is gone"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        *((3, 3), ("3", 3), ("１２", 12), ("1,234", 1234), ("1,234.50", 1234.5), ("12 345", 12345), ("1,5", 1.5)),
        *(("¥120", 120), ("120元", 120), ("三", 3), ("十五", 15), ("两", 2), ("一百二十", 120), ("3台", 3), ("-2", -2)),
    ],
)
def test_numbers_are_understood_as_people_write_them(written, number):
    assert cells.number(written, "x") == number


@pytest.mark.parametrize(
    "written", ["", "1.234,50", "1,23,456", "3-4", "许多", "1e3", "12,3456", True, None, "五十块多", "inf", "9" * 400]
)
def test_a_number_that_is_unclear_is_refused_and_never_zero(written):
    with pytest.raises(InvalidError):
        cells.number(written, "x")


def test_answers_have_the_types_of_their_questions():
    assert cells.yes_no("需要", "x") is True
    assert cells.yes_no("No", "x") is False
    assert cells.day("2026年6月3日", "x") == cells.day(date(2026, 6, 3), "x") == "2026-06-03"
    assert cells.clock("9:30", "x") == "09:30"
    wrong = [(cells.yes_no, "maybe"), (cells.day, "03/04/2026"), (cells.day, "2026-02-30"), (cells.clock, "25:00")]
    for read, value in wrong:
        with pytest.raises(InvalidError):
            read(value, "x")


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"appliance": "car"}, "answers.appliance"), ({"units": 0}, "answers.units"), ({"x": 1}, "answers.x")],
)
def test_a_form_reads_answers_and_names_the_first_that_is_wrong(answers, field):
    form = template_of("appliance_cleaning")
    assert form.read({"appliance": "油烟机", "units": "2台"}) == {"appliance": "range_hood", "units": 2}
    with pytest.raises(InvalidError) as refused:
        form.read(answers)
    assert refused.value.detail["errors"][0]["field"] == field


def test_every_built_in_form_is_one_and_its_category_exists():
    names = taxonomy_of(()).names
    for category, questions in BUILT_IN.items():
        Template(category, questions).checked()
        assert category in names


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.text(max_size=6), min_size=3, max_size=3), min_size=1, max_size=4))
def test_no_cells_break_the_reader_and_every_row_knows_its_line(rows):
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    try:
        shown = Desk().send("name,people,ceiling\n" + "\n".join(quoted), "file")
    except InvalidError:
        return
    assert all(row["lines"] for row in shown["rows"])
